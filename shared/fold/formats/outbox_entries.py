"""The outbox as it is stored: entries as JSON lists, without what the profile says anyway, and the ids that
they name. An arrival before 1970 is kept as of then, as marks keep it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.outbox import Decisions, Derived, OutboxEntry, Refusal, Request, Woken
from shared.times import from_microseconds, microseconds

SAME = 0
"""In place of the person's own key, of a sequence number and its time that are the last ones of their key, and of a
session's id that is the event's token."""

AS_THEY_ARE = 1
"""Behind the token of an event whose own `session_id` is SAME, so that nothing stands for the token there."""

PACKED = b"\x01"
"""The first byte where UUIDs and ids of our own stand behind the JSON. Until 2026-11-30 it was JSON alone."""

LENGTH = 3
"""Bytes, of the JSON's length."""

SESSION_ID = "session_id"

Last = Callable[[str], tuple[str, datetime] | None]
"""The latest sequence number of a key, and when it came."""


class Ids:
    """UUIDs and our own ids, of which the JSON has the place: 16 bytes each, which mostly stand elsewhere in the item
    too, so that compression makes them fewer."""

    def __init__(self, data: bytes = b"") -> None:
        self._places = {
            data[start : start + packing.UUID]: start // packing.UUID
            for start in range(0, len(data), packing.UUID)
        }
        self._all = list(self._places)

    @property
    def stored(self) -> bytes:
        return b"".join(self._places)

    def place(self, id_: str | None) -> str | int | None:
        packed = packing.digest(id_) if id_ is not None else None
        return id_ if packed is None else self._place(packed)

    def at(self, place: str | int | None) -> str | None:
        return self._all[place].hex() if isinstance(place, int) else place

    def key_place(self, key: str) -> str | tuple[int, int]:
        kind, _, value = key.partition(":")
        packed = packing.uuid(value) if kind in packing.KINDS else None
        return key if packed is None else (packing.KINDS.index(kind), self._place(packed))

    def key_at(self, place: str | list[int]) -> str:
        if isinstance(place, str):
            return place
        return f"{packing.KINDS[place[0]]}:{packing.uuid_text(self._all[place[1]])}"

    def _place(self, packed: bytes) -> int:
        return self._places.setdefault(packed, len(self._places))


def encode(outbox: Sequence[OutboxEntry], person: str, last: Last) -> bytes:
    ids = Ids()
    entries = []
    for entry in outbox:
        sequence, at = last(entry.key) or (None, None)
        entries.append(
            (
                SAME if entry.key == person else ids.key_place(entry.key),
                SAME if sequence == entry.sequence else entry.sequence,
                SAME
                if (sequence, at) == (entry.sequence, entry.at)
                else microseconds(max(entry.at, packing.EARLIEST)),
                entry.workspace,
                entry.start,
                entry.end,
                entry.turn,
                *_without_empty_ends(_decisions(entry.decisions, ids)),
            )
        )
    json = orjson.dumps(entries, option=orjson.OPT_UTC_Z)
    return b"".join((PACKED, len(json).to_bytes(LENGTH, "little"), json, ids.stored))


def decode(data: bytes, person: str, last: Last) -> tuple[OutboxEntry, ...]:
    ids, was_json = Ids(), not data.startswith(PACKED)
    if not was_json:
        start = len(PACKED) + LENGTH
        end = start + packing.number_at(data, len(PACKED), LENGTH)
        data, ids = data[start:end], Ids(data[end:])
    found = list[OutboxEntry]()
    for key, sequence, at, workspace, start, end, turn, *decisions in orjson.loads(data):
        known_as = person if key == SAME else ids.key_at(key)
        came = last(known_as)
        found.append(
            OutboxEntry(
                known_as,
                (came[0] if came else "") if sequence == SAME else sequence,
                came[1] if came and at == SAME and not was_json else from_microseconds(at),
                workspace,
                _decided(decisions, ids),
                start,
                end,
                turn,
            )
        )
    return tuple(found)


def _decisions(made: Decisions, ids: Ids) -> list[Sequence[Any]]:
    return [
        made.duplicates,
        [(index, ids.place(session)) for index, session in made.sessions],
        [_derived(one, ids) for one in made.derived],
        [(one.index, one.code, one.field, one.message) for one in made.refused],
        [(one.campaign, one.channel, one.event) for one in made.requests],
        made.forwarded,
        made.unfolded,
        [(one.person, one.part, microseconds(one.at), one.depth) for one in made.timers],
    ]


def _decided(decisions: list[Any], ids: Ids) -> Decisions:
    """Those at the end may be missing: they are empty."""
    lists = zip(READERS.items(), decisions, strict=False)
    return Decisions(
        **{name: tuple(read(one, ids) for one in stored) for (name, read), stored in lists if stored}
    )


def _derived(one: Derived | Event, ids: Ids) -> Any:
    """Whole events are from before 2026-11-30, when they were stored so."""
    if isinstance(one, Event):
        return one.model_dump(mode="json", exclude_defaults=True)
    properties = one.properties
    if one.token is None:
        return one.name, one.cause, microseconds(one.at), properties
    if properties.get(SESSION_ID) == one.token:
        properties = {**properties, SESSION_ID: SAME}
    elif properties.get(SESSION_ID) == SAME:
        return one.name, one.cause, microseconds(one.at), properties, ids.place(one.token), AS_THEY_ARE
    return one.name, one.cause, microseconds(one.at), properties, ids.place(one.token)


def _rederived(stored: Any, ids: Ids) -> Derived | Event:
    if isinstance(stored, dict):
        return Event.model_validate(stored)
    name, cause, at, properties, *rest = stored
    token = ids.at(rest[0]) if rest else None
    if len(rest) == 1 and properties.get(SESSION_ID) == SAME:
        properties = {**properties, SESSION_ID: token}
    return Derived(name, cause, properties, from_microseconds(at), token)


def _without_empty_ends(lists: list[Sequence[Any]]) -> list[Sequence[Any]]:
    while lists and not lists[-1]:
        lists.pop()
    return lists


READERS: dict[str, Callable[[Any, Ids], Any]] = {
    "duplicates": lambda one, _: int(one),
    "sessions": lambda one, ids: (one[0], ids.at(one[1])),
    "derived": _rederived,
    "refused": lambda one, _: Refusal(*one),
    "requests": lambda one, _: Request(*one),
    "forwarded": lambda one, _: int(one),
    "unfolded": lambda one, _: int(one),
    "timers": lambda one, _: Woken(one[0], one[1], from_microseconds(one[2]), one[3]),
}
"""The lists of decisions as they are stored, in this order, and how one of each is read."""
