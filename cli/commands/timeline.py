"""`headrace timeline`: a person's latest events, in the order they happened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer
from rich.table import Table
from rich.text import Text

from cli.console import console, visible
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.stacks import Stack
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.timeline import DynamoTimeline
from shared.events import utc_text
from shared.people.timeline import TimelineEvent
from shared.stored.people import candidates, find
from shared.stored.timelines import latest

app = typer.Typer()


@app.command()
def timeline(
    identity: Annotated[
        str,
        typer.Argument(
            help="A user id, an anonymous id, an e-mail address, a phone number, a device's id, or a key: anonymous:a1."
        ),
    ],
    limit: Annotated[int, typer.Option(min=1, help="The latest so many.")] = 100,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show a person's events, oldest first; what they did before they were known is among them."""
    stack = Stack.load(stage)
    person = find(DynamoProfiles(stack["ProfilesTable"]), identity)
    table = DynamoTimeline(stack["TimelineTable"])
    events = latest(table, person, candidates(identity), limit, datetime.now(UTC))
    if as_json:
        print_json([presented(event) for event in events])
    elif events:
        console.print(_table(events))
    else:
        console.print(f"No events of “{identity}”.", markup=False)


def _table(events: list[TimelineEvent]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("occurred at", "type", "event", "source", "properties"):
        table.add_column(name, overflow="fold")
    for event in events:
        properties = orjson.dumps(event.properties).decode() if event.properties else ""
        row = (utc_text(event.occurred_at), event.type, event.name, event.source, properties)
        table.add_row(*(Text(visible(cell)) for cell in row))
    return table


def presented(event: TimelineEvent) -> dict[str, object]:
    """An event of a timeline as JSON values."""
    return {
        "id": event.id,
        "type": event.type,
        "name": event.name,
        "source": event.source,
        "occurred_at": utc_text(event.occurred_at),
        "received_at": utc_text(event.received_at),
        "properties": event.properties,
    }
