"""What the format writes as marked text because JSON has no type for it: times and words of a closed list.

The SDKs make them of a `Date` and of `setEnum`; a server writes them itself.
https://developer.clevertap.com/docs/upload-events-api
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from functions.collect.adapter.epoch import moment

DATE, ENUM = "$D_", "$E_"

MARKED = re.compile(r"\$D_(-?([0-9]{1,13}))")
DIGITS_OF_SECONDS = 10

DEEPEST = 64
"""Levels of an attribute in which marks are looked for; the SDKs send three."""


def plain(value: Any, depth: int = 0) -> Any:
    """The value with its times as ISO 8601 in UTC and its list words bare. It is not changed in place."""
    if isinstance(value, str):
        return _unmarked(value) if value.startswith("$") else value
    if depth < DEEPEST:
        if isinstance(value, dict):
            return {name: plain(one, depth + 1) for name, one in value.items()}
        if isinstance(value, list):
            return [plain(one, depth + 1) for one in value]
    return value


def seconds(value: object) -> datetime | None:
    """The time of a number of seconds since 1970, or of its digits; None when it is none. 0 is none: the vendor takes
    it for a clock that was never set."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    at = moment(value, 1)
    return at if isinstance(at, datetime) and at != datetime(1970, 1, 1, tzinfo=UTC) else None


def marked_time(value: object) -> datetime | None:
    """Of `$D_` and seconds, or milliseconds where there are more digits than seconds have until 2286."""
    if not isinstance(value, str) or (found := MARKED.fullmatch(value)) is None:
        return None
    at = moment(found[1], 1 if len(found[2]) <= DIGITS_OF_SECONDS else 1000)
    return at if isinstance(at, datetime) else None


def sent_at(value: object, per_second: int) -> str | None:
    """What the client's clock said when it sent, as ISO 8601; None when that is no time."""
    at = moment(value, per_second)
    return at.isoformat() if isinstance(at, datetime) else None


def _unmarked(text: str) -> str:
    if text.startswith(ENUM):
        return text.removeprefix(ENUM)
    at = marked_time(text)
    return text if at is None else at.isoformat().replace("+00:00", "Z")
