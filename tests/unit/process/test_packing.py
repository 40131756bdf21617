"""Rows are packed into few entries, none left out, none too large to be billed as one."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime, timedelta, timezone

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.process.announcing.packing import batches
from shared.bus_entries import LARGEST_DETAIL, ArchiveRow, EventBatch, row_json
from shared.compression import decompressed
from shared.events import Event, system_event
from tests.fakes.folding import NOON, did

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc é", max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None)
@given(
    st.dictionaries(st.text("abc é", max_size=5), ANY_JSON, max_size=4),
    st.sampled_from([NOON, NOON.replace(microsecond=123_456), NOON.astimezone(timezone(timedelta(hours=2)))]),
    st.none() | st.just("s1"),
)
def test_a_row_reads_as_the_event_it_was_written_from(
    properties: dict[str, object], at: datetime, session: str | None
) -> None:
    event = did(
        at=at,
        properties=properties,
        anonymous_id="",
        original_timestamp=at,
        verified=("user",),
        context=properties,
    )
    written = row_json(event, session, person="user:u1", key="user:u1", sequence="1", ordinal=0)
    said = event if session is None else event.model_copy(update={"session_id": session})
    expected = ArchiveRow(event=said, person="user:u1", key="user:u1", sequence="1", ordinal=0)
    assert ArchiveRow.model_validate(orjson.loads(written)) == expected


def test_what_an_event_says_is_what_differs_from_the_defaults() -> None:
    events = [
        did(),
        did(user_id=None, anonymous_id="a1", sent_at=NOON, traits={"a": None}, verified=("user", "previous")),
        system_event("Session Started", did(), {}, datetime(2026, 1, 1, tzinfo=UTC)),
    ]
    assert [event.said() for event in events] == [event.model_dump(exclude_defaults=True) for event in events]
    assert [Event(**event.said()) for event in events] == events


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 90_000), st.booleans()), max_size=40),
    st.integers(0, 2**32),
)
def test_every_row_is_in_one_entry_in_order_and_no_entry_with_several_is_too_large(
    sizes: list[tuple[int, bool]], seed: int
) -> None:
    draw = random.Random(seed)
    rows = [(position, filler(draw, size, noise)) for position, (size, noise) in enumerate(sizes)]
    packed = batches(rows)
    assert [row for batch, _ in packed for row in contents(batch)] == [row for _, row in rows]
    assert [position for _, positions in packed for position in positions] == [
        position for position, _ in rows
    ]
    assert all(len(batch.rows) <= LARGEST_DETAIL or batch.count == 1 for batch, _ in packed)


def test_an_entry_speaks_of_each_of_its_records_once() -> None:
    [(_, positions)] = batches([(0, b"1"), (0, b"2"), (3, b"3")])
    assert positions == (0, 3)


def test_entries_are_filled_once_it_is_known_how_well_the_rows_compress() -> None:
    draw = random.Random(1)
    rows = [
        (0, orjson.dumps({"id": f"{draw.getrandbits(600):x}", "text": "the same in each row " * 20}))
        for _ in range(3_000)
    ]
    first, *full, _ = [len(batch.rows) for batch, _ in batches(rows)]
    assert first < 0.9 * LARGEST_DETAIL
    assert len(full) > 3
    assert (
        full[0] > 0.8 * LARGEST_DETAIL
    )  # a larger entry repeats more: the first one says too little of that
    assert min(full[1:]) > 0.9 * LARGEST_DETAIL


def filler(draw: random.Random, size: int, noise: bool) -> bytes:
    return orjson.dumps("".join(draw.choices("abcdefghijklmnop", k=size)) if noise else "a" * size)


def contents(batch: EventBatch) -> list[bytes]:
    return [orjson.dumps(row) for row in orjson.loads(decompressed(base64.b64decode(batch.rows)))]
