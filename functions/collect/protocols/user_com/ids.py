"""Ids as User.com has them: numbers of its own, and custom ids that may come in base64.

It has a number for everything it keeps. Here it is the same one for the same thing, made of what that is called. It
lies between 2**52 and 2**53: above every number User.com gave so far, and exact in JavaScript.

Its plugin for Magento writes custom ids in base64 in some places and not in others. Many plain ids are good base64 as
well, so nothing is decoded on suspicion: only where the request says so, by a header that a proxy in front of the
plugin adds, and only what decodes to printable text.
"""

from __future__ import annotations

import base64
import hashlib

from shared.text.surrogates import as_bytes

BITS = 52

HEADER = "x-custom-id-encoding"
BASE64 = "base64"


def plain(custom_id: object, *, may_be_encoded: bool) -> object:
    """The id as the customer gave it; what is no base64 of printable text is one already."""
    if not may_be_encoded or not isinstance(custom_id, str):
        return custom_id
    try:
        decoded = base64.b64decode(custom_id, validate=True).decode()
    except ValueError:
        return custom_id
    return decoded if decoded and decoded.isprintable() else custom_id


def number_of(*called: str) -> int:
    """Of the thing that these words name."""
    digest = hashlib.blake2b(as_bytes("\x1f".join(called)), digest_size=8).digest()
    return int(2**BITS) + int.from_bytes(digest) % int(2**BITS)
