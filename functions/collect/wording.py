"""Reasons in a format's own words: who sends a `distinct_id` is not told of a `user_id`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.reasons import Code, Reason

SOMEBODY = "user_id or anonymous_id"
"""What `canonical` says is needed of an event that names nobody."""


def reworded(reasons: Iterable[Reason], fields: Mapping[str, str], somebody: str) -> list[Reason]:
    """`fields` are the format's names by the canonical event's, `somebody` what names a person there."""
    return [_reworded(reason, fields, somebody) for reason in reasons]


def _reworded(reason: Reason, fields: Mapping[str, str], somebody: str) -> Reason:
    message = (
        reason.message.replace(SOMEBODY, somebody) if reason.code is Code.NO_IDENTITY else reason.message
    )
    field = fields.get(reason.field, reason.field)
    if message.startswith(f"{reason.field} "):  # most sentences begin with their field
        message = field + message.removeprefix(reason.field)
    return reason._replace(field=field, message=message)
