"""What is kept of a request, for whoever looks into it: without the keys that were in it."""

from __future__ import annotations

import re

import orjson

from shared.text.surrogates import as_bytes, questioned
from shared.workspace.write_keys import PREFIX

GONE = b"***"

FORM = re.compile(rb"%b[A-Za-z0-9_-]{32}" % PREFIX.encode())
"""A key of ours, whoever it belongs to."""

NAMES = rb"(?:write_?key|api_?key|api_?secret|token|passcode|password|secret|tk)"
"""What the formats call a credential."""

NAMED = re.compile(rb"""(["']?\b%b["']?\s*[:=]\s*["']?)[^"'\s,&}]+""" % NAMES, re.IGNORECASE)
"""With its value, whole or cut off."""

SHORTEST = 6
"""Characters of a half of a credential (`account:key`) that is taken out by itself."""


def without_keys(raw: bytes, shown: str | None) -> bytes:
    """`shown` is the credential that the request's source was known by."""
    if shown is not None:
        for credential in _credentials(shown):
            raw = raw.replace(as_bytes(credential), GONE)
    return NAMED.sub(rb"\1" + GONE, FORM.sub(GONE, raw))


def without_key(data: bytes, shown: str | None) -> bytes:
    """The same for JSON that was read, of which the formats took out what stands where they look for it. SDKs copy the
    key into each event of a batch, and people into places of their own.

    A key of ours goes wherever it stands. A vendor's may be a word like any other: it goes where its name says what it
    is.
    """
    if shown is None:
        return data
    if shown.startswith(PREFIX):
        return data.replace(as_bytes(shown), GONE)
    written = [orjson.dumps(questioned(one)) for one in _credentials(shown)]
    values = b"|".join(map(re.escape, written))
    return re.sub(rb'("%b":\s*)(?:%b)' % (NAMES, values), rb'\1"%b"' % GONE, data, flags=re.IGNORECASE)


def _credentials(shown: str) -> list[str]:
    """It, and those of its halves that are no short words, longest first."""
    halves = [half for half in shown.split(":") if len(half) >= SHORTEST]
    return sorted({shown, *halves}, key=len, reverse=True)
