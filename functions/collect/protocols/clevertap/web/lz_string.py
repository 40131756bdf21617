"""LZ-String's `compressToBase64`, undone: what the web SDK packs its data into.

The text is a stream of bits, six per character. Values in it come with their lowest bit first. A code of a growing
width is a known phrase, a new character of 8 or of 16 bits, or the end; each code makes a new phrase of the last one
and the next one's first character. Characters are UTF-16 code units. https://pieroxy.net/blog/pages/lz-string/
"""

from __future__ import annotations

from shared.text.surrogates import joined

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SIX_BITS = {character: f"{value:06b}" for value, character in enumerate(ALPHABET)}

SHORT, LONG, END = 0, 1, 2
"""Codes that are no phrases: a character of 8 bits follows, one of 16, or nothing."""

WIDTHS = {SHORT: 8, LONG: 16}


class Broken(Exception):
    """No LZ-String. The text is a sentence about it."""


class TooLong(Exception):
    """The text unpacked would be longer than allowed."""


def decompressed(packed: str, longest: int) -> str:
    """The text, of at most `longest` code units. Raises Broken or TooLong."""
    try:
        bits = "".join([SIX_BITS[character] for character in packed.rstrip("=")])
    except KeyError as error:
        raise Broken("it has a character that is not base64") from error
    return _text(_units(bits, longest))


def _units(bits: str, longest: int) -> str:
    """A small text may say a large one: each phrase may be one longer than the last."""
    position = 0

    def read(width: int) -> int:
        nonlocal position
        end = position + width
        if end > len(bits):
            raise Broken("it ends too early")
        value = int(bits[position:end][::-1], 2)
        position = end
        return value

    phrases = ["", "", ""]
    found: list[str] = []
    length = 0
    last = ""
    width, room = 2, 1  # the first code comes alone; its phrase is the fourth
    while True:
        code = read(width)
        if code == END:
            return "".join(found)
        if code in WIDTHS:
            phrases.append(chr(read(WIDTHS[code])))
            code = len(phrases) - 1
            room -= 1
            if room == 0:
                width, room = width + 1, 2**width
        if code < len(phrases):
            phrase = phrases[code]
        elif code == len(phrases) and last:
            phrase = last + last[0]
        else:
            raise Broken("it refers to a phrase that never was")
        length += len(phrase)
        if length > longest:
            raise TooLong
        found.append(phrase)
        if last:
            phrases.append(last + phrase[0])
            room -= 1
            if room == 0:
                width, room = width + 1, 2**width
        last = phrase


def _text(units: str) -> str:
    """Code units as characters; half a pair alone stays as it is."""
    if units.isascii():
        return units
    return joined(units)
