"""Records that are remembered as one: a request of any size that comes again is recognised whole."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from shared.events import Event
from shared.fold.parts.duplicates.hashes import FORMAT_1_WIDTH, digest_in, named
from shared.fold.parts.duplicates.ring import (
    MOST_OPEN,
    RECORD_BYTES,
    RECORDS,
    Records,
    Ring,
    bytes_of,
    hour_of,
    latest_records,
)

FOLDED_IN_PART = b"\x1d"


def digest_of(events: Sequence[Event], end: bytes = b"") -> bytes:
    """What a record of these events is known by."""
    digest = hashlib.blake2b(digest_size=FORMAT_1_WIDTH)
    for event in events:
        digest.update(named(event) + b"\x1e")
    digest.update(end)
    return digest_in(digest)


def digest_of_part(events: Sequence[Event], end: int) -> bytes:
    """What a record is known by that is folded up to that event: not what a record of these events alone is, which may
    have come as well."""
    return digest_of(events[:end], FOLDED_IN_PART)


def repeated(state: Ring, digest: bytes, events: Sequence[Event]) -> Collection[int] | None:
    """The indexes of a record's events that were folded before, if the whole record, known by `digest`, was."""
    not_folded = _not_folded(state, digest)
    return None if not_folded is None else set(range(len(events))).difference(not_folded)


def remember(
    state: Ring, digest: bytes, before: bytes | None, not_folded: Collection[int], now: datetime
) -> Ring:
    """The ring with a record as a whole, of whose events all but `not_folded` were folded now.

    One that is folded in portions is remembered as far as it was folded: `digest` is that of these events, and `before`
    that of those which were folded in portions before this one.
    """
    hours, open_before = _without(state.records, before) if before is not None else (state.records, ())
    if open_before is None or len(open_before) + len(not_folded) > MOST_OPEN:
        return Ring(state.hours, hours)
    return _with(Ring(state.hours, hours), digest, (*open_before, *sorted(not_folded)), now)


def remember_again(
    state: Ring, digest: bytes, again: range, not_folded: Collection[int], now: datetime
) -> Ring:
    """The ring with a record that it has as a whole, and of which these events came again, all or a portion of them:
    now all but `not_folded` are folded."""
    open_before = _not_folded(state, digest)
    if open_before is None:
        return state
    open_ = tuple(sorted({*(index for index in open_before if index not in again), *not_folded}))
    if open_ == open_before:
        return state
    hours = state.records
    while _is_in(hours, digest):
        hours, _ = _without(hours, digest)
    return _with(Ring(state.hours, hours), digest, open_, now)


def _with(state: Ring, digest: bytes, open_: tuple[int, ...], now: datetime) -> Ring:
    hours, hour = state.records, max((hour_of(now), *state.hours, *state.records))
    hours = {**hours, hour: {**hours.get(hour, {}), digest: open_}}
    if hour not in state.records or sum(map(bytes_of, hours.values())) > RECORDS * RECORD_BYTES:
        hours = latest_records(hours)
    return Ring(state.hours, hours)


def _not_folded(state: Ring, digest: bytes) -> tuple[int, ...] | None:
    for hour in sorted(state.records, reverse=True):
        if (not_folded := state.records[hour].get(digest)) is not None:
            return not_folded
    return None


def _is_in(hours: dict[int, Records], digest: bytes) -> bool:
    return any(digest in records for records in hours.values())


def _without(hours: dict[int, Records], digest: bytes) -> tuple[dict[int, Records], tuple[int, ...] | None]:
    """The records but for this one, and which events of it were not folded; None if it is not remembered."""
    for hour, records in hours.items():
        if digest in records:
            others = {known: indexes for known, indexes in records.items() if known != digest}
            kept = {**hours, hour: others} if others else {at: hours[at] for at in hours if at != hour}
            return kept, records[digest]
    return hours, None
