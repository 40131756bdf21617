"""The web SDK's data: JSON, packed with LZ-String, as the parameter `d` of a query."""

from __future__ import annotations

from typing import Any

from functions.collect.http.body import TooLarge, Unreadable, parsed
from functions.collect.http.request import Request
from functions.collect.protocols.clevertap.web import lz_string
from shared.text.surrogates import as_bytes

LONGEST = 256 * 1024
"""UTF-16 code units, unpacked. A query has room for about 10 KB, an event takes 128 KB at most."""


def web_document(request: Request, _raw: bytes) -> Any:
    """Raises Unreadable or TooLarge. A `+` that nobody escaped has become a space on its way."""
    packed = request.query_value("d")
    if packed is None:
        raise Unreadable("the query has no d, which carries the event")
    if len(packed) > LONGEST:
        raise TooLarge(f"d is longer than {LONGEST} characters")
    try:
        text = lz_string.decompressed(packed.replace(" ", "+"), LONGEST)
    except lz_string.TooLong as error:
        raise TooLarge(f"d is longer than {LONGEST} characters when it is unpacked") from error
    except lz_string.Broken as error:
        raise Unreadable(f"d is no LZ-String in base64: {error}") from error
    return parsed(as_bytes(text))
