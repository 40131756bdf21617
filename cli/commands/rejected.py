"""`headrace rejected`: events that were refused, why, and bringing them in once the cause is mended."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from cli.console import console
from cli.json_output import print_json
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.replaying import (
    BEFORE,
    BROUGHT_IN,
    STILL_INVALID,
    checked,
    failed,
    gone_sources,
    not_yet_replayed,
    replayed,
)
from cli.stacks import Stack
from shared.aws.invocations import invoke
from shared.aws.rejected import DynamoRejected
from shared.aws.workspaces import DynamoWorkspaces
from shared.current_workspace import CurrentWorkspace
from shared.rejected import RejectedEvent, RejectedItem, RejectedReason, RejectedRequest

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Events that were refused, and their replay."
)

MOST = 100_000
"""Events that `--all` and `--since` look through."""

SAID = {
    BROUGHT_IN: ("[green]✓[/green]", "replayed"),
    STILL_INVALID: ("[yellow]✗[/yellow]", "still not valid"),
    BEFORE: ("[dim]·[/dim]", "replayed before"),
}

Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]
Since = Annotated[str, typer.Option(help="How far back: 24h, 7d, 2026-11-21 or a time.")]


@app.command("list")
def list_(
    limit: Limit = 100,
    since: Since = "30d",
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show rejected events, newest first, one by one with their reasons."""
    stack = Stack.load(stage)
    events = store(stack).latest(limit, moment(since, datetime.now(UTC)))
    if as_json:
        print_json([event.model_dump(mode="json") for event in events])
    for event in () if as_json else events:
        _print(event)
    if not (events or as_json):
        console.print("Nothing was rejected.")


@app.command()
def show(
    event: Annotated[str, typer.Argument(help="An id of the list.")],
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show one rejected event: its reasons, and its body as it came."""
    request, item = _found(store(Stack.load(stage)), event)
    if as_json:
        print_json(
            {
                **item.model_dump(mode="json", exclude={"body"}),
                "id": event,
                "request": request.request,
                "source": request.source,
                "protocol": request.protocol,
                "path": request.path,
                "received_at": request.model_dump(mode="json")["received_at"],
                "body": _readable(item.body),
            }
        )
        return
    state = f", replayed {item.replayed_at:%Y-%m-%d %H:%M:%S}" if item.replayed_at else ""
    said = f"{item.name or 'an event'} from {request.source}, received {request.received_at:%Y-%m-%d %H:%M:%S}{state}"
    console.print(said, markup=False, style="bold")
    for reason in item.reasons:
        console.print(_said(reason), markup=False, soft_wrap=True)
    body = _readable(item.body)
    text = body if isinstance(body, str) else orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    console.print(text, markup=False, soft_wrap=True)


@app.command()
def replay(
    events: Annotated[list[str] | None, typer.Argument(help="Ids of the list.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Whatever was not replayed yet.")] = False,
    since: Annotated[
        str | None, typer.Option(help="Whatever came since and was not replayed yet: 24h, 7d or a time.")
    ] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Bring rejected events in, now that the plan or the code is mended. They keep their ids and times.

    What is still not valid stays rejected and is shown with its reasons now; that is no failure. Exit code 1 means that
    an event could not be tried at all: it is not there any more, its source is gone from the workspace, AWS would not
    store it, or the function failed on it. The others are replayed all the same.
    """
    checked(events or (), everything=everything, since=since)
    stack = Stack.load(stage)
    ids = list(events or ()) or _waiting(stack, since)
    outcomes: list[dict[str, Any]] = []
    try:
        _replay(stack, ids, outcomes)
    finally:  # what was brought in before AWS was away is said, too
        if as_json:
            print_json(outcomes)
        elif outcomes or not ids:
            _report(outcomes)
    if failed(outcomes):
        raise typer.Exit(1)


def _waiting(stack: Stack, since: str | None) -> list[str]:
    """What came since, or whatever is kept at all."""
    now = datetime.now(UTC)
    begin = moment(since, now) if since is not None else now - timedelta(days=_days_kept(stack))
    return not_yet_replayed(store(stack).latest(MOST, begin))


def _days_kept(stack: Stack) -> int:
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    return CurrentWorkspace(workspaces, None, time.monotonic).get().settings.rejected_days


def _replay(stack: Stack, ids: list[str], outcomes: list[dict[str, Any]]) -> None:
    """The function of the stack decides, portion by portion: it has the plan and the stream."""

    def call(portion: list[str]) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = invoke(stack["ReplayFunction"], {"events": portion})["events"]
        return told

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Replaying", total=len(ids))
        for done in replayed(ids, call):
            outcomes += done
            progress.advance(task, len(done))


def _report(outcomes: list[dict[str, Any]]) -> None:
    for outcome in outcomes:
        sign, words = SAID.get(outcome["outcome"], ("[red]✗[/red]", outcome["outcome"].replace("_", " ")))
        console.print(f"{sign} {outcome['id']}  {words}", soft_wrap=True)
        for reason in outcome.get("reasons", ()):
            console.print(f"    {reason['code']}  {reason['message']}", markup=False, soft_wrap=True)
        if "error" in outcome:
            console.print(f"    {outcome['error']}", markup=False, soft_wrap=True)
    counts = Counter(outcome["outcome"] for outcome in outcomes)
    summary = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    console.print(summary or "Nothing to replay.")
    for source, count in gone_sources(outcomes).items():
        console.print(
            f"The workspace has no source {source} any more. Its events ({count}) are kept: apply a source of that id, "
            "and replay them again.",
            markup=False,
            soft_wrap=True,
        )


def store(stack: Stack) -> DynamoRejected:
    return DynamoRejected(stack["RejectedTable"], stack["WorkspaceBucket"])


def _found(rejected: DynamoRejected, event: str) -> tuple[RejectedRequest, RejectedItem]:
    name, _, index = event.rpartition("-")
    try:
        request = rejected.request(name)
    except ValueError:  # what stands before the index is no request id
        request = None
    items = request.items if request is not None else ()
    found = next((item for item in items if str(item.index) == index), None)
    if request is None or found is None:
        raise Problem(f"There is no rejected event {event}", "Ids are those of: headrace rejected list")
    return request, found


def _readable(body: bytes) -> Any:
    """The body as JSON, or as text when it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")


def _print(event: RejectedEvent) -> None:
    """Two lines or more: what and whose it is, and each reason."""
    head = Text.assemble(
        (event.id, "dim" if event.replayed_at else "cyan"),
        f"  {event.received_at:%Y-%m-%d %H:%M:%S}  {event.source}  ",
        (event.name or "-", "bold"),
        f"  {_named(event)}",
        "  replayed" if event.replayed_at else "",
    )
    console.print(head, soft_wrap=True)
    for reason in event.reasons:
        console.print(_said(reason), markup=False, soft_wrap=True)


def _named(event: RejectedEvent) -> str:
    others = (f"{kind}:{value}" for kind, value in event.other_ids.items())
    return event.user_id or event.anonymous_id or next(others, "")


def _said(reason: RejectedReason) -> str:
    return f"    {reason.code.value}  {reason.message}"
