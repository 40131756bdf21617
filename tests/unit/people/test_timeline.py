"""Timeline chunks: what is packed is read again, whatever its ids and times, and so is what was packed before."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.people.timeline import chunk, unpacked
from shared.people.timeline_rows import UUID_TEXT, packed, row
from tests.fakes.folding import NOON, did

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(texts | st.integers(-(2**53), 2**53) | st.none(), st.lists, max_leaves=6)
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
        properties=draw(st.dictionaries(texts, values, max_size=3)),
    )


@given(st.lists(happenings(), min_size=1, max_size=8))
@settings(deadline=None)
def test_what_is_packed_is_read_again(events: list[Event]) -> None:
    read = unpacked(chunk("user:u1", list(map(row, events)), 90).data)
    assert [
        (one.id, one.type, one.name, one.source, one.occurred_at, one.received_at, one.properties)
        for one in read
    ] == [
        (one.id, one.type, one.name, one.source, one.occurred_at, one.received_at, one.properties)
        for one in events
    ]


@pytest.mark.parametrize("characters", range(1, 600))
def test_rows_of_any_length_are_read_again(characters: int) -> None:
    event = did("x" * characters, id=f"ajs-{UUID(int=characters, version=4)}")
    [read] = unpacked(chunk("user:u1", [row(event)], 90).data)
    assert (read.id, read.name) == (event.id, event.name)


def test_a_chunk_from_before_is_read() -> None:
    row = {
        "id": "e1", "type": "track", "name": "Search", "source": "shop",
        "occurred_at": "2026-11-21T12:00:00.123456Z", "received_at": "2026-11-21T12:00:00Z",
        "properties": {"query": "tea"},
    }  # fmt: skip
    [read] = unpacked(zlib.compress(orjson.dumps([row]), 6))
    assert read.model_dump(mode="json") == row


OF_FORMAT_2 = (
    "KLUv/SECjn0CAHQCAnkANTI2MmFqcy1uZXh0LXRlYSJlMjUAAAAAAABAAIAAAAAAAAAHDvz9M2AU7TG/ivo6LvNRrn4r2XngYt6lPrnC3vJRSDB+"
    "jHvPSAE="
)


def test_a_chunk_of_format_2_is_read() -> None:
    """As it was written before events were stored column by column."""
    search, page = unpacked(base64.b64decode(OF_FORMAT_2))
    assert (search.id, search.properties) == (f"ajs-next-{UUID(int=7, version=4)}", {"query": "tea"})
    assert (search.occurred_at, search.received_at) == (NOON, NOON)
    assert (page.id, page.type, page.name, page.source) == ("e2", "page", "page", "shop")
    assert page.occurred_at == NOON + timedelta(microseconds=5)
    assert page.received_at == NOON + timedelta(seconds=1)


def test_a_uuid_takes_its_bytes_and_not_its_digits() -> None:
    """They are what of an event no compression makes smaller."""
    made = str(UUID(bytes=bytes(range(16))))
    data = packed([row(did(id=f"ajs-next-{made}"))])
    assert bytes(range(16)) in data
    assert len(made) == UUID_TEXT
    assert len(data) < len(packed([row(did(id=f"ajs-next-{made.upper()}"))]))


def test_the_same_events_are_the_same_chunk_and_one_more_is_another() -> None:
    events = [row(did(id=str(number))) for number in range(3)]
    one, again, more = (chunk("user:u1", of, 90) for of in (events[:2], events[:2], events))
    assert one == again
    assert one.id != more.id


def test_a_chunk_expires_so_many_days_after_its_latest_event_arrived() -> None:
    events = [row(did(received_at=NOON + timedelta(days=day))) for day in (0, 40)]
    made = chunk("user:u1", events, 90)
    assert made.expires_at == (NOON + timedelta(days=130)).timestamp()
    assert made.id.startswith("2026-12-31T12:00:00.000Z#")
