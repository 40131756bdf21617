"""The rejected events of a stack: which of them are meant, and what its function makes of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress

from cli.moments import moment
from cli.problem import Problem
from cli.rejected.ids import MOST, RejectedIds, line
from cli.rejected.replaying import not_yet_replayed, replayed
from cli.stacks import Stack
from shared.aws.stack.invocations import invoke
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.rejected import RejectedEvent, RejectedItem, RejectedRequest, listed
from shared.stored.current_workspace import CurrentWorkspace


def found(stack: Stack, typed: str) -> tuple[RejectedRequest, RejectedItem]:
    id_ = known(stack).found(typed)
    request = store(stack).request(id_.rpartition("-")[0]) if id_ is not None else None
    for item in request.items if request is not None else ():
        if request is not None and id_ == f"{request.request}-{item.index}":
            return request, item
    raise Problem(f"There is no rejected event {typed}", "Ids are listed by: headrace rejected list")


class Meant(NamedTuple):
    """The list's ids of what was typed; `guessed` are those of which only the beginning was."""

    ids: list[str]
    guessed: list[str]


def meant(stack: Stack, typed: list[str], *, can_ask: bool) -> Meant:
    """What is found nowhere stays as it is: the function says so. Beginnings are looked for only if somebody can be
    asked whether that event is meant."""
    ids = known(stack)
    found = [(one, ids.whole(one)) for one in typed]
    guesses = {one: ids.found(one) for one, id_ in found if can_ask and id_ is None}
    return Meant(
        [id_ or guesses.get(one) or one for one, id_ in found],
        [guess for guess in guesses.values() if guess is not None],
    )


def event_of(stack: Stack, id_: str) -> str | None:
    request, _, index = id_.rpartition("-")
    try:
        found = store(stack).request(request)
    except ValueError:
        return None
    return next((line(one) for one in listed(found) if str(one.index) == index), None) if found else None


def known(stack: Stack) -> RejectedIds:
    return RejectedIds(store(stack), lambda: datetime.now(UTC) - timedelta(days=days_kept(stack)))


def waiting(stack: Stack, since: str | None) -> list[RejectedEvent]:
    """What came since, or whatever is kept at all; oldest first."""
    now = datetime.now(UTC)
    begin = moment(since, now) if since is not None else now - timedelta(days=days_kept(stack))
    return not_yet_replayed(store(stack).latest(MOST, begin))


def days_kept(stack: Stack) -> int:
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    return CurrentWorkspace(workspaces, None, time.monotonic).get().settings.rejected_days


def decided(
    stack: Stack,
    ids: list[str],
    outcomes: list[dict[str, Any]],
    doing: str,
    payload: Callable[[list[str]], dict[str, Any]],
) -> None:
    """The function of the stack decides, portion by portion: it has the plan and the stream, and may write."""

    def call(portion: list[str]) -> list[dict[str, Any]]:
        answered: list[dict[str, Any]] = invoke(stack["ReplayFunction"], payload(portion))["events"]
        return answered

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(doing, total=len(ids))
        for done in replayed(ids, call):
            outcomes += done
            progress.advance(task, len(done))


def store(stack: Stack) -> DynamoRejected:
    return DynamoRejected(stack["RejectedTable"], stack["WorkspaceBucket"])
