"""A message, and what is done with it in a log: claimed, given back, recorded, read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.events import Event
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why
from shared.ports.messages import Messages

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)
UNTIL = NOW + timedelta(seconds=35)
LATER = NOW + timedelta(minutes=3)
KEPT = timedelta(days=400)


def request(
    number: int = 1, person: str = "user:u1", requested_at: datetime = NOW, **fields: Any
) -> MessageRequest:
    """An SMS to a person for their purchase."""
    event = Event(
        id=f"e{number}", type="track", name="Complete Purchase", user_id="u1", source="shop", protocol="headrace",
        occurred_at=NOW, received_at=NOW,
    )  # fmt: skip
    return MessageRequest(
        id=f"m{number}", channel="sms", campaign="big-spender", person=person, event=event,
        requested_at=requested_at, workspace=1, **fields,
    )  # fmt: skip


def claim(log: Messages, one: MessageRequest, **changed: Any) -> LoggedMessage | None:
    """Claimed at NOW until UNTIL, at no price and without a cap, unless changed."""
    return log.claim(
        one, **{"to": "+15550100", "until": UNTIL, "at": NOW, "spend_usd": 0.0, "cap_usd": 0.0, **changed}
    )


def release(log: Messages, one: MessageRequest, **changed: Any) -> None:
    """Given back at NOW as tried in vain, unless changed."""
    log.release(
        one, **{"reason": Why.PROVIDER_UNAVAILABLE, "tried": True, "at": NOW, "spend_usd": 0.0, **changed}
    )


def record(log: Messages, one: MessageRequest, status: Status, **changed: Any) -> None:
    """Recorded at LATER with this status, and nothing else unless changed."""
    log.record(
        one, **{"status": status, "reason": None, "to": None, "provider_id": None, "at": LATER, **changed}
    )


def only(log: Messages) -> LoggedMessage:
    """The one message of u1."""
    (found,) = log.of_person(["user:u1"], 10)
    return found
