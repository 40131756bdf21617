"""Sessions as they are stored: ids that are not ours as text, then numbers of fixed width."""

from __future__ import annotations

from shared.fold import packing
from shared.fold.parts.sessions.session import Line, Session, Sessions

ID, EVENTS = 16, 4
"""Bytes of an id of ours, and of how many events a session has."""


def encode(state: Sessions) -> bytes:
    """What runs (None, where nothing does) in the two lines, then what ended: of each its id, if that is not one of
    ours, and its numbers; at last the ends of the two lines."""
    sessions = (state.current, state.history.current, *state.ended)
    texts = [(0 if packing.digest(one.id) else one.id) if one is not None else None for one in sessions]
    numbers = [_numbers(one) for one in sessions if one is not None]
    ends = packing.time(state.over_at), packing.time(state.history.over_at)
    return packing.written(texts, b"".join((*numbers, *ends)))


def decode(data: bytes) -> Sessions:
    texts, numbers = packing.read(data)
    start, found = 0, list[Session | None]()
    for text in texts:
        if text is None:
            found.append(None)
            continue
        known_as = text
        if not isinstance(text, str):
            known_as = numbers[start : start + ID].hex()
            start += ID
        at = start + EVENTS
        started_at, last_at, came_at = (
            packing.time_at(numbers, at + packing.MICROSECONDS * place) for place in range(3)
        )
        events = packing.number_at(numbers, start, EVENTS)
        found.append(
            Session(known_as, started_at or packing.EARLIEST, last_at or packing.EARLIEST, events, came_at)
        )
        start = at + 3 * packing.MICROSECONDS
    over, history_over = (
        packing.time_at(numbers, start),
        packing.time_at(numbers, start + packing.MICROSECONDS),
    )
    ended = tuple(one for one in found[2:] if one is not None)
    return Sessions(found[0], ended, over, Line(found[1], history_over))


def _numbers(session: Session) -> bytes:
    return b"".join(
        (
            packing.digest(session.id) or b"",
            packing.number(session.events, EVENTS),
            packing.time(session.started_at),
            packing.time(session.last_at),
            packing.time(session.came_at),
        )
    )
