"""How many bytes a profile takes as DynamoDB bills them: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""

from __future__ import annotations

from math import ceil

from shared.fold.profile import Profile

WRITE_UNIT = 1024
"""Bytes of an item that a write unit pays for. It is begun with each further byte."""

NAMES = len("pk" + "version" + "state")
OF_INDEX = len("due_bucket" + "2026-11-21T18:10#0" + "due_at" + "2026-11-21T18:10:00.000Z#0123456789abcdef")


def item_bytes(profile: Profile, state: int) -> int:
    """Of the item that is saved next; its `state` takes so many bytes."""
    version = ceil(len(str(profile.version + 1).rstrip("0")) / 2) + 1
    index = OF_INDEX if profile.due_at is not None else 0
    return NAMES + len(profile.key.encode(errors="surrogatepass")) + version + state + index


def units(size: int) -> int:
    return max(1, ceil(size / WRITE_UNIT))
