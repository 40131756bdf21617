"""A message as its queue keeps it, and the settings of a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Attributes = Mapping[str, Mapping[str, Any]]
"""Name → `DataType`, and `StringValue` or `BinaryValue` (base64)."""


@dataclass(slots=True)
class Message:
    """`sent_at` stays when it becomes a dead letter: its retention counts from there."""

    id: str
    body: str
    attributes: Attributes
    sent_at: float
    ready_at: float
    receives: int = 0
    handle: str | None = None
    """That of the latest delivery."""
    received_at: float = 0.0
    first_received_at: float | None = None
    came_from: str | None = None
    """The ARN of the queue whose dead letter it is."""


@dataclass
class Settings:
    """Seconds, and the name of the queue that gets what was received too often."""

    visibility: float = 30.0
    retention: timedelta = timedelta(days=4)
    delay: float = 0.0
    dead_letters: str | None = None
    most_receives: int | None = None
    policy: str | None = None
