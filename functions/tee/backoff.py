"""Pauses for messages that go back to the queue: short at first, then longer.

Without them a message would wait for the queue's visibility time-out, minutes even after a hiccup. With these pauses
the last of the deliveries that `infra.dead_letters` allows comes after 13 minutes, and the message is a dead letter
after 28.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

FIRST_SECONDS, FACTOR, LONGEST_SECONDS = 5, 5, 900


def pauses(sqs_messages: Iterable[dict[str, Any]], again: Iterable[str]) -> dict[str, int]:
    """Receipt handle → seconds until it comes again, for the messages whose ids go back."""
    going_back = set(again)
    return {
        message["receiptHandle"]: seconds(int(message["attributes"]["ApproximateReceiveCount"]))
        for message in sqs_messages
        if message["messageId"] in going_back
    }


def seconds(received: int) -> int:
    """The pause after the message was received this many times."""
    pause: int = FIRST_SECONDS * FACTOR ** (max(received, 1) - 1)
    return min(LONGEST_SECONDS, pause)
