"""Which times an event may have: not too long before it came, nor after, as the source's limits say."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Fields
from shared.plan.reasons import Code, Reason
from shared.workspace.collecting import Limits

AGES = timedelta(days=365 * 1000)
"""More than any limit needs, and within the calendar of `datetime`."""


def time_window(arrival: Arrival, limits: Limits) -> tuple[datetime, datetime]:
    """The earliest and the latest time an event may have."""
    past, future = spans(limits.oldest_days, limits.future_seconds)
    return arrival.received_at - past, arrival.received_at + future


@lru_cache
def spans(days: int, seconds: int) -> tuple[timedelta, timedelta]:
    return min(timedelta(days=days), AGES), min(timedelta(seconds=seconds), AGES)


def out_of_time(fields: Fields, arrival: Arrival, limits: Limits) -> Reason:
    if fields["occurred_at"] > arrival.received_at:
        sentence = f"the event lies more than {limits.future_seconds} seconds in the future"
        return Reason(Code.IN_FUTURE, "timestamp", sentence)
    return Reason(Code.TOO_OLD, "timestamp", f"the event is older than {limits.oldest_days} days")
