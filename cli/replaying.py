"""Replay of rejected events: which ones, in what portions, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from cli.problem import Problem
from shared.rejected import RejectedEvent

PORTION = 100
"""Events per call of the function: well within its time, and often enough to show how far it is."""

BROUGHT_IN, STILL_INVALID, BEFORE = "replayed", "rejected", "already_replayed"
"""Outcomes that need nobody: accepted now, refused again with these reasons, accepted by an earlier replay."""


def portions(ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids, each once and in order, cut to what one call takes."""
    waiting = iter(dict.fromkeys(ids))
    while portion := list(islice(waiting, PORTION)):
        yield portion


def not_yet_replayed(events: Iterable[RejectedEvent]) -> list[str]:
    """Ids, oldest first, so that people's events come in the order they were sent."""
    return [event.id for event in events if event.replayed_at is None][::-1]


def checked(ids: Sequence[str], *, everything: bool, since: str | None) -> None:
    """Raises Problem unless exactly one way of choosing was used."""
    if bool(ids) + everything + (since is not None) != 1:
        raise Problem(
            "Say which: ids of the list, --since 24h, or --all",
            "Examples: headrace rejected replay --since 24h  ·  headrace rejected list",
        )


def failed(outcomes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that could not even be tried: not found, or not stored."""
    return [one for one in outcomes if one["outcome"] not in (BROUGHT_IN, STILL_INVALID, BEFORE)]
