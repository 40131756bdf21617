"""Self-describing JSON: data with the address of its schema, plain or in base64.

https://docs.snowplow.io/docs/fundamentals/schemas/
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from functions.collect.http.body import Unreadable, parsed
from shared.text.surrogates import as_bytes

ADDRESS = re.compile(r"iglu:([a-zA-Z0-9-_.]+)/([a-zA-Z0-9-_]+)/([a-zA-Z0-9-_]+)/([0-9*]+-[0-9*]+-[0-9*]+)")

FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")


Read = Callable[[object, object], Any]
"""`read`, or one that knows what it read before."""


class Described(NamedTuple):
    """`schema` is the whole address, `name` and `vendor` are parts of it."""

    schema: str
    vendor: str
    name: str
    data: Any


class NotDescribed(Exception):
    """No self-describing JSON; the text is a sentence with what is missing."""


def read(plain: object, encoded: object) -> Any:
    """The JSON of a parameter and of its base64 form, whichever is given; None when neither is. Raises NotDescribed."""
    if encoded.__class__ is str and encoded:
        return _json(_from_base64(str(encoded)))
    if plain.__class__ is str and plain:
        return _json(as_bytes(str(plain)))
    if plain is None or plain == "":
        return None
    return plain  # a client that did not write it as text


class ReadOnce:
    """`read`, for texts that events of one request share, from its query: the same object is read once in a row."""

    def __init__(self) -> None:
        self._last: tuple[object, object, Any] = (None, None, None)

    def __call__(self, plain: object, encoded: object) -> Any:
        last_plain, last_encoded, found = self._last
        if plain is not last_plain or encoded is not last_encoded:
            found = read(plain, encoded)
            self._last = (plain, encoded, found)
        return found


def described(value: object) -> Described:
    """Raises NotDescribed."""
    if not isinstance(value, dict):
        raise NotDescribed("must be an object with schema and data")
    schema = value.get("schema")
    address = ADDRESS.fullmatch(schema) if isinstance(schema, str) else None
    if address is None:
        raise NotDescribed("must have a schema like iglu:com.acme/add_to_cart/jsonschema/1-0-0")
    return Described(address[0], address[1], address[2], value.get("data"))


def all_described(values: object) -> list[Described]:
    """Raises NotDescribed."""
    if not isinstance(values, list):
        raise NotDescribed("must hold a list of entities")
    return [described(value) for value in values]


def _from_base64(encoded: str) -> bytes:
    """Trackers write the alphabet for URLs, some the standard one, with padding or without."""
    text = encoded.replace(" ", "+").encode("utf-8", "replace").translate(FROM_URL_SAFE).rstrip(b"=")
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise NotDescribed("is not base64") from error


def _json(data: bytes) -> Any:
    try:
        return parsed(data)
    except Unreadable as error:
        raise NotDescribed("is not JSON") from error
