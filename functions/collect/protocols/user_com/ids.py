"""Custom ids in base64, as User.com's plugin for Magento writes them in some places and not in others.

Many plain ids are good base64 as well, so nothing is decoded on suspicion: only where the request says so, by a header
that a proxy in front of the plugin adds, and only what decodes to printable text.
"""

from __future__ import annotations

import base64

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
