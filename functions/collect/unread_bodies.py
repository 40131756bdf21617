"""A body that nobody could read, kept for whoever looks into it: without the keys that were in it."""

from __future__ import annotations

import re

from shared.write_keys import PREFIX

GONE = b"***"

FORM = re.compile(rb"%b[A-Za-z0-9_-]{32}" % PREFIX.encode())
"""A key of ours, whoever it belongs to."""

NAMED = re.compile(
    rb"""(["']?\b(?:write_?key|api_?key|api_?secret|token|passcode|password|secret|tk)["']?\s*[:=]\s*["']?)[^"'\s,&}]+""",
    re.IGNORECASE,
)
"""What the formats call a credential, with its value, whole or cut off."""

SHORTEST = 6
"""Characters of a half of a credential (`account:key`) that is taken out by itself."""


def without_keys(raw: bytes, shown: str | None) -> bytes:
    """`shown` is the credential that the request's source was known by."""
    if shown is not None:
        halves = [half for half in shown.split(":") if len(half) >= SHORTEST]
        for credential in sorted({shown, *halves}, key=len, reverse=True):
            raw = raw.replace(credential.encode("utf-8", "surrogatepass"), GONE)
    return NAMED.sub(rb"\1" + GONE, FORM.sub(GONE, raw))
