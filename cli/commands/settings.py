"""`headrace settings`: what a stage is deployed with, and where each value is said."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from cli import settings_in_force
from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson, OnStage

app = typer.Typer()


@app.command()
def settings(
    stage: OnStage = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what is another than the default.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the settings in force: those of headrace.yaml over the defaults. The next deployment uses them."""
    found = settings_in_force.read(stage or "local")
    if changed:
        found["settings"] = {
            name: one for name, one in found["settings"].items() if one["value"] != one["default"]
        }
    if as_json:
        print_json(found)
        return
    table = Table(box=None, header_style="dim")
    for heading in ("setting", "value", "default", "said in"):
        table.add_column(heading)
    for name, one in found["settings"].items():
        is_default = one["value"] == one["default"]
        said_in = f"{found['file']}:{one['line']}" if one["line"] else "infra/settings.py"
        table.add_row(
            name, _shown(one["value"]), "" if is_default else _shown(one["default"]), said_in,
            style=None if one["line"] else "dim",
        )  # fmt: skip
    console.print(table if table.row_count else f"The defaults are in force: {_no_file(found)}")


def _no_file(found: dict[str, Any]) -> str:
    file = found["file"]
    return f"{file} changes none of {found['stage']}." if file else "there is no headrace.yaml."


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
