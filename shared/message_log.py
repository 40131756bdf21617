"""The message log as people read it: one plain object per message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from shared.events import utc_text
from shared.messages import Status, Why
from shared.ports import LoggedMessage

TRIED_AGAIN_WITHIN = timedelta(minutes=30)
"""From the last try that the log knows of: longer than all five deliveries and their pauses take together (28 minutes).
A message that went back to its queue longer ago waits in a queue that is late, or lies in its dead letters: the log
cannot tell which."""


def presented(message: LoggedMessage, now: datetime) -> dict[str, Any]:
    """A message as JSON values. `reason` and `to` are always there, null when there is none."""
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
        "to": message.to,
        "provider_id": message.provider_id,
        "requested_at": utc_text(message.requested_at),
        "updated_at": utc_text(message.updated_at),
    }


def standing(message: LoggedMessage, now: datetime) -> tuple[Status, Why | None]:
    """The status and its reason. A claim that outlived its sender says that nobody knows whether it was sent."""
    if message.status is not Status.REQUESTED:
        return message.status, message.reason
    if message.claimed_until is not None and message.claimed_until <= now:
        return Status.UNCERTAIN, Why.OUTCOME_UNKNOWN
    if message.claimed_until is None and message.updated_at < now - TRIED_AGAIN_WITHIN:
        return message.status, Why.WAITING_OR_DEAD_LETTERED
    return message.status, message.reason
