"""Identities: what an event calls its person, and the key under which that person is stored and streamed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Kind = str
"""One of `STRENGTH`, or a vendor's own: a word as `VENDOR_KIND` wants it, like `infobip` or `facebook`."""

STRENGTH: tuple[Kind, ...] = ("user", "anonymous", "email", "phone", "device")
"""Strongest first: the strongest identity of an event is its partition key. Vendors' kinds come after, by alphabet."""

VENDOR_KIND = r"[a-z][a-z0-9_]{0,30}"
"""Compiled when the first such kind comes: most functions never meet one."""

OWN_FIELD: tuple[Kind, ...] = ("user", "anonymous")
"""Kinds that have a field of their own in an event. No client may say them in `other_ids`: that would be a way round
what `user_id` must prove."""

LONGEST = 200
"""Characters of an identity value. A Kinesis partition key holds 256, and the kind stands before the value."""

PLACEHOLDERS = frozenset(
    {
        "", "null", "nil", "none", "undefined", "nan", "n/a", "na", "unknown", "anonymous", "guest", "user",
        "userid", "user_id", "distinct_id", "anonymousid", "anonymous_id", "id", "email", "true", "false", "void",
        "[object object]", "todo", "example", "default", "-1",
    }
)  # fmt: skip
"""Values that a client's bug writes where an id should be; they would join strangers into one person."""

BETWEEN_DIGITS = r"[\s.()\[\]\-\u2010-\u2015\u2212]"
"""Spaces, dots, brackets and dashes, typographic ones too. A plus sign before the country stays."""


def key(kind: Kind, value: str) -> str:
    """The identity as one string, `user:u1`: its partition key on the stream and its key in the profiles table."""
    return f"{kind}:{value}"


def is_other_kind(kind: str) -> bool:
    """Whether it may be a key of an event's `other_ids`."""
    return kind not in OWN_FIELD and re.fullmatch(VENDOR_KIND, kind) is not None


def keys(user_id: str | None, anonymous_id: str | None, other_ids: Mapping[Kind, str]) -> tuple[str, ...]:
    """The identity keys, strongest first. None, when nobody is named."""
    named = []
    if user_id is not None:
        named.append(f"user:{user_id}")
    if anonymous_id is not None:
        named.append(f"anonymous:{anonymous_id}")
    if other_ids:
        named += [f"{kind}:{other_ids[kind]}" for kind in sorted(other_ids, key=_weakness)]
    return tuple(named)


def strongest(user_id: str | None, anonymous_id: str | None, other_ids: Mapping[Kind, str]) -> str:
    """The key an event is streamed under, like `email:ana@shop.example`. Raises ValueError when nobody is named."""
    if user_id is not None:
        return f"user:{user_id}"
    if anonymous_id is not None:
        return f"anonymous:{anonymous_id}"
    kind = min(other_ids, key=_weakness)
    return f"{kind}:{other_ids[kind]}"


def normalised(kind: Kind, value: str) -> str:
    """The one spelling of an identity: an e-mail address in lower case, a phone number without what people put between
    its digits. Other kinds compare as they are."""
    if kind == "email":
        return value.strip().lower()
    if kind == "phone":
        return re.sub(BETWEEN_DIGITS, "", value)
    return value


def naming(identity_key: str) -> dict[str, Any]:
    """The fields of an event that name the person of the key: `{"other_ids": {"email": "ana@shop.example"}}`."""
    kind, _, value = identity_key.partition(":")
    return {f"{kind}_id": value} if kind in OWN_FIELD else {"other_ids": {kind: value}}


def kind_of(identity_key: str) -> str:
    return identity_key.partition(":")[0]


def value_of(identity_key: str) -> str:
    return identity_key.partition(":")[2]


def is_placeholder(value: str) -> bool:
    """Whether a value names nobody: blank, a well-known filler word, or nothing but zeros and dashes."""
    bare = value.strip().lower()
    return bare in PLACEHOLDERS or not bare.strip("0-")


def _weakness(kind: Kind) -> tuple[int, str]:
    return (STRENGTH.index(kind) if kind in STRENGTH else len(STRENGTH), kind)
