"""A message as an item of the messages table, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.events import utc_text
from shared.messages import MessageRequest, Status, Why
from shared.ports import LoggedMessage


def item_of(request: MessageRequest, status: Status, at: datetime) -> dict[str, Any]:
    requested_at = utc_text(request.requested_at)
    texts = {
        "pk": request.id, "person": request.person, "day": requested_at[:10], "requested_at": requested_at,
        "campaign": request.campaign, "channel": request.channel, "event_id": request.event.id,
        "event_name": request.event.name, "status": status, "updated_at": utc_text(at),
    }  # fmt: skip
    return {name: {"S": text} for name, text in texts.items()}


def logged(item: Mapping[str, Any]) -> LoggedMessage:
    text = {name: value["S"] for name, value in item.items() if "S" in value}
    return LoggedMessage(
        id=text["pk"],
        person=text["person"],
        campaign=text["campaign"],
        channel=text["channel"],
        event_id=text["event_id"],
        event_name=text["event_name"],
        status=Status(text["status"]),
        reason=Why(text["reason"]) if "reason" in text else None,
        to=text.get("to"),
        provider_id=text.get("provider_id"),
        requested_at=datetime.fromisoformat(text["requested_at"]),
        claimed_until=datetime.fromisoformat(text["claimed_until"]) if "claimed_until" in text else None,
        updated_at=datetime.fromisoformat(text["updated_at"]),
    )
