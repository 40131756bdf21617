"""Profiles and chunks of timelines are compressed by zstd with a dictionary each: what most of them have in common.

Dictionaries are files beside this one, named by their id, which every compressed profile names, too. None is ever
removed or changed. A new one is read one release before it is written, so that the release before can be gone back to.
"""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path

from backports import zstd

PROFILES, ROWS = 4, 3
"""The ids of the dictionaries that are written with: for profiles, and for events of a timeline. With 1, the former
were until their header was numbers, and with 2, the latter until their columns were
(`shared.people.timeline_rows`)."""

LEVELS = {PROFILES: 3, ROWS: 6}
"""A profile is written at nearly every event. Twenty events take 3 % less at level 6, and the units for that cost more
than the 40 µs."""

HARDER = 12
"""A profile takes 2 % less than at its own level, and three times as long: 35 µs more."""

MAGIC = b"\x28\xb5\x2f\xfd"
"""How zstd's frames begin (RFC 8878, 3.1.1). Until 2026-11-30 everything was compressed by zlib."""

MOST_IN_A_BLOCK = 64 * 1024

DICTIONARIES = Path(__file__).with_name("dictionaries")


class UnknownDictionary(ValueError):
    """Something was compressed with a dictionary that this version does not have: a newer one wrote it."""


def compressed(data: bytes, dictionary: int = PROFILES, *, level: int | None = None) -> bytes:
    compressor = _compressor(dictionary, level or LEVELS[dictionary])
    return compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)


def profile_state(text: bytes, random: bytes, level: int | None = None) -> bytes:
    """A profile as its item has it, of the two parts that it is encoded in."""
    return compressed(text, PROFILES, level=level) + as_it_is(random)


def as_it_is(data: bytes) -> bytes:
    """A frame of bytes that nothing makes smaller, in one block that is not compressed (RFC 8878, 3.1.1). Among text,
    random bytes would make the text take more."""
    size = len(data)
    if not data:
        return b""
    if size >= MOST_IN_A_BLOCK:
        return zstd.compress(data, 1)
    header = bytes([0x20, size]) if size < 256 else b"\x60" + (size - 256).to_bytes(2, "little")
    return b"".join((MAGIC, header, (size << 3 | 1).to_bytes(3, "little"), data))


def decompressed(data: bytes) -> bytes:
    """What all frames have, one after the other. Raises UnknownDictionary."""
    if not data.startswith(MAGIC):
        return zlib.decompress(data)
    return zstd.decompress(data, _dictionary(zstd.get_frame_info(data).dictionary_id))


@cache
def _compressor(dictionary: int, level: int) -> zstd.ZstdCompressor:
    """Made once: to make it takes as long as to compress a profile with it. It makes a whole frame at a call, and has a
    lock for threads."""
    return zstd.ZstdCompressor(level, zstd_dict=_dictionary(dictionary).as_digested_dict)


@cache
def _dictionary(known_as: int) -> zstd.ZstdDict:
    try:
        return zstd.ZstdDict((DICTIONARIES / f"{known_as}.zstd").read_bytes())
    except FileNotFoundError as error:
        raise UnknownDictionary(f"no dictionary {known_as}") from error
