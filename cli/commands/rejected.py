"""`headrace rejected`: events that were refused, why, and bringing them in once the cause is mended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer
from rich.text import Text

from cli.console import console
from cli.json_output import print_json
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.rejected import DynamoRejected
from shared.rejected import RejectedEvent, RejectedItem, RejectedReason, RejectedRequest

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Events that were refused, and their replay."
)

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
        f"  {event.user_id or event.anonymous_id or ''}",
        "  replayed" if event.replayed_at else "",
    )
    console.print(head, soft_wrap=True)
    for reason in event.reasons:
        console.print(_said(reason), markup=False, soft_wrap=True)


def _said(reason: RejectedReason) -> str:
    return f"    {reason.code.value}  {reason.message}"
