"""Rows by hour, and by source or campaign in it."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.events import utc_text
from shared.ledger.lines import HOUR, Shop

MOST_SHOWN = 20
"""Records, rows or messages that are named on a terminal; `--json` has all."""


def by_hour(one: tuple[Shop, object]) -> tuple[int, str]:
    return one[0][1], one[0][0]


def hour_text(hour: int) -> str:
    return utc_text(datetime.fromtimestamp(hour * HOUR, UTC))


def short(hour: int) -> str:
    """For tables."""
    return hour_text(hour)[:16].replace("T", " ")
