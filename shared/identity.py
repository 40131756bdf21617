"""Identities: the ids by which an event names its person, and the key under which that person is stored and
streamed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_letters, digits
from typing import Any

from shared.text.visible_text import trimmed, without_marks

Kind = str
"""One of `STRENGTH`, or a vendor's own kind that matches `VENDOR_KIND`, like `infobip` or `facebook`."""

STRENGTH: tuple[Kind, ...] = ("user", "anonymous", "email", "phone", "device")
"""Strongest first: the strongest identity of an event is its partition key. Vendors' kinds come after, by alphabet."""

VENDOR_KIND = r"[a-z][a-z0-9_]{0,30}"
"""A regular expression. It is compiled on first use, because most functions never need it."""

OWN_FIELD: tuple[Kind, ...] = ("user", "anonymous")
"""Kinds that have their own field in an event. They are not allowed in `other_ids`, because that would bypass the proof
that `user_id` needs."""

LONGEST = 200
"""Characters of an identity value. A Kinesis partition key has at most 256 and begins with the kind:
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""

PLACEHOLDERS = frozenset(
    {
        "", "null", "nil", "none", "undefined", "nan", "n/a", "na", "unknown", "anonymous", "guest", "user",
        "userid", "user_id", "distinctid", "distinct_id", "anonymousid", "anonymous_id", "id", "email",
        "true", "false", "void", "object object", "not_authenticated", "not authenticated", "notauthenticated",
        "not set", "not_set", "user.id", "todo", "example", "default", "-1",
    }
)  # fmt: skip
"""Values that buggy clients send as an id. They would join strangers into one person. PostHog's list of those it saw is
among them: https://posthog.com/docs/product-analytics/identify"""

LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))

WRAPPING = "()[]{}<>\"'`\\$%\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a"
"""Characters that clients put around a placeholder: `(null)`, `<nil>`, `"undefined"`, `{{user_id}}`, `%USER_ID%`."""

NOTHING = "0-.,:;/_+*#?! \ufffd"
"""If an id has only these characters, it names nobody. The last one replaces a character that could not be decoded."""

BEGINS_A_NAME = frozenset(ascii_letters + digits) - {"0"}


def key(kind: Kind, value: str) -> str:
    """The identity as one string, `user:u1`: its partition key on the stream and its key in the profiles table."""
    return f"{kind}:{value}"


def is_other_kind(kind: str) -> bool:
    """Whether the kind may be a key of an event's `other_ids`."""
    return kind not in OWN_FIELD and re.fullmatch(VENDOR_KIND, kind) is not None


def keys(user_id: str | None, anonymous_id: str | None, other_ids: Mapping[Kind, str]) -> tuple[str, ...]:
    """The identity keys, strongest first. Empty if nobody is named."""
    named = []
    if user_id is not None:
        named.append(f"user:{user_id}")
    if anonymous_id is not None:
        named.append(f"anonymous:{anonymous_id}")
    if other_ids:
        named += [f"{kind}:{other_ids[kind]}" for kind in sorted(other_ids, key=_weakness)]
    return tuple(named)


def strongest(user_id: str | None, anonymous_id: str | None, other_ids: Mapping[Kind, str]) -> str:
    """The key under which an event is streamed, like `email:ana@shop.example`. Raises ValueError if nobody is named."""
    if user_id is not None:
        return f"user:{user_id}"
    if anonymous_id is not None:
        return f"anonymous:{anonymous_id}"
    kind = min(other_ids, key=_weakness)
    return f"{kind}:{other_ids[kind]}"


def normalised(kind: Kind, value: str) -> str:
    """The normalised spelling of an identity, without invisible characters around it. An email address is in lower case
    and a phone number in E.164 (other text stays as it is). Other kinds are compared unchanged."""
    seen = trimmed(value)
    if kind == "email":
        return trimmed(seen.lower())
    if kind == "phone":
        return _e164(seen) or seen
    return seen


def named(kind: Kind, value: str) -> str | None:
    """A client's value as a normalised identity. None if it names nobody: it is a placeholder, has no visible
    characters, or is a phone number that no message could be sent to."""
    if kind == "phone":
        return _e164(value)
    if value[:1] in BEGINS_A_NAME and value[-1].isalnum() and value.isascii() and value.isprintable():
        # Nothing to trim, unwrap or normalise, as is usual: every event has one or two ids.
        if len(value) <= LONGEST_PLACEHOLDER and value.lower() in PLACEHOLDERS:
            return None
        return value if kind != "email" else value.lower()
    normal = trimmed(value)
    if is_placeholder(normal):
        return None
    return normal if kind != "email" else normalised(kind, normal)


def naming(identity_key: str) -> dict[str, Any]:
    """The fields of an event that name the person of the key: `{"other_ids": {"email": "ana@shop.example"}}`."""
    kind, _, value = identity_key.partition(":")
    return {f"{kind}_id": value} if kind in OWN_FIELD else {"other_ids": {kind: value}}


def kind_of(identity_key: str) -> str:
    return identity_key.partition(":")[0]


def value_of(identity_key: str) -> str:
    return identity_key.partition(":")[2]


def is_placeholder(value: str) -> bool:
    """Whether a value names nobody: it is blank, a well-known filler word, or only zeros and punctuation, in any case,
    brackets or quotes."""
    return _is_filler(without_marks(value).lower())


def _is_filler(bare: str) -> bool:
    if bare in PLACEHOLDERS or (bare[0] in NOTHING and not bare.strip(NOTHING)):
        return True
    if bare[0] in WRAPPING or bare[-1] in WRAPPING:
        inside = bare.strip(WRAPPING + " ")
        return inside in PLACEHOLDERS or not inside.strip(NOTHING)
    return False


def _e164(written: str) -> str | None:
    from shared.text.phones import e164  # most functions that start with this module never meet a number

    return e164(written)


def _weakness(kind: Kind) -> tuple[int, str]:
    return (STRENGTH.index(kind) if kind in STRENGTH else len(STRENGTH), kind)
