"""Timeline chunks: what is packed is read again, whatever its ids and times, and so is what was packed before."""

from __future__ import annotations

import zlib
from datetime import timedelta
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.formats.compression import TIMELINES, decompressed
from shared.people.timeline import UUID_TEXT, chunk, unpacked
from tests.fakes.folding import NOON, did

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ids = (
    texts.filter(bool)
    | st.uuids().map(str)
    | st.builds("{}{}".format, texts, st.uuids())
    | st.uuids().map(lambda made: str(made).upper())
)


@st.composite
def happenings(draw: st.DrawFn) -> Event:
    return did(
        draw(texts.filter(bool)),
        id=draw(ids),
        at=NOON + timedelta(microseconds=draw(st.integers(-(10**15), 10**12))),
        received_at=NOON + timedelta(microseconds=draw(st.integers(0, 10**12))),
        properties=draw(st.dictionaries(texts, texts | st.integers(-(2**53), 2**53) | st.none(), max_size=3)),
    )


@given(st.lists(happenings(), min_size=1, max_size=8))
@settings(deadline=None)
def test_what_is_packed_is_read_again(events: list[Event]) -> None:
    read = unpacked(chunk("user:u1", ["r"], events, 90).data)
    assert [
        (one.id, one.type, one.name, one.source, one.occurred_at, one.received_at, one.properties)
        for one in read
    ] == [
        (one.id, one.type, one.name, one.source, one.occurred_at, one.received_at, one.properties)
        for one in events
    ]


@pytest.mark.parametrize("characters", range(1, 600))
def test_rows_of_any_length_are_read_again(characters: int) -> None:
    """One of them begins, in its length, with the bracket of a chunk from before."""
    event = did("x" * characters, id=f"ajs-{UUID(int=characters, version=4)}")
    [read] = unpacked(chunk("user:u1", ["r"], [event], 90).data)
    assert (read.id, read.name) == (event.id, event.name)


def test_a_chunk_from_before_is_read() -> None:
    row = {
        "id": "e1", "type": "track", "name": "Search", "source": "shop",
        "occurred_at": "2026-11-21T12:00:00.123456Z", "received_at": "2026-11-21T12:00:00Z",
        "properties": {"query": "tea"},
    }  # fmt: skip
    [read] = unpacked(zlib.compress(orjson.dumps([row]), 6))
    assert read.model_dump(mode="json") == row


def test_a_uuid_takes_its_bytes_and_not_its_digits() -> None:
    """They are what of an event no compression makes smaller."""
    made = str(UUID(bytes=bytes(range(16))))
    data = decompressed(chunk("user:u1", ["r"], [did(id=f"ajs-next-{made}")], TIMELINES).data)
    assert made.encode() not in data
    assert bytes(range(16)) in data
    assert len(made) == UUID_TEXT
