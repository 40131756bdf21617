"""Rows are compressed by zstd; those from before, which are zlib's, are still read."""

from __future__ import annotations

import base64
import zlib

import orjson
import pytest

from shared.bus_entries import EventBatch
from shared.compression import compressed, decompressed

ROWS = b"[" + b",".join(orjson.dumps({"id": number, "name": "Play Song"}) for number in range(500)) + b"]"


@pytest.mark.parametrize("data", [b"", b"x", ROWS], ids=["empty", "a byte", "rows"])
@pytest.mark.parametrize("by", [compressed, zlib.compress], ids=["zstd", "zlib, from before"])
def test_what_was_compressed_is_read_again(data: bytes, by: object) -> None:
    assert callable(by)
    assert decompressed(by(data)) == data


@pytest.mark.parametrize(
    "data", [b"", b"neither", compressed(ROWS)[:-1], compressed(ROWS)[:4], zlib.compress(ROWS)[:-1]]
)
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be decompressed"):
        decompressed(data)


def test_a_batch_names_how_it_is_packed_and_one_that_does_not_is_from_before() -> None:
    packed = EventBatch.packing([])
    assert packed.model_dump(exclude_defaults=True)["encoding"] == "zstd+base64"
    assert packed.unpacked() == []

    before = EventBatch(count=0, rows=base64.b64encode(zlib.compress(b"[]")).decode())
    assert "encoding" not in before.model_dump(exclude_defaults=True)
    assert before.unpacked() == []
