"""What a source may send: the limits that hold unless its file says otherwise, and how far that may go. And what one
event may make follow.

Each is named here once. The workspace's model, the schemas, the descriptions of keys and the errors quote them from
here, and tests/unit/test_limits.py holds the pages of documentation to them.
"""

from __future__ import annotations

EVENT_BYTES, MOST_EVENT_BYTES = 32 * 1024, 128 * 1024
"""Of one event as it is stored."""

BATCH_BYTES, MOST_BATCH_BYTES = 500 * 1024, 4 * 1024 * 1024
"""Of one request's body, unzipped. A Lambda function is handed 6 MB at most, base64 and all:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

LEAST_BYTES = 1024
"""That any of them may be set to."""

MOST_ITEMS = 5_000
"""Events of one request, where its format has no smaller limit. SDKs send a few dozen; the answer to millions of empty
items would not fit through the gateway."""

MOST_MESSAGES = 100
"""That one event may ask for, with whatever follows from it; and so one timer. All of it is saved with the person at
once, whose item must stay small."""


def in_words(size: int) -> str:
    """`32 KB`, `4 MB`."""
    whole, unit = (size // 1024**2, "MB") if size % 1024**2 == 0 else (size // 1024, "KB")
    return f"{whole} {unit}"
