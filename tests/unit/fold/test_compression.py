"""Profiles and rows are compressed by compressors that are made once and used by all threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from backports import zstd

from shared.fold.formats.compression import LEVELS, _dictionary, compressed, decompressed

TEXTS = [f'{{"session_id":"{number:032x}","utm_source":"ivory"}}'.encode() * number for number in range(60)]


@pytest.mark.parametrize("dictionary", LEVELS)
def test_what_was_compressed_before_leaves_no_trace_in_what_is_compressed_next(dictionary: int) -> None:
    """The same bytes as by a compressor of its own, in whichever order and thread."""
    digested = _dictionary(dictionary).as_digested_dict
    alone = [zstd.compress(text, LEVELS[dictionary], zstd_dict=digested) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda text: compressed(text, dictionary), TEXTS * 5))
    assert written == alone * 5
    assert [decompressed(data) for data in alone] == TEXTS
