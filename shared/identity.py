"""Identities: what an event calls its person, and the key under which that person is stored and streamed."""

from __future__ import annotations

from typing import Literal

Kind = Literal["user", "anonymous", "email", "phone", "device"]

STRENGTH: tuple[Kind, ...] = ("user", "anonymous", "email", "phone", "device")
"""Strongest first: the strongest identity of an event is its partition key."""

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


def key(kind: Kind, value: str) -> str:
    """The identity as one string, `user:u1`: its partition key on the stream and its key in the profiles table."""
    return f"{kind}:{value}"


def kind_of(identity_key: str) -> str:
    return identity_key.partition(":")[0]


def value_of(identity_key: str) -> str:
    return identity_key.partition(":")[2]


def is_placeholder(value: str) -> bool:
    """Whether a value names nobody: blank, a well-known filler word, or nothing but zeros and dashes."""
    bare = value.strip().lower()
    return bare in PLACEHOLDERS or not bare.strip("0-")
