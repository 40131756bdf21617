"""`headrace plan`: what came that the tracking plan does not define."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli import source_keys
from cli.console import console, visible
from cli.json_output import print_json
from cli.lake import undefined
from cli.lake.asking import ask
from cli.lake.query_output import as_text
from cli.lake.undefined import Undefined
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.stacks import Stack

app = typer.Typer()


@app.command()
def plan(
    since: Annotated[str, typer.Option(help="The first day: 7d, 24h, 2026-11-21.")] = "7d",
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """List events and properties that were accepted and are not in the tracking plan, misspelt ones among them: what
    lenient sources let through. What strict ones refuse is in `headrace rejected list`."""
    stack = Stack.load(stage)
    workspace, _ = source_keys.read(stack)
    day = moment(since, datetime.now(UTC)).astimezone(UTC).date()
    found = undefined.found(workspace, day, lambda sql: ask(sql, stack))
    if as_json:
        print_json([one._asdict() | {"latest": as_text(one.latest)} for one in found])
        return
    if not found:
        console.print(f"Everything in the lake that was accepted since {day} is in the plan.")
        return
    _show("Events that are not in the plan", [one for one in found if one.property is None])
    _show("Properties that are not in their event's definition", [one for one in found if one.property])
    console.print(
        f"Accepted since {day} (UTC). Define them in plan.yaml, or make the source strict: then they are rejected,",
        "kept, and can be replayed.",
        soft_wrap=True,
    )


def _show(title: str, found: list[Undefined]) -> None:
    if not found:
        return
    console.print(f"[bold]{title}[/bold]")
    table = Table(box=None)
    for column in ("name", "source", "policy", "events", "latest", "did you mean"):
        table.add_column(column, no_wrap=True, justify="right" if column == "events" else "left")
    for one in found:
        name = one.event if one.property is None else f"{one.event}: {one.property}"
        cells = (
            name,
            one.source,
            one.policy or "gone",
            str(one.events),
            as_text(one.latest),
            one.meant or "",
        )
        table.add_row(*(Text(visible(cell)) for cell in cells))
    console.print(table, soft_wrap=True)
