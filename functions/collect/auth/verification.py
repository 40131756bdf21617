"""Identity verification: the sender's server proves, with a hash the browser only passes on, who is speaking.

`context.user_hash` is the hex HMAC-SHA256 of the user id with the source's identity secret; an alias may have
`context.previous_user_hash`, of its previous id. A wrong hash is no error: the event is not verified, and `process`
decides what it may do. Hashes are good for ever, so they are taken out of the context before it is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from shared.text.surrogates import as_bytes

HASHES = (("user", "user_id", "user_hash"), ("previous", "previous_id", "previous_user_hash"))


def verify(fields: dict[str, Any], secret: bytes | None) -> None:
    """Say in `verified` whose hash is right, and take the hashes out of the context (a copy of it)."""
    context = dict(fields["context"])
    proved = []
    for who, id_field, hash_field in HASHES:
        claimed = context.pop(hash_field, None)
        named = fields.get(id_field)
        if (
            secret
            and isinstance(claimed, str)
            and isinstance(named, str)
            and _is_right(claimed, named, secret)
        ):
            proved.append(who)
    fields["context"] = context
    if proved:
        fields["verified"] = proved


def _is_right(claimed: str, named: str, secret: bytes) -> bool:
    expected = hmac.new(secret, as_bytes(named), hashlib.sha256).hexdigest()
    return hmac.compare_digest(as_bytes(claimed.strip().lower()), expected.encode())
