"""What the emulator "sent": it keeps messages instead of delivering them. Forgotten when it stops."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

SECONDS = 10


def text_messages(gateway_url: str) -> list[dict[str, Any]]:
    """Each has `PhoneNumber` and `Message`, oldest first."""
    return _of_every_account(gateway_url, "/_ministack/sns/sms-messages")


def emails(gateway_url: str) -> list[dict[str, Any]]:
    """Oldest first."""
    return _of_every_account(gateway_url, "/_ministack/ses/messages")


def _of_every_account(gateway_url: str, path: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(gateway_url + path, timeout=SECONDS) as response:  # noqa: S310 - loopback
        by_account: dict[str, list[dict[str, Any]]] = json.load(response)["messages"]
    return [message for messages in by_account.values() for message in messages]
