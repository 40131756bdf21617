"""Numbers where User.com has one for everything it keeps: the same one for the same thing, made of what it is called.

They lie between 2**52 and 2**53: above every number User.com gave so far, and exact in JavaScript.
"""

from __future__ import annotations

import hashlib

from shared.text.surrogates import as_bytes

BITS = 52


def number_of(*called: str) -> int:
    digest = hashlib.blake2b(as_bytes("\x1f".join(called)), digest_size=8).digest()
    return int(2**BITS) + int.from_bytes(digest) % int(2**BITS)
