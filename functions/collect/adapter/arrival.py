"""When an event happened: the client's timestamp, corrected by what its clock is known to be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from functions.collect.adapter.epoch import either
from shared.aws.runtime import new_id
from shared.plan.reasons import Code, Observation, Reason
from shared.ports.runtime import NewId

FIRST_SENT_AT = datetime(2010, 1, 1, tzinfo=UTC)
"""A clock that says less was never set."""

LONGEST_SKEW = timedelta(days=1)
"""By which a clock is fast, while the event's own time is none of the future: then it is not the same clock."""

SMALLEST_SKEW = timedelta(minutes=5)
"""A clock that is less wrong is taken as right: the network's delay would be mistaken for it."""

NO_SKEW = timedelta()

TIMESTAMP_UNREADABLE = Reason(
    Code.MALFORMED, "timestamp", "timestamp is not a time", Observation.TIMESTAMP_UNREADABLE
)
"""No replay can ever mend it, so that only a strict source refuses the event for it."""


class Arrival(NamedTuple):
    """When and how a request came. `skew` is what its clock is to be corrected by, zero when that cannot be known."""

    received_at: datetime
    sent_at: datetime | None
    skew: timedelta
    new_id: NewId = new_id
    """Makes the ids of events that came without."""

    @classmethod
    def of(cls, received_at: datetime, sent_at: object, *, is_retry: bool, new_id: NewId = new_id) -> Arrival:
        """A retry was stamped `sent_at` when it was first sent: the difference is waiting, not a wrong clock."""
        sent = time_of(sent_at)
        if sent is None or is_retry or sent < FIRST_SENT_AT:
            return cls(received_at, sent, NO_SKEW, new_id)
        skew = received_at - sent
        return cls(received_at, sent, skew if abs(skew) >= SMALLEST_SKEW else NO_SKEW, new_id)

    def corrected(self, at: datetime) -> datetime:
        """The client's time by a right clock. A correction is not believed, and the time counts as the client said it,
        where it would put the event after its arrival, or take days from a time that is none of the future."""
        try:
            found = at + self.skew
        except OverflowError:
            return at
        if found > self.received_at + SMALLEST_SKEW or (-self.skew > LONGEST_SKEW and at <= self.received_at):
            return at
        return found

    def sent(self) -> datetime:
        """When it was sent, by a right clock, as far as that is known; else when it arrived."""
        sent = self.sent_at
        if sent is None or not FIRST_SENT_AT <= sent + self.skew <= self.received_at:
            return self.received_at
        return sent + self.skew


def put_times(timestamp: object, arrival: Arrival, made: dict[str, Any], reasons: list[Reason]) -> None:
    """Put the event's `occurred_at` and `original_timestamp` among its fields, both in UTC. Where `timestamp` is no
    time, the event counts as of its sending, and its reason is added."""
    if timestamp.__class__ is not str or timestamp[4:5] != "-":
        timestamp = either(timestamp)  # digits could be read as a day of another century
    try:
        if timestamp.__class__ is datetime:
            original: datetime = timestamp
        else:
            original = datetime.fromisoformat(timestamp)  # type: ignore[arg-type]
        if original.tzinfo is not UTC:
            original = _in_utc(original)
    except (TypeError, ValueError, OverflowError):
        oddly_written = _oddly_written(timestamp)
        if oddly_written is None:
            reasons.append(TIMESTAMP_UNREADABLE)
            made["occurred_at"] = arrival.sent()
            return
        original = oddly_written
    made["original_timestamp"] = original
    made["occurred_at"] = arrival.corrected(original) if arrival.skew else original


def time_of(value: object) -> datetime | None:
    """Of ISO 8601 text, UTC where it names no offset, or of a number since 1970; None when it is no time."""
    if value is None:
        return None
    if value.__class__ is not str or value[4:5] != "-":
        value = either(value)
    try:
        return _in_utc(value if isinstance(value, datetime) else datetime.fromisoformat(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return _oddly_written(value)


def _oddly_written(value: object) -> datetime | None:
    """In UTC; None when it is no time in any way of writing."""
    from functions.collect.adapter import odd_times  # what hardly any client sends

    at = odd_times.read(value)
    try:
        return None if at is None else _in_utc(at)
    except OverflowError:
        return None


def _in_utc(at: datetime) -> datetime:
    zone = at.tzinfo
    if zone is UTC:
        return at
    return at.replace(tzinfo=UTC) if zone is None else at.astimezone(UTC)
