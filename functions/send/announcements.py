"""Events that `send` puts on the stream: a message was sent, or a device token was refused for good.

Their ids are derived from the message, so they are recognised as duplicates if they come again after a crash.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions.send.channels.channel import DeviceToken
from shared import identity, records
from shared.events import DOCTOR, HEADRACE, derived_id
from shared.failures import Unavailable
from shared.fold.parts.devices.tokens import PUSH_TOKEN_INVALID
from shared.messaging.messages import MessageRequest
from shared.own_events import NOTIFICATION_SENT
from shared.ports.runtime import NewId
from shared.ports.streams import Stream, StreamEntry


def announce(
    stream: Stream,
    request: MessageRequest,
    *,
    sent_at: datetime | None,
    refused: tuple[DeviceToken, ...],
    now: datetime,
    new_id: NewId,
) -> None:
    """Put the events on the stream, as one record of the person. `sent_at` is None if the message was not sent. Raises
    Unavailable."""
    events = [_token_refused(request, token, now) for token in refused]
    if sent_at is not None:
        events.insert(0, _notification_sent(request, sent_at))
    if events and stream.put([_record(request, events, now, new_id())]):
        raise Unavailable("the stream did not take what was sent")


def _notification_sent(request: MessageRequest, at: datetime) -> dict[str, Any]:
    properties = {"campaign": request.campaign, "channel": request.channel, "message": request.id}
    return _event(request, NOTIFICATION_SENT, derived_id(NOTIFICATION_SENT, request.id), properties, at)


def _token_refused(request: MessageRequest, refused: DeviceToken, at: datetime) -> dict[str, Any]:
    properties = {"platform": refused.platform, "device": refused.device, "token": refused.token}
    event_id = derived_id(PUSH_TOKEN_INVALID, request.id, refused.token)
    return _event(request, PUSH_TOKEN_INVALID, event_id, properties, at)


def _event(
    request: MessageRequest, name: str, event_id: str, properties: dict[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "id": event_id,
        "type": "system",
        "name": name,
        **identity.naming(request.person),
        "properties": properties,
        "occurred_at": at,
    }


def _record(
    request: MessageRequest, events: list[dict[str, Any]], now: datetime, request_id: str
) -> StreamEntry:
    """What follows from a message of the doctor's is the doctor's too: campaigns may wait for `Notification Sent`."""
    common = {
        "key": request.person,
        "source": DOCTOR if request.event.source == DOCTOR else HEADRACE,
        "protocol": HEADRACE,
        "trust": "server",
        "workspace": request.workspace,
        "request": request_id,
        "received_at": now,
        "depth": request.depth + 1,
        "tally": {"received": len(events), "accepted": len(events), "rejected": 0},
    }
    return StreamEntry(request.person, records.encode(common, events))
