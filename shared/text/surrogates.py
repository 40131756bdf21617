"""Halves of characters (lone UTF-16 surrogates), as a cut in the middle of an emoji leaves them. JSON may escape them,
but UTF-8 has no bytes for them: orjson, Parquet and AWS refuse such a text.

What is stored is repaired, or its halves are spelled out; what is only digested or compared has bytes of its own here.
https://www.rfc-editor.org/rfc/rfc8259#section-8.2
"""

from __future__ import annotations


def has_lone_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def repaired(text: str) -> str:
    """The text with U+FFFD for each half of a character; halves that belong together become their character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def joined(text: str) -> str:
    """The text whose halves that belong together are their character. One that is alone stays as it is."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def spelled_out(text: str) -> str:
    """The text with each half of a character as its escape, `\\ud83d`: unlike repaired ones, two such ids stay two."""
    return joined(text).encode("utf-8", "backslashreplace").decode()


def questioned(text: str) -> str:
    """The text with a question mark for each half of a character, for answers and sentences."""
    return text.encode("utf-8", "replace").decode()


def as_bytes(text: str) -> bytes:
    """UTF-8 that has bytes for halves as well: to digest and to compare, for no other reader."""
    return text.encode("utf-8", "surrogatepass")
