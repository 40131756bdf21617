"""What the emulator says of itself: what it "sent", which it forgets when it stops, and when it saved its state."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

SECONDS = 10

KEPT = frozenset({"email", "sms"})
"""Channels of which the emulator keeps what was sent. What a webhook was called with is its receiver's."""


def texts_by_number(gateway_url: str) -> dict[str, list[str]]:
    """SMS: the texts each number got, oldest first."""
    kept = _read(gateway_url + "/_ministack/sns/sms-messages")["sms_messages"]
    return {number: [message["Message"] for message in messages] for number, messages in kept.items()}


def emails(gateway_url: str) -> list[dict[str, Any]]:
    """Each has `To`, `Subject`, `BodyText`; oldest first."""
    accounts = _read(gateway_url + "/_ministack/ses/messages")["messages"]
    return [message for messages in accounts.values() for message in messages]


def parts_of(gateway_url: str, channel: str, provider_id: str) -> dict[str, str] | None:
    """What a message said that the emulator took under this id, by the parts of a template; None when it has none."""
    if channel == "email":
        found = next((one for one in emails(gateway_url) if one["MessageId"] == provider_id), None)
        said = found and {"subject": found["Subject"], "text": found["BodyText"], "html": found["BodyHtml"]}
        return {part: text for part, text in said.items() if text} if said else None
    if channel == "sms":
        kept = _read(gateway_url + "/_ministack/sns/sms-messages")["sms_messages"]
        sent = [one for messages in kept.values() for one in messages]
        return next(({"text": one["Message"]} for one in sent if one["MessageId"] == provider_id), None)
    return None


def saves(gateway_url: str) -> dict[str, Any] | None:
    """`saved_at`, `seconds` it took, `without` (services that could not be saved), `failure` of the last try. None
    for an emulator that older code started and that does not say."""
    try:
        return _read(gateway_url + "/_headrace/saves")
    except (urllib.error.HTTPError, ValueError):
        return None


def _read(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=SECONDS) as response:  # noqa: S310 - loopback
        content: dict[str, Any] = json.load(response)
    return content
