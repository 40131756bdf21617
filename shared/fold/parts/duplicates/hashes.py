"""What an event is known by, in six bytes."""

from __future__ import annotations

import hashlib

from shared.events import Event
from shared.fold.parts.duplicates.ring import WIDTH

FORMAT_1_WIDTH = 8
"""Bytes that hashes are made with: as they were stored until 2026-11-30, and their first bytes are the same."""


def named(event: Event) -> bytes:
    """What an event is known by. The person is the one it names: that stays when people are joined.

    Where it names a visitor, that is who: Segment's SDK in the browser, when it sends a visitor's event again, adds the
    user id that the visitor has meanwhile.
    """
    if event.anonymous_id is not None:
        return f"{event.source}\x1f{event.id}\x1f{event.name}\x1fanonymous:{event.anonymous_id}".encode()
    return "\x1f".join((event.source, event.id, event.name, *event.identities[:1])).encode()


def digest_in(made: hashlib.blake2b) -> bytes:
    return made.digest()[:WIDTH]
