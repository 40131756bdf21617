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


def digest_of(events: Sequence[Event]) -> bytes:
    """What a record of these events is known by."""
    digest = hashlib.blake2b(digest_size=FORMAT_1_WIDTH)
    for event in events:
        digest.update(named(event) + b"\x1e")
    return digest_in(digest)


def repeated(state: Ring, digest: bytes, events: Sequence[Event]) -> Collection[int]:
    """The indexes of a record's events that were folded before, if the whole record, known by `digest`, was."""
    for hour in sorted(state.records, reverse=True):
        if (not_folded := state.records[hour].get(digest)) is not None:
            return set(range(len(events))).difference(not_folded)
    return ()


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
    hour, open_ = max((hour_of(now), *state.hours, *state.records)), (*open_before, *sorted(not_folded))
    if any(records.get(digest) == open_ for records in hours.values()):
        return Ring(state.hours, hours)
    hours = {**hours, hour: {**hours.get(hour, {}), digest: open_}}
    if hour not in state.records or sum(map(bytes_of, hours.values())) > RECORDS * RECORD_BYTES:
        hours = latest_records(hours)
    return Ring(state.hours, hours)


def _without(hours: dict[int, Records], digest: bytes) -> tuple[dict[int, Records], tuple[int, ...] | None]:
    """The records but for this one, and which events of it were not folded; None if it is not remembered."""
    for hour, records in hours.items():
        if digest in records:
            others = {known: indexes for known, indexes in records.items() if known != digest}
            return {**hours, hour: others}, records[digest]
    return hours, None
