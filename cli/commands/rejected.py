"""`headrace rejected`: events that were refused, why, and bringing them in once the cause is mended."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from cli.console import console
from cli.json_output import print_json
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.rejected.events import decided, event_of, found, meant, store, waiting
from cli.rejected.ids import SHORTEST, line
from cli.rejected.output import print_event, readable, reason_line, report, say_what_is_gone
from cli.rejected.replaying import (
    checked,
    checked_to_drop,
    failed,
)
from cli.stacks import Stack
from cli.who import who
from shared.text.counting import number_of

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Events that were refused, and their replay."
)

A_WHOLE_ID = "An id from the list, or the message id in the sender's answer"
AN_ID = f"{A_WHOLE_ID}; the first characters are enough."
ONE_TO_CHANGE = f"{A_WHOLE_ID}; on a terminal, its first {SHORTEST} characters or more are enough."

MOST_NAMED = 20
"""Events that are named before they are dropped."""

Limit = Annotated[int, typer.Option(min=1, help="The maximum number.")]
Since = Annotated[str, typer.Option(help="How far back: 24h, 7d, 2026-11-21 or a time.")]


@app.command("list")
def list_(
    limit: Limit = 100,
    since: Since = "30d",
    dropped: Annotated[bool, typer.Option("--dropped", help="Also show dropped events.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show rejected events, newest first, one by one with their reasons."""
    stack = Stack.load(stage)
    events = store(stack).latest(limit, moment(since, datetime.now(UTC)), with_dropped=dropped)
    if as_json:
        print_json([event.model_dump(mode="json") for event in events])
    for event in () if as_json else events:
        print_event(event)
    if not (events or as_json):
        console.print("Nothing was rejected.")


@app.command()
def show(
    event: Annotated[str, typer.Argument(help=AN_ID)],
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show one rejected event: its reasons, and its body as it came."""
    stack = Stack.load(stage)
    request, item = found(stack, event)
    id_ = f"{request.request}-{item.index}"
    if as_json:
        print_json(
            {
                **item.model_dump(mode="json", exclude={"body"}),
                "id": id_,
                "request": request.request,
                "source": request.source,
                "protocol": request.protocol,
                "path": request.path,
                "received_at": request.model_dump(mode="json")["received_at"],
                "body": readable(item.body),
            }
        )
        return
    state = f", replayed {item.replayed_at:%Y-%m-%d %H:%M:%S}" if item.replayed_at else ""
    if item.dropped is not None:
        state += f", dropped {item.dropped.at:%Y-%m-%d %H:%M:%S} by {item.dropped.by}"
    ids = id_ if item.event_id is None else f"{id_}, message id {item.event_id}"
    console.print(ids, markup=False, style="cyan", soft_wrap=True)
    said = f"{item.name or 'an event'} from {request.source}, received {request.received_at:%Y-%m-%d %H:%M:%S}{state}"
    console.print(said, markup=False, style="bold", soft_wrap=True)
    for reason in item.reasons:
        console.print(reason_line(reason), markup=False, soft_wrap=True)
    body = readable(item.body)
    text = body if isinstance(body, str) else orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    console.print(text, markup=False, soft_wrap=True)


@app.command()
def replay(
    events: Annotated[list[str] | None, typer.Argument(help=ONE_TO_CHANGE)] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Everything that was neither replayed nor dropped.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Everything since then that was not replayed: 24h, 7d or a time.")
    ] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Bring rejected events in, now that the plan or the code is mended. They keep their ids and times.

    What is still not valid stays rejected and is shown with its reasons now; that is no failure. Exit code 1 means that
    an event could not be tried at all: it is not there any more, its source is gone from the workspace, AWS would not
    store it, or the function failed on it. The others are replayed all the same. `headrace rejected drop` is for those
    that nobody will bring in.
    """
    checked(events or (), everything=everything, since=since)
    stack = Stack.load(stage)
    if events:
        ids, guessed = meant(stack, events, can_ask=_can_ask(as_json=as_json))
        if guessed:
            _confirm("Replay", [event_of(stack, one) or one for one in guessed], stage)
    else:
        ids = [event.id for event in waiting(stack, since)]
    outcomes: list[dict[str, Any]] = []
    try:
        decided(stack, ids, outcomes, "Replaying", lambda portion: {"events": portion})
    finally:  # what was brought in before AWS was away is said, too
        if as_json:
            print_json(outcomes)
        elif outcomes or not ids:
            report(outcomes)
            say_what_is_gone(outcomes)
    if failed(outcomes):
        raise typer.Exit(1)


@app.command()
def drop(
    events: Annotated[list[str] | None, typer.Argument(help=ONE_TO_CHANGE)] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Everything that was neither replayed nor dropped.")
    ] = False,
    since: Annotated[str | None, typer.Option(help="Everything since then: 24h, 7d or a time.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Everything from this source, even if it no longer exists.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needs whole ids.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Put rejected events aside that nobody will bring in: no list and no `replay --all` has them any more.

    They are kept as long as they would have been: `rejected list --dropped` shows them, and `replay ID` still brings
    one in. Who dropped what is with the events, and in the log of the function `replay`. Exit code 1 when one of them
    is not there any more.
    """
    checked_to_drop(events or (), everything=everything, since=since, source=source)
    stack = Stack.load(stage)
    if events:
        ids, _ = meant(stack, events, can_ask=not yes and _can_ask(as_json=as_json))
        named = [event_of(stack, one) or one for one in ids]
    else:
        chosen = [one for one in waiting(stack, since) if source in (None, one.source)]
        ids = [one.id for one in chosen]
        named = [line(one) for one in chosen]
    if ids and not yes:
        if not _can_ask(as_json=as_json):
            raise Problem("Dropping rejected events asks first", "There is no terminal to ask on: add --yes.")
        _confirm("Drop", named, stage)
    outcomes: list[dict[str, Any]] = []
    try:
        decided(stack, ids, outcomes, "Dropping", lambda portion: {"drop": portion, "by": who()})
    finally:
        if as_json:
            print_json(outcomes)
        elif outcomes or not ids:
            report(outcomes, nothing="Nothing to drop.")
    if failed(outcomes):
        raise typer.Exit(1)


def _confirm(verb: str, named: list[str], stage: str | None) -> None:
    """Raises Problem unless somebody says yes."""
    for one in named[:MOST_NAMED]:
        console.print(f"  {one}", markup=False, soft_wrap=True)
    if len(named) > MOST_NAMED:
        console.print(f"  … and {len(named) - MOST_NAMED} more")
    of_stage = f" of {stage}" if stage else ""
    if not typer.confirm(f"{verb} {number_of(len(named), 'rejected event')}{of_stage}?"):
        raise Problem(f"Nothing was {'dropped' if verb == 'Drop' else 'replayed'}")


def _can_ask(*, as_json: bool) -> bool:
    return not as_json and _somebody_is_there()


def _somebody_is_there() -> bool:
    return sys.stdin.isatty()
