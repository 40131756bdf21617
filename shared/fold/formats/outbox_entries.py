"""The outbox as it is stored: entries as JSON lists, without what the profile says anyway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from shared.events import Event
from shared.fold.outbox import Decisions, Derived, OutboxEntry, Refusal, Request, Woken
from shared.times import from_microseconds, microseconds

SAME = 0
"""In place of the person's own key, and of a sequence number that is the last one of its key."""


Last = Callable[[str], str | None]
"""The latest sequence number of a key."""


def encode(outbox: Sequence[OutboxEntry], person: str, last: Last) -> bytes:
    return orjson.dumps(
        [
            (
                SAME if entry.key == person else entry.key,
                SAME if last(entry.key) == entry.sequence else entry.sequence,
                microseconds(entry.at),
                entry.workspace,
                entry.start,
                entry.end,
                entry.turn,
                *_without_empty_ends(_decisions(entry.decisions)),
            )
            for entry in outbox
        ],
        option=orjson.OPT_UTC_Z,
    )


def decode(data: bytes, person: str, last: Last) -> tuple[OutboxEntry, ...]:
    found = list[OutboxEntry]()
    for key, sequence, at, workspace, start, end, turn, *decisions in orjson.loads(data):
        known_as = person if key == SAME else key
        found.append(
            OutboxEntry(
                known_as,
                last(known_as) or "" if sequence == SAME else sequence,
                from_microseconds(at),
                workspace,
                _decided(decisions),
                start,
                end,
                turn,
            )
        )
    return tuple(found)


def _decisions(made: Decisions) -> list[Sequence[Any]]:
    return [
        made.duplicates,
        made.sessions,
        [_derived(one) for one in made.derived],
        [(one.index, one.code, one.field, one.message) for one in made.refused],
        [(one.campaign, one.channel, one.event) for one in made.requests],
        made.forwarded,
        made.unfolded,
        [(one.person, one.part, microseconds(one.at), one.depth) for one in made.timers],
    ]


def _decided(decisions: list[Any]) -> Decisions:
    """Those at the end may be missing: they are empty."""
    lists = zip(READERS.items(), decisions, strict=False)
    return Decisions(**{name: tuple(map(read, stored)) for (name, read), stored in lists if stored})


def _derived(one: Derived | Event) -> Any:
    """Whole events are from before 2026-11-30, when they were stored so."""
    if isinstance(one, Event):
        return one.model_dump(mode="json", exclude_defaults=True)
    token = () if one.token is None else (one.token,)
    return (one.name, one.cause, microseconds(one.at), one.properties, *token)


def _rederived(stored: Any) -> Derived | Event:
    if isinstance(stored, dict):
        return Event.model_validate(stored)
    name, cause, at, properties, *token = stored
    return Derived(name, cause, properties, from_microseconds(at), token[0] if token else None)


def _without_empty_ends(lists: list[Sequence[Any]]) -> list[Sequence[Any]]:
    while lists and not lists[-1]:
        lists.pop()
    return lists


READERS: dict[str, Callable[[Any], Any]] = {
    "duplicates": int,
    "sessions": tuple,
    "derived": _rederived,
    "refused": lambda one: Refusal(*one),
    "requests": lambda one: Request(*one),
    "forwarded": int,
    "unfolded": int,
    "timers": lambda one: Woken(one[0], one[1], from_microseconds(one[2]), one[3]),
}
"""The lists of decisions as they are stored, in this order, and how one of each is read."""
