"""`headrace catalogue`: the events that are there already, and what they carry."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson
from cli.problem import Problem
from shared.authoring.checks.ready_events import NAMES, events, value
from shared.text.spelling import closest

app = typer.Typer()


@app.command()
def catalogue(
    name: Annotated[
        str | None, typer.Argument(help=f"{', '.join(NAMES)}. Without it: the events of each.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the events of a ready catalogue, or Headrace's own, with their properties."""
    if name is not None and name not in NAMES:
        meant = closest(name, NAMES)
        advice = f"Did you mean {meant}?" if meant else f"There are: {', '.join(NAMES)}"
        raise Problem(f"There is no catalogue “{name}”", advice)
    if as_json:
        print_json(_as_json(name) if name is not None else {one: list(events(one)) for one in NAMES})
    elif name is None:
        _overview()
    else:
        _show(name)


def _overview() -> None:
    width = max(map(len, NAMES))
    for name in NAMES:
        console.print(f"[cyan]{name:{width}}[/cyan]  {escape(', '.join(events(name)))}", soft_wrap=True)


def _show(name: str) -> None:
    for event_id, event in events(name).items():
        console.print(f"[cyan]{escape(event_id)}[/cyan]  {escape(event.description)}", soft_wrap=True)
        for property_name, one in event.properties.items():
            words = f"  {property_name:20} {value(one)}" + (f": {one.description}" if one.description else "")
            console.print(words, markup=False, soft_wrap=True)


def _as_json(name: str) -> list[dict[str, Any]]:
    return [
        {
            "id": event_id,
            "description": event.description,
            "properties": {
                key: one.model_dump(mode="json", exclude_none=True) for key, one in event.properties.items()
            },
        }
        for event_id, event in events(name).items()
    ]
