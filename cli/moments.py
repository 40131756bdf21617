"""Parse times as people type them: `7d` ago, a day, or a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cli.problem import Problem

AGO = re.compile(r"(\d{1,5})\s*([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(typed: str, now: datetime) -> datetime:
    """`30m`, `24h`, `7d` (before `now`), `2026-11-21`, `2026-11-21T18:10` or RFC 3339; UTC unless it says otherwise."""
    if ago := AGO.fullmatch(typed.strip()):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        parsed = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise Problem(
            f"“{typed}” is not a time", "Examples: 30m, 24h, 7d, 2026-11-21, 2026-11-21T18:10:00Z"
        ) from None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
