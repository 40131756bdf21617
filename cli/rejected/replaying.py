"""Replay of rejected events: which ones, in what portions, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from cli.problem import Problem
from shared.aws.stack.invocations import FunctionFailed
from shared.failures import Unavailable, UnreadableWorkspace
from shared.rejected import RejectedEvent

PORTION = 100
"""Events per call of the function: well within its time, and often enough to show how far it is."""

MOST_FAILED_PORTIONS = 3

Outcome = dict[str, Any]
Call = Callable[[list[str]], list[Outcome]]

OF_THE_MOMENT = frozenset({Unavailable.__name__, UnreadableWorkspace.__name__})
"""Errors of the function that speak of AWS, not of an event."""

SOURCE_GONE, FAILED = "source_gone", "failed"
"""Outcomes that need somebody: the event is kept as it was."""

BROUGHT_IN, STILL_INVALID, BEFORE = "replayed", "rejected", "already_replayed"
"""Outcomes that need nobody: accepted now, refused again with these reasons, accepted by an earlier replay."""

DROPPED, DROPPED_BEFORE = "dropped", "already_dropped"
"""Outcomes of a drop."""


def portions(ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids, each once and in order, cut to what one call takes."""
    waiting = iter(dict.fromkeys(ids))
    while portion := list(islice(waiting, PORTION)):
        yield portion


def replayed(ids: Sequence[str], call: Call) -> Iterator[list[Outcome]]:
    """What became of each, portion by portion.

    A portion that the function fails on is halved until it is known which event that is: it is shown as failed, and the
    others go on. Raises Problem when AWS is away, and when so many in a row failed that it cannot be the events.
    """
    in_a_row = 0
    for portion in portions(ids):
        outcomes = _of_portion(portion, call)
        yield outcomes
        in_a_row = in_a_row + 1 if all(one["outcome"] == FAILED for one in outcomes) else 0
        if in_a_row == MOST_FAILED_PORTIONS:
            raise Problem(f"The replay failed: {outcomes[-1]['error']}", "See: headrace logs replay")


def _of_portion(portion: list[str], call: Call) -> list[Outcome]:
    try:
        return call(portion)
    except FunctionFailed as error:
        if error.kind in OF_THE_MOMENT:
            raise Problem(f"The replay stopped: {error}", "Replay the rest in a moment.") from error
        if len(portion) == 1:
            return [{"id": portion[0], "outcome": FAILED, "error": str(error)}]
    half = len(portion) // 2
    return [*_of_portion(portion[:half], call), *_of_portion(portion[half:], call)]


def gone_sources(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How many events wait for each source that the workspace has no more."""
    return Counter(one["source"] for one in outcomes if one["outcome"] == SOURCE_GONE)


def not_yet_replayed(events: Iterable[RejectedEvent]) -> list[RejectedEvent]:
    """Oldest first, so that people's events come in the order they were sent."""
    return [event for event in events if event.replayed_at is None][::-1]


def checked(ids: Sequence[str], *, everything: bool, since: str | None) -> None:
    """Raises Problem unless exactly one way of choosing was used."""
    if bool(ids) + everything + (since is not None) != 1:
        raise Problem(
            "Name the events: ids from the list, --since 24h, or --all",
            "Examples: headrace rejected replay --since 24h  ·  headrace rejected list",
        )


def checked_to_drop(ids: Sequence[str], *, everything: bool, since: str | None, source: str | None) -> None:
    """Raises Problem unless it is ids, or all, or a part of all: what came since, or from a source."""
    if bool(ids) + (everything or since is not None or source is not None) != 1:
        raise Problem(
            "Name the events: ids from the list, --source ID, --since 24h, or --all",
            "Examples: headrace rejected drop --source old-shop  ·  headrace rejected list",
        )


def failed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those that could not even be tried: not found, not stored, their source gone, or the function failed on them."""
    fine = (BROUGHT_IN, STILL_INVALID, BEFORE, DROPPED, DROPPED_BEFORE)
    return [one for one in outcomes if one["outcome"] not in fine]
