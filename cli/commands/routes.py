"""`headrace routes`: where your own rules take events, and a look at what has arrived there."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.queues import queue_contents
from shared.aws.queues.queue_contents import Queue, Waiting
from shared.aws.queues.queue_depth import depth
from shared.aws.stack.route_rules import RouteRule, route_rules
from shared.aws.stack.rules import Target
from shared.failures import Unavailable
from shared.text.spelling import closest

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Your own routes, and what has arrived there."
)

SQS = "arn:aws:sqs:"
MOST = 1_000


@app.command("list")
def list_(stage: OnStage = None, as_json: AsJson = False) -> None:
    """Show the routes: what each takes, where it leads, and how much waits there."""
    stack = Stack.load(stage)
    rows = [
        {
            "route": route.name,
            "takes": route.detail,
            "enabled": route.is_enabled,
            "target": target.arn,
            **_counts(target),
        }
        for route in route_rules(stack["BusName"])
        for target in route.targets or [Target("", None)]
    ]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None, header_style="dim")
    for heading in ("route", "takes", "goes to", "waiting", "dead letters"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            row["route"] if row["enabled"] else f"{row['route']} (disabled)",
            orjson.dumps(row["takes"]).decode(),
            _resource(row["target"]),
            row["problem"] or _number(row["waiting"]),
            _number(row["dead_letters"]),
        )
    console.print(table if rows else "There are no routes. infra/routes.py is an example of them.")


@app.command()
def show(
    route: Annotated[str, typer.Argument(help="A route from the list.")],
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="The maximum number.")] = 10,
    dead_letters: Annotated[
        bool, typer.Option("--dead-letters", help="Show entries that were given up instead.")
    ] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Show what waits in the route's queues, and leave it there.

    A look counts as a delivery: the queue gives an entry up, and puts it beside, after as many as it is set to.
    """
    stack = Stack.load(stage)
    chosen = _chosen(route, route_rules(stack["BusName"]))
    shown: list[dict[str, Any]] = []
    for queue in _dead_letter_queues(chosen) if dead_letters else _queues(chosen):
        found = queue_contents.look(queue.url, limit - len(shown)) if len(shown) < limit else []
        shown += [_presented(waiting, queue.most_deliveries) for waiting in found]
    if as_json:
        print_json(shown)
        return
    for one in shown:
        _print(one)
    if not shown:
        console.print("Nothing waits there.")


def _chosen(name: str, routes: list[RouteRule]) -> RouteRule:
    """Raises Problem."""
    by_name = {route.name.lower(): route for route in routes}
    if name.lower() in by_name:
        return by_name[name.lower()]
    meant = closest(name, [route.name for route in routes])
    names = ", ".join(route.name for route in routes) or "none"
    raise Problem(
        f"There is no route {name}",
        f"Did you mean {meant}?" if meant else f"There are: {names}.",
    )


def _queues(route: RouteRule) -> list[Queue]:
    """Those that it leads to. Raises Problem where there is none."""
    arns = dict.fromkeys(target.arn for target in route.targets)
    queues = [queue_contents.queue(arn) for arn in arns if _is_queue(arn)]
    if not queues:
        raise Problem(
            f"The route {route.name} has no queue to read: it goes to {', '.join(arns) or 'nowhere'}"
        )
    return queues


def _dead_letter_queues(route: RouteRule) -> list[Queue]:
    """Those of the rule and of the queues that it leads to, each once. Raises Problem where there is none."""
    arns: dict[str, None] = {}
    unseen: Unavailable | None = None
    for target in route.targets:
        try:
            queue = queue_contents.queue(target.arn) if _is_queue(target.arn) else None
        except Unavailable as error:  # it is gone: what should have gone there is in the rule's dead letters
            queue, unseen = None, error
        arns |= dict.fromkeys(_dead_letters(target, queue))
    if arns:
        return [queue_contents.queue(arn) for arn in arns]
    if unseen is not None:
        raise unseen
    raise Problem(
        f"The route {route.name} has no dead letters: neither its rule nor its queue names a dead-letter queue",
        "Entries that cannot be delivered are lost. infra/routes.py shows how to keep them.",
    )


def _dead_letters(target: Target, queue: Queue | None) -> list[str]:
    """ARNs, each once: what EventBridge could not hand over, and what whoever reads the queue could not do."""
    both = (target.dead_letters, queue.dead_letters if queue else None)
    return list(dict.fromkeys(arn for arn in both if arn))


def _counts(target: Target) -> dict[str, Any]:
    """`waiting` is null of anything but a queue, `dead_letters` where there is no queue for them; `problem` says of
    what we may not look into why."""
    counts: dict[str, Any] = {"waiting": None, "dead_letters": None, "problem": None}
    try:
        queue = queue_contents.queue(target.arn) if _is_queue(target.arn) else None
        if queue:
            counts["waiting"] = depth(queue.url).waiting
    except Unavailable as error:  # another account's queue may be open for entries and not for looks
        queue, counts["problem"] = None, str(error)
    try:
        waiting = [depth(queue_contents.queue(arn).url).waiting for arn in _dead_letters(target, queue)]
        counts["dead_letters"] = sum(waiting) if waiting else None
    except Unavailable as error:
        counts["problem"] = counts["problem"] or str(error)
    return counts


def _is_queue(target: str) -> bool:
    return target.startswith(SQS)


def _resource(target: str) -> str:
    """`sqs: the-queue` of an ARN."""
    parts = target.split(":", 5)
    return f"{parts[2]}: {parts[5]}" if len(parts) == 6 else target or "nowhere"


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def _presented(waiting: Waiting, most_deliveries: int | None) -> dict[str, Any]:
    """`entry` is EventBridge's envelope as whoever reads the queue gets it, or text where a rule makes it another."""
    try:
        entry = orjson.loads(waiting.body)
    except orjson.JSONDecodeError:
        entry = waiting.body
    return {
        "id": waiting.id,
        "queued_at": waiting.queued_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "deliveries": waiting.deliveries,
        "most_deliveries": most_deliveries,
        "entry": entry,
    }


def _print(one: dict[str, Any]) -> None:
    most = one["most_deliveries"]
    times = f"delivery {one['deliveries']}" + (f" of {most}" if most else "")
    last = bool(most) and one["deliveries"] >= most
    detail = one["entry"].get("detail") if isinstance(one["entry"], dict) else None
    event = detail.get("event") if isinstance(detail, dict) else None
    head = Text.assemble(
        (f"{one['queued_at'][:19].replace('T', ' ')}  ", "dim"),
        (str(event["name"]) if isinstance(event, dict) else "entry", "bold"),
        f"  {detail['person']}" if isinstance(detail, dict) and "person" in detail else "",
        (f"  {times}" + (": the next one puts it beside" if last else ""), "yellow" if last else "dim"),
    )
    console.print(head, soft_wrap=True)
    content = detail if detail is not None else one["entry"]
    text = content if isinstance(content, str) else orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
    console.print(text, markup=False, soft_wrap=True)
