"""`headrace messages`: what was sent to whom, what was not, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli.console import console
from cli.json_output import print_json
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.stacks import Stack
from shared import people
from shared.aws.messages import DynamoMessages
from shared.aws.profiles import DynamoProfiles
from shared.message_log import presented

app = typer.Typer()

COLOURS = {
    "sent": "green",
    "delivered": "green",
    "failed": "red",
    "uncertain": "yellow",
    "skipped": "yellow",
    "expired": "yellow",
    "waiting": "cyan",
}


@app.command()
def messages(
    user: Annotated[
        str | None, typer.Option(help="Only those to this person: any of their ids or addresses.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    since: Annotated[str, typer.Option(help="How far back: 24h, 7d, 2026-11-21 or a time.")] = "30d",
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show messages, newest first: waiting, sent, delivered, failed, skipped, expired or uncertain, and why."""
    stack = Stack.load(stage)
    now = datetime.now(UTC)
    found = logged(stack, user=user, limit=limit, since=moment(since, now), now=now)
    if as_json:
        print_json(found)
    elif found:
        console.print(_table(found))
    else:
        console.print("No messages.")


def logged(
    stack: Stack, *, user: str | None, limit: int, since: datetime, now: datetime
) -> list[dict[str, Any]]:
    """The messages as JSON values, newest first. A person nobody knows has none."""
    log = DynamoMessages(stack["MessagesTable"])
    if user is None:
        return [presented(message, now) for message in log.latest(limit, since)]
    person = people.find(DynamoProfiles(stack["ProfilesTable"]), user)
    keys = people.keys_of(person) if person is not None else people.candidates(user)
    return [
        presented(message, now) for message in log.of_person(keys, limit) if message.requested_at >= since
    ]


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("requested at", "person", "campaign", "event", "channel", "status", "reason", "to"):
        table.add_column(name, overflow="fold", no_wrap=name in ("status", "reason"))
    for message in found:
        table.add_row(
            Text(message["requested_at"][:19].replace("T", " ")),
            Text(message["person"]),
            Text(message["campaign"]),
            Text(message["event"]),
            Text(message["channel"]),
            Text(message["status"], style=COLOURS.get(message["status"], "")),
            Text(message["reason"] or ""),
            Text(message["to"] or ""),
        )
    return table
