"""Times that clients write a little beside ISO 8601: loaded when the first one comes that is none."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from shared.text.visible_text import trimmed

LONGEST = 64
"""Characters, more than any time takes."""

MAIL = r"[A-Za-z]{3}, [0-9]{1,2} [A-Za-z]{3} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} (?:GMT|UTC|[+-][0-9]{4})"
"""As mail and HTTP write it, and JavaScript's `toUTCString`: `Sat, 21 Nov 2026 11:00:00 GMT`."""

OF_UTC = r"\s?(?:UTC|GMT)$"
"""As Ruby and databases write it: `2026-11-21 11:00:00 UTC`."""

PARTS = r"([0-9-]{10})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(.*)"


def read(written: object) -> datetime | None:
    """The time, without an offset where it has none; None when it is no time.

    Read besides: what cannot be seen around it, small letters as RFC 3339 has them, a leap second (as the second before
    it), the end of a day as 24:00:00, `UTC` and `GMT` for `Z`, and the dates of mail.
    """
    if not isinstance(written, str) or len(written) > LONGEST:
        return None
    text = trimmed(written)
    try:
        if re.fullmatch(MAIL, text):
            from email.utils import parsedate_to_datetime

            return parsedate_to_datetime(text)
        return _iso(re.sub(OF_UTC, "Z", text.upper()))
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime:
    parts = re.fullmatch(PARTS, text)
    if parts is None:
        return datetime.fromisoformat(text)
    day, hour, minute, second, rest = parts.groups()
    if second == "60" and minute == "59":
        return datetime.fromisoformat(f"{day}T{hour}:59:59{rest}")
    if (hour, minute, second) == ("24", "00", "00"):
        return datetime.fromisoformat(f"{day}T00:00:00{rest}") + timedelta(days=1)
    return datetime.fromisoformat(text)
