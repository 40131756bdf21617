"""Our own write keys in a request that goes on to a vendor: taken out of it, or the request does not go.

A client that has not been given the vendor's credential shows ours, which is nobody else's to know. Formats carry it in
a header, Basic authorization, the query, the path or the body, and some encode these.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple
from urllib.parse import unquote_plus

from functions.collect.adapter.wire_format import Call
from functions.collect.http.raw_json import written
from shared.workspace.write_keys import PREFIX

FORM = re.compile(rf"{PREFIX}(?=[a-z0-9_-]{{0,31}}[A-Z])[A-Za-z0-9_-]{{32}}")
"""A key of `shared.workspace.write_keys`, whoever it belongs to. Among 32 such characters drawn there is a capital
letter: without one it is a name, such as `hr_onboarding_checklist_completed_at`."""

WORD = re.compile(r"[A-Za-z0-9+/]{4,}")
"""Of a header, without the padding of base64."""


class Rid(NamedTuple):
    """A request's headers and query without what held a key."""

    headers: dict[str, str]
    query: str


def rid(call: Call, headers: dict[str, str], shown: str | None) -> Rid | None:
    """`shown` is the credential that the request's source was known by. None: a key would go along."""
    known = shown.partition(":")[0] if shown is not None and shown.startswith(PREFIX) else None
    request = call.request

    def holds(text: str) -> bool:
        return PREFIX in text and ((known is not None and known in text) or FORM.search(text) is not None)

    kept = {name: value for name, value in headers.items() if not holds(value) and not holds(_decoded(value))}
    parts = request.query.split("&")
    query = [part for part in parts if not holds(unquote_plus(part))]
    if holds(request.raw_path) or holds(unquote_plus(request.raw_path)):
        return None
    if request.transported:
        if known is not None and (call.body.problem is not None or not call.body.raw):
            return None  # nobody has read what is in there
        if holds(call.body.raw.decode("latin-1")):
            return None
        if known is not None and holds(written(call.body.document).decode()):
            return None
    if known is not None and len(kept) == len(headers) and len(query) == len(parts):
        return None  # it is there, in some encoding
    return Rid(kept, "&".join(query))


def _decoded(value: str) -> str:
    """What the words of a header are in base64, as far as they are any: `Basic aHI...`, or two of these, which a
    gateway puts a comma between."""
    found = []
    for word in WORD.findall(value):
        try:
            found.append(base64.b64decode(word + "=" * (-len(word) % 4)).decode("latin-1"))
        except binascii.Error:
            continue
    return " ".join(found)
