"""Compressed bodies as senders really encode them, and archives made to cost memory or time."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from typing import Any

import pytest

from functions.collect.http.body import (
    LARGEST,
    MOST_MEMBERS,
    PIECE,
    TooLarge,
    Unreadable,
    unpacked,
)
from functions.collect.http.request import Request
from tests.fakes.collect_stage import Stage, gateway_event
from tests.unit.collect.bodies.one_body import BODY


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json", "application/json;charset=UTF-8", "text/plain", "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded", "application/octet-stream", "nonsense", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("zipped", [False, True])
def test_the_content_says_what_a_body_is(stage: Stage, content_type: str, zipped: bool) -> None:
    body = gzip.compress(BODY) if zipped else BODY
    answer = stage.post("/v1/batch", body, {"content-type": content_type})
    assert answer.body == {"success": True, "accepted": 1, "rejected": []}


def test_gzip_is_announced_or_not(stage: Stage) -> None:
    for headers in ({"content-encoding": "gzip"}, {}):
        assert stage.post("/v1/batch", gzip.compress(BODY), headers).status == 200


def test_a_body_announced_as_gzip_that_is_none_is_read_as_it_is(stage: Stage) -> None:
    assert stage.post("/v1/batch", BODY, {"content-encoding": "gzip"}).status == 200


def test_gzip_in_several_members(stage: Stage) -> None:
    assert stage.post("/v1/batch", gzip.compress(BODY[:40]) + gzip.compress(BODY[40:])).status == 200


@pytest.mark.parametrize(
    "broken", [gzip.compress(BODY)[:-9], b"\x1f\x8bnonsense", b"\x1f\x8b", gzip.compress(BODY) + b"\x00"]
)
def test_broken_gzip_is_malformed_and_kept(stage: Stage, broken: bytes) -> None:
    answer = stage.post("/v1/batch", broken)
    assert (answer.status, answer.body["code"]) == (400, "malformed")
    assert "gzip" in answer.body["message"]
    assert len(stage.refused) == 1


@pytest.mark.parametrize("transported", ["abc", "é", "ab\ud800="])
def test_a_body_broken_on_the_way_is_unreadable(transported: str) -> None:
    event = gateway_event("POST", "/v1/batch", BODY, {}, as_base64=True)
    with pytest.raises(Unreadable, match="broken"):
        Request.from_gateway({**event, "body": transported}).body()


def test_a_bomb_is_not_unpacked(stage: Stage) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
    tracemalloc.start()
    try:
        answer = stage.post("/v1/batch", bomb)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.status, answer.body["code"]) == (413, "too_large")
    assert most < 50_000_000


def test_a_bomb_in_many_members_is_not_unpacked(stage: Stage) -> None:
    assert stage.post("/v1/batch", gzip.compress(bytes(1_000_000)) * 10).status == 413


class Unpacking:
    """zlib, with how many archives it began and how many bytes it was handed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.members = 0
        self.bytes = 0
        self._real = zlib.decompressobj
        monkeypatch.setattr("functions.collect.http.body.zlib.decompressobj", self._begun)

    def _begun(self, window_bits: int) -> Any:
        self.members += 1
        return Inflating(self, self._real(window_bits))


class Inflating:
    def __init__(self, count: Unpacking, inflate: Any) -> None:
        self._count = count
        self._inflate = inflate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inflate, name)

    def decompress(self, data: bytes, longest: int) -> bytes:
        self._count.bytes += len(data)
        found: bytes = self._inflate.decompress(data, longest)
        return found


@pytest.mark.parametrize(
    ("members", "status"), [(1, 200), (MOST_MEMBERS - 1, 200), (MOST_MEMBERS, 200), (MOST_MEMBERS + 1, 400)]
)
def test_gzip_has_only_so_many_members(stage: Stage, members: int, status: int) -> None:
    answer = stage.post("/v1/batch", gzip.compress(b"") * (members - 1) + gzip.compress(BODY))
    assert answer.status == status
    assert status == 200 or f"more than {MOST_MEMBERS} members" in answer.body["message"]


def test_many_members_cost_no_more_than_few(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member that is unpacked copies what follows it: 100,000 empty ones took seconds, before any key was seen."""
    archive = gzip.compress(b"") * 100_000
    unpacking = Unpacking(monkeypatch)
    assert stage.post("/v1/batch", archive, key=None).status == 400
    assert unpacking.members == MOST_MEMBERS + 1
    assert unpacking.bytes <= PIECE * (MOST_MEMBERS + 1)


EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"


@pytest.mark.parametrize(
    ("path", "begins"),
    [("/v1/batch", gzip.compress(b"")[:10]), ("/batch", b"\x78\x01")],
    ids=["gzip", "zlib"],
)
def test_an_archive_of_empty_blocks_is_not_read_to_its_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, path: str, begins: bytes
) -> None:
    unpacking = Unpacking(monkeypatch)
    assert stage.post(path, begins + EMPTY_BLOCK * 700_000, key=None).status == 400
    assert unpacking.bytes <= 3 * PIECE


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_cannot_be_made_shorter_is_unpacked_all_the_same(size: int) -> None:
    """Also where an archive or its member ends with one of the pieces it is unpacked by."""
    noise = random.Random(size).randbytes(size)
    for archive in (gzip.compress(noise), gzip.compress(noise, 0), gzip.compress(noise[:40]) * 2):
        assert unpacked(archive) == gzip.decompress(archive)
    stored = gzip.compress(noise, 0)
    exact = gzip.compress(noise[: PIECE - (len(stored) - size)], 0)
    assert unpacked(exact + gzip.compress(b"more")) == gzip.decompress(exact) + b"more"


@pytest.mark.parametrize(("size", "is_taken"), [(LARGEST - 1, True), (LARGEST, True), (LARGEST + 1, False)])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_body_has_its_largest_size_unpacked(size: int, is_taken: bool, zipped: bool) -> None:
    body = b" " * size
    archive = gzip.compress(body) if zipped else body
    if is_taken:
        assert unpacked(archive) == body
    else:
        with pytest.raises(TooLarge):
            unpacked(archive)
