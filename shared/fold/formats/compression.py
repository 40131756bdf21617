"""Profiles and chunks of timelines are compressed by zstd with a dictionary each: what most of them have in common.

Dictionaries are files beside this one, named by their id, which every compressed profile names, too. None is ever
removed or changed. A new one is read one release before it is written, so that the release before can be gone back to.
"""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path

from backports import zstd

PROFILES, TIMELINES = 1, 2
"""The ids of the dictionaries that are written with."""

LEVELS = {PROFILES: 3, TIMELINES: 6}
"""A profile is written at nearly every event, and costs two write units either way. A chunk of twenty events takes 5 %
less at level 6, and the units for that cost more than the 40 µs."""

MAGIC = b"\x28\xb5\x2f\xfd"
"""How zstd's frames begin (RFC 8878, 3.1.1). Until 2026-11-30 everything was compressed by zlib."""

DICTIONARIES = Path(__file__).with_name("dictionaries")


class UnknownDictionary(ValueError):
    """Something was compressed with a dictionary that this version does not have: a newer one wrote it."""


def compressed(data: bytes, dictionary: int = PROFILES) -> bytes:
    return zstd.compress(data, LEVELS[dictionary], zstd_dict=_dictionary(dictionary).as_digested_dict)


def decompressed(data: bytes) -> bytes:
    """Raises UnknownDictionary."""
    if not data.startswith(MAGIC):
        return zlib.decompress(data)
    return zstd.decompress(data, _dictionary(zstd.get_frame_info(data).dictionary_id))


@cache
def _dictionary(known_as: int) -> zstd.ZstdDict:
    try:
        return zstd.ZstdDict((DICTIONARIES / f"{known_as}.zstd").read_bytes())
    except FileNotFoundError as error:
        raise UnknownDictionary(f"no dictionary {known_as}") from error
