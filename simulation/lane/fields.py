"""Which fields a line of a history may have: one that nobody reads is a slip, and must not pass in silence."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from shared.events import SYSTEM

OPERATED = ("apply", "pause", "resume")

OF_EVERY_EVENT = frozenset(
    {
        "received_at", "type", "event", "userId", "anonymousId", "messageId", "properties", "traits", "context",
        "timestamp",
    }
)  # fmt: skip
OF_A_CLIENTS = OF_EVERY_EVENT | {
    "source", "previousId", "groupId", "name", "category", "originalTimestamp", "sentAt", "channel",
    "integrations", "version", "receivedAt", "projectId", "_metadata",
}  # fmt: skip
"""Those of our own API, and what Segment's libraries and exports add to each call:
https://segment.com/docs/connections/spec/common/"""


def unknown(said: Collection[str], type_: object) -> tuple[str, str] | None:
    """The first field of a line about an event that has no place there, and the rule with the nearest name; or None."""
    known = OF_EVERY_EVENT if type_ == SYSTEM else OF_A_CLIENTS
    strange = sorted(set(said) - known)
    if not strange:
        return None
    near = difflib.get_close_matches(strange[0], sorted(known | {*OPERATED}), n=1)
    return strange[0], "is no field of such a line" + (f"; did you mean {near[0]}?" if near else "")
