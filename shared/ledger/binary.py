"""Numbers as text for a log line: small ones take a byte, sequence numbers as many as they differ from the one before.

Sequence numbers have up to 56 digits. Two of a shard that follow each other differ by some 12 bytes, on AWS.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator


class Unreadable(ValueError):
    """Not what was written here: cut, or by newer code."""


def small(number: int) -> bytes:
    """Seven bits to a byte, the lowest first. Not for negative numbers."""
    if number < 128:
        return bytes((number,))
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)


def large(number: int) -> bytes:
    """How many bytes it takes, and those. Not for negative numbers, nor for those of more than 127 bytes."""
    size = (number.bit_length() + 7) >> 3
    return bytes((size,)) + number.to_bytes(size, "big")


def as_text(content: bytes) -> str:
    return base64.b64encode(content).decode().rstrip("=")


class Reader:
    """Reads what `small` and `large` wrote, in the same order. Every method raises Unreadable."""

    def __init__(self, text: str) -> None:
        try:
            self._content = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unreadable("no base64") from error
        self._at = 0

    def is_at_end(self) -> bool:
        return self._at == len(self._content)

    def small(self) -> int:
        number = shift = 0
        while True:
            (byte,) = self._taken(1)
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    def large(self) -> int:
        return int.from_bytes(self._taken(self.small()), "big")

    def ascending(self, count: int) -> Iterator[int]:
        """So many numbers, each written as what it is more than the one before."""
        number = 0
        for _ in range(count):
            number += self.large()
            yield number

    def rest(self) -> bytes:
        return self._taken(len(self._content) - self._at)

    def _taken(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._content):
            raise Unreadable("it ends too early")
        taken = self._content[self._at : end]
        self._at = end
        return taken
