"""The verdict on every event of a request: accepted, as bytes for a record, or rejected for these reasons.

This is the hot loop. It runs on plain dictionaries; what only a rejected event needs is done in `rejects`.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson

from functions.collect.canonical import Arrival, Fields
from functions.collect.nesting import too_deep
from functions.collect.protocols import Parsed
from functions.collect.verification import IdentitySecrets, carries_hash, verify
from shared import identity
from shared.plan import Plan
from shared.reasons import Code, Reason
from shared.workspace import Limits, Source

FROM_THE_WORKSPACE = frozenset(
    {
        Code.UNKNOWN_EVENT, Code.UNKNOWN_PROPERTY, Code.MISSING_PROPERTY, Code.WRONG_TYPE, Code.VALUE_NOT_ALLOWED,
        Code.TOO_LARGE, Code.TOO_OLD, Code.IN_FUTURE,
    }
)  # fmt: skip
"""Reasons that a newer workspace may take back: the plan's, and those of the source's limits."""

AGES = timedelta(days=365 * 1000)
"""More than any limit needs, and within the calendar of `datetime`."""


class Acceptance(NamedTuple):
    """`key` is the person's strongest identity, `data` the event's own fields as JSON."""

    index: int
    key: str
    data: bytes
    fields: Fields


class Rejection(NamedTuple):
    index: int
    fields: Fields
    reasons: list[Reason]


class Verdicts(NamedTuple):
    """Every item is in exactly one of the lists. `observed` counts what `observe` accepted in spite of the plan."""

    accepted: list[Acceptance]
    rejected: list[Rejection]
    observed: Counter[str]

    @property
    def may_change(self) -> bool:
        """Whether another workspace could judge otherwise."""
        return any(reason.code in FROM_THE_WORKSPACE for one in self.rejected for reason in one.reasons)


def judge(parsed: Parsed, source: Source, plan: Plan, secrets: IdentitySecrets) -> Verdicts:
    """Raises Unavailable when a hash is to be verified and the secrets cannot be read."""
    limits = source.limits
    policy = source.policy
    oldest, latest = _calendar(parsed.arrival, limits)
    accepted: list[Acceptance] = []
    rejected: list[Rejection] = []
    observed: Counter[str] = Counter()
    for index, (fields, reasons) in enumerate(parsed.items):
        if not reasons:
            if not oldest <= fields["occurred_at"] <= latest:
                reasons = [_out_of_time(fields, parsed.arrival, limits)]
            if "properties" in fields or fields["type"] == "track":
                properties, broken = plan.check(fields["name"], fields["type"], fields.get("properties", {}), policy)
                if properties:
                    fields["properties"] = properties
                if broken:
                    if policy == "observe":
                        observed[broken[0].code] += 1
                    else:
                        reasons = reasons + broken
        if not reasons:
            if "context" in fields and carries_hash(fields["context"]):
                verify(fields, secrets.of(source.id))
            data, reasons = _written(fields, limits.event_bytes)
            if data is not None:
                accepted.append(Acceptance(index, _key(fields), data, fields))
                continue
        rejected.append(Rejection(index, fields, reasons))
    return Verdicts(accepted, rejected, observed)


def _key(fields: Fields) -> str:
    if "user_id" in fields:
        return identity.key("user", fields["user_id"])
    return identity.key("anonymous", fields["anonymous_id"])


def _written(fields: Fields, most: int) -> tuple[bytes | None, list[Reason]]:
    """The fields as JSON, which is what counts as the event's size."""
    try:
        data = orjson.dumps(fields, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)
    except TypeError as error:
        return None, [Reason(Code.MALFORMED, "", f"the event cannot be written as JSON: {error}")]
    if len(data) > most:
        return None, [too_large(len(data), most)]
    if too_deep(data):
        return None, [Reason(Code.MALFORMED, "", "the event is nested too deep")]
    return data, []


def too_large(size: int, most: int) -> Reason:
    return Reason(Code.TOO_LARGE, "", f"the event takes {size} bytes; {most} is the limit")


def _calendar(arrival: Arrival, limits: Limits) -> tuple[datetime, datetime]:
    """The earliest and the latest time an event may have."""
    return (
        arrival.received_at - min(timedelta(days=limits.oldest_days), AGES),
        arrival.received_at + min(timedelta(seconds=limits.future_seconds), AGES),
    )


def _out_of_time(fields: Fields, arrival: Arrival, limits: Limits) -> Reason:
    if fields["occurred_at"] > arrival.received_at:
        sentence = f"the event lies more than {limits.future_seconds} seconds in the future"
        return Reason(Code.IN_FUTURE, "timestamp", sentence)
    return Reason(Code.TOO_OLD, "timestamp", f"the event is older than {limits.oldest_days} days")
