"""Present the message log for people: one plain object per message."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from shared.events import utc_text
from shared.messaging.channels import Channel
from shared.messaging.messages import LONGEST_WAIT, Status, Why


class LoggedMessage(NamedTuple):
    """A message in the log. `to` is the address, `provider_id` the provider's own id."""

    id: str
    person: str
    campaign: str
    channel: Channel
    event_id: str
    event_name: str
    status: Status
    reason: Why | None
    to: str | None
    provider_id: str | None
    requested_at: datetime
    claimed_until: datetime | None
    updated_at: datetime
    attempts: int = 0
    """The number of claims after which the provider was called, or may have been called."""
    detail: str | None = None
    """The details of the reason: the provider's error, cleaned by `shared.messaging.refusal_words`, or the place in the
    template."""


def presented(message: LoggedMessage, now: datetime) -> dict[str, Any]:
    """A message as JSON values. `reason`, `detail` and `to` are always there, null when there is none."""
    status, reason = standing(message, now)
    return {
        "id": message.id,
        "person": message.person,
        "campaign": message.campaign,
        "channel": message.channel,
        "event": message.event_name,
        "event_id": message.event_id,
        "status": status.value,
        "reason": reason.value if reason is not None else None,
        "detail": message.detail if reason is message.reason else None,
        "to": message.to,
        "provider_id": message.provider_id,
        "attempts": message.attempts,
        "requested_at": utc_text(message.requested_at),
        "updated_at": utc_text(message.updated_at),
    }


def standing(message: LoggedMessage, now: datetime) -> tuple[Status, Why | None]:
    """The status and its reason. If a claim has expired, its function died and the outcome is unknown. A message that
    has waited too long is not sent any more, even if it is still in its queue."""
    if message.status is Status.WAITING and now >= message.requested_at + LONGEST_WAIT:
        return Status.EXPIRED, Why.WAITED_TOO_LONG
    if message.status is Status.REQUESTED and message.claimed_until is None:
        return Status.WAITING, message.reason
    if (
        message.status is Status.REQUESTED
        and message.claimed_until is not None
        and message.claimed_until <= now
    ):
        return Status.UNCERTAIN, Why.OUTCOME_UNKNOWN
    return message.status, message.reason
