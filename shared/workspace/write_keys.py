"""Write keys and signing secrets: create them, and recognise a key without storing it.

Functions know a source's key only as its SHA-256 digest, which is what the workspace snapshot holds. A key
is 24 random bytes, so the digest needs neither salt nor stretching. A lookup by digest leaks nothing by its
timing either: whoever measures it learns about the digest of a guess, and cannot steer that towards the
digest of a key.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from shared.text.surrogates import as_bytes

RandomBytes = Callable[[int], bytes]
"""`secrets.token_bytes`, passed in so that the domain makes no randomness of its own."""

PREFIX = "hr_"
"""The prefix shows people and secret scanners whose key it is. Keys contain no colon, because a key is the user name of
Basic authorization."""


def new_write_key(random_bytes: RandomBytes) -> str:
    """`hr_` and 32 characters that need no escaping in a URL, a header or JSON."""
    return PREFIX + base64.urlsafe_b64encode(random_bytes(24)).decode()


def new_signing_secret(random_bytes: RandomBytes) -> str:
    """64 hex digits, the key of an HMAC-SHA256: a source's identity verification, or a webhook's
    signature."""
    return random_bytes(32).hex()


def new_access_key_id(random_bytes: RandomBytes) -> str:
    """20 characters as AWS clients expect them, with a prefix that AWS's own ids do not have."""
    return "HR" + base64.b32encode(random_bytes(12)).decode()[:18]


def new_secret_access_key(random_bytes: RandomBytes) -> str:
    """40 characters, as AWS clients expect them."""
    return base64.urlsafe_b64encode(random_bytes(30)).decode()


def key_hash(key: str) -> str:
    """SHA-256 of the key in hex, as `Source.key_hashes` has it. A key may be any text, lone surrogates
    included."""
    return hashlib.sha256(as_bytes(key)).hexdigest()


HASHED = r"sha256:[0-9a-f]{64}"


def accepted_hash(credential: str) -> str:
    """The digest of one of a source's `accepts`: of the text, or the one that `sha256:` says already."""
    return credential.removeprefix("sha256:") if re.fullmatch(HASHED, credential) else key_hash(credential)
