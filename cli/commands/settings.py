"""`headrace settings`: what a stage is deployed with, and where each value is said."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli import settings_in_force
from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.settings_in_force import as_text
from shared.aws.region import region
from shared.failures import Unavailable

app = typer.Typer()

HEADINGS = ("setting", "value", "default", "said in")


@app.command()
def settings(
    stage: OnStage = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only settings that differ from the default.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the settings in force: those of headrace.yaml over the defaults. The next deployment uses them."""
    found = settings_in_force.read(stage or "local", _known_region() if stage else None)
    if changed:
        found["settings"] = {
            name: one for name, one in found["settings"].items() if one["value"] != one["default"]
        }
    if as_json:
        print_json(found)
        return
    _print(found)
    for line in (*found["errors"], *found["warnings"]):
        console.print(line, style="yellow", markup=False, soft_wrap=True)


def _known_region() -> str | None:
    """Of the stack, as far as that can be known without asking AWS."""
    try:
        return region()
    except Unavailable:
        return None


def _print(found: dict[str, Any]) -> None:
    """Nothing is cut: on a terminal long values go on in the next line, elsewhere each row is one line."""
    rows = [_cells(found["file"], name, one) for name, one in found["settings"].items()]
    if not rows:
        console.print(f"The defaults are in force: {_no_file(found)}", markup=False, soft_wrap=True)
    elif console.is_terminal:
        table = Table(box=None, header_style="dim")
        for heading in HEADINGS:
            table.add_column(heading, overflow="fold")
        for row, one in zip(rows, found["settings"].values(), strict=True):
            table.add_row(*map(Text, row), style=None if one["line"] else "dim")
        console.print(table)
    else:
        widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
        for row in (HEADINGS, *rows):
            line = "  ".join(map(str.ljust, row, widths)).rstrip()
            console.print(line, markup=False, soft_wrap=True)


def _cells(file: str | None, name: str, one: dict[str, Any]) -> tuple[str, ...]:
    default = "" if one["value"] == one["default"] else as_text(one["default"])
    said_in = f"{file}:{one['line']}" if one["line"] else "infra/settings"
    return name, as_text(one["value"]), default, said_in


def _no_file(found: dict[str, Any]) -> str:
    file = found["file"]
    return f"{file} changes none of {found['stage']}." if file else "there is no headrace.yaml."
