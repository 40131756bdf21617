"""A message as an item of the messages table, and back.

The index `of_day` spreads a day over a few partitions, because one partition takes only 1,000 write units a second. An
item expires some time after the outcome of its message is known, and never before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.events import DOCTOR, utc_text
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why

PARTITIONS_OF_A_DAY = 4


def day_partition(day: str, number: int) -> str:
    """`2026-11-21#0` to `#3`."""
    return f"{day}#{number}"


def identifying(request: MessageRequest) -> dict[str, Any]:
    """The attributes that come from the request. They are the same whenever the item is written. The doctor's messages
    have no day, so they are only in their person's list."""
    requested_at = utc_text(request.requested_at)
    number = hashlib.blake2b(request.id.encode(), digest_size=2).digest()[0] % PARTITIONS_OF_A_DAY
    texts = {
        "person": request.person, "day": day_partition(requested_at[:10], number), "requested_at": requested_at,
        "campaign": request.campaign, "channel": request.channel, "event_id": request.event.id,
        "event_name": request.event.name,
    }  # fmt: skip
    if request.campaign == DOCTOR:
        del texts["day"]
    return {name: {"S": text} for name, text in texts.items()}


def standing(status: Status, at: datetime) -> dict[str, Any]:
    return {"status": {"S": str(status)}, "updated_at": {"S": utc_text(at)}}


def expiring(at: datetime) -> dict[str, Any]:
    return {"expires_at": {"N": str(int(at.timestamp()))}}


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
        attempts=int(item["attempts"]["N"]) if "attempts" in item else 0,
        detail=text.get("detail"),
    )
