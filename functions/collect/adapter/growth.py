"""What a request may become: what its items share is small once, and large when each of them is given its own.

A context of 30 KB and 5,000 tiny events would be 150 MB on the stream. Formats say so before they make any item.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from functions.collect.http.body import TooLarge

MOST = 12 * 1024 * 1024
"""Bytes of a request's events as they are stored. A body of 4 MB with events of its own takes half of it."""


def hold_to(body: bytes, shares: Sequence[tuple[object, int]]) -> None:
    """Raises TooLarge. Each of `shares` is what some items of the body share, and how many those are."""
    items = 0
    for _, count in shares:
        items += count
    if len(body) * items <= MOST:  # nothing in it is larger than all of it
        return
    if (size := sum(count * _size(shared) for shared, count in shares)) > MOST:
        raise too_large(size)


def too_large(size: int) -> TooLarge:
    return TooLarge(
        f"given to each of them, what the events share takes {size} bytes; {MOST} is the limit: send fewer at once"
    )


def _size(shared: object) -> int:
    """Bytes of it as JSON."""
    try:
        return len(orjson.dumps(shared))
    except TypeError:
        from functions.collect.http import raw_json  # what hardly anybody sends

        return len(raw_json.written(shared))
