"""What several parts' tests fold: a timer, and spans of time."""

from __future__ import annotations

from datetime import timedelta

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
