"""`headrace messages`: what was sent to whom, what was not, and why; `show` has what one of them says.

What messages say is personal: it is shown to whoever may read the stack's tables, and nowhere stored again.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.beginnings import ambiguous
from cli.console import console, visible
from cli.json_output import print_json
from cli.messages.card import NO_HTML, opened, print_card, print_html
from cli.messages.content import content_of
from cli.messages.logged import logged
from cli.messages.reasons import explained
from cli.messages.table import SHORT_ID, table_of
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.people.card import UNKNOWN
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.messages.log import DynamoMessages
from shared.aws.tables.profiles import DynamoProfiles
from shared.messaging.message_log import LoggedMessage, presented
from shared.stored import people

app = typer.Typer(invoke_without_command=True, add_completion=False)

MOST_LOOKED_THROUGH = 10_000
"""Messages of the last weeks, for one whose id begins like what was typed."""


@app.callback()
def messages(
    context: typer.Context,
    user: Annotated[
        str | None, typer.Option(help="Only messages to this person, by any id or address.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The maximum number.")] = 100,
    since: Annotated[str, typer.Option(help="How far back: 24h, 7d, 2026-11-21 or a time.")] = "30d",
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show messages, newest first: waiting, sent, delivered, failed, skipped, expired or uncertain, and why."""
    if context.invoked_subcommand is not None:
        return
    stack = Stack.load(stage)
    now = datetime.now(UTC)
    found = logged(stack, user=user, limit=limit, since=moment(since, now), now=now)
    if len(found) == limit:
        print(f"The latest {limit} are shown; there may be more: --limit {limit * 10}", file=sys.stderr)
    if as_json:
        print_json(found)
    elif found:
        console.print(table_of(found, width=console.width, now=now))
        for message in found:
            if words := explained(message):  # too long for a column
                said = Text.assemble((message["id"][:SHORT_ID], "cyan"), f"  {words}")
                console.print(said, soft_wrap=True)
    elif user is not None and people.find(DynamoProfiles(stack["ProfilesTable"]), user) is None:
        nobody = f"No messages: nobody is known as “{visible(user)}”. {UNKNOWN}"
        console.print(nobody, markup=False, soft_wrap=True)
    else:
        console.print(
            "No messages. A message appears a moment after its event, on a new stack after some "
            "seconds: try again. Was it a campaign's event? headrace timeline, headrace rejected "
            "list",
            soft_wrap=True,
        )


@app.command()
def show(
    message: Annotated[str, typer.Argument(help="An id from the list, or its first characters.")],
    html: Annotated[bool, typer.Option("--html", help="Print only an email's HTML.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open an email's HTML in a browser.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show one message as the person gets it: channel, address, subject, text, and why it stands as it does."""
    stack = Stack.load(stage)
    now = datetime.now(UTC)
    found = _found(DynamoMessages(stack["MessagesTable"]), message, now)
    content = content_of(found, stack)
    if as_json:
        print_json({**presented(found, now), "content": content._asdict()})
        return
    if html:
        print_html(content.parts or {}, NO_HTML if content.parts else content.note)
        typer.echo(content.note, err=True)
    else:
        print_card(_facts(presented(found, now), content.sender), content.parts or {})
        console.print(content.note, style="dim", markup=False, soft_wrap=True)
    if open_:
        opened(content.parts or {})


def _found(log: DynamoMessages, typed: str, now: datetime) -> LoggedMessage:
    """Raises Problem when there is none, or there are several."""
    whole = log.find(typed)
    if whole is not None:
        return whole
    since = now - timedelta(days=30)
    like = [one for one in log.latest(MOST_LOOKED_THROUGH, since) if one.id.startswith(typed)]
    if len(like) == 1:
        return like[0]
    if like:
        raise ambiguous(typed, "messages", [_line(one) for one in like])
    raise Problem(f"There is no message {typed}", "Ids are listed by: headrace messages")


def _line(one: LoggedMessage) -> str:
    said = visible(f"{one.channel} of {one.campaign} to {one.person}, {one.status}")
    return f"{one.id}  {one.requested_at:%Y-%m-%d %H:%M:%S}  {said}"


def _facts(message: dict[str, Any], sender: str | None) -> dict[str, str]:
    standing = message["status"] + (f": {message['reason']}" if message["reason"] else "")
    return {
        "message": message["id"],
        "status": f"{standing}, {message['updated_at'][:19].replace('T', ' ')}",
        "campaign": f"{message['campaign']}, for {message['event']} of {message['person']}",
        "channel": message["channel"],
        **({"from": sender} if sender else {}),
        "to": message["to"] or "nobody",
        **({"why": words} if (words := explained(message)) else {}),
    }
