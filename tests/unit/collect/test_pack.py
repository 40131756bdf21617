"""Packing: a request that comes again makes the same records, so that `process` knows each of them as a whole."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.collect.pipeline.pack import entries
from shared import records
from shared.ports.streams import StreamEntry

COMMON = {"source": "shop", "request": "r"}


def cuts(entries: list[StreamEntry]) -> list[tuple[str, int]]:
    """Each record's key, and how many events it has."""
    return [(entry.key, entry.data.count(b'{"n"')) for entry in entries]


def event(size: int) -> bytes:
    return b'{"n":"' + b"x" * (size - 8) + b'"}'


def test_events_whose_times_take_a_few_bytes_more_are_cut_where_they_were() -> None:
    first = entries(COMMON, [("user:u1", event(500))] * 3000)
    again = entries(COMMON, [("user:u1", event(507))] * 3000)
    assert len(first) > 5
    assert cuts(again) == cuts(first)


def test_people_of_one_request_have_a_record_each_and_only_who_needs_them_more() -> None:
    mixed = [(key, event(60_000)) for _ in range(5) for key in ("user:u1", "user:u2", "user:u1")]
    of_ann = [("user:u1", count) for count in (2, 3, 2, 3)]
    of_bea = [("user:u2", count) for count in (2, 3)]
    assert cuts(entries(COMMON, mixed)) == [*of_ann, *of_bea]


@given(st.lists(st.integers(10, 128 * 1024), min_size=1, max_size=40))
@settings(deadline=None)
def test_every_event_is_in_one_record_in_order_and_no_record_is_too_large(sizes: list[int]) -> None:
    found = entries(COMMON, [("user:u1", event(size)) for size in sizes])
    assert all(len(entry.data) <= records.LARGEST for entry in found)
    packed = b",".join(entry.data.partition(b'"events":[')[2][:-2] for entry in found)
    assert [len(one) for one in packed.split(b",")] == sizes


def test_what_just_fits_one_record_is_not_cut() -> None:
    whole = entries(COMMON, [("user:u1", event(100))])[0].data
    room = records.LARGEST - len(whole)
    for more, count in ((room - 1, 1), (room, 1), (room + 1, 2)):
        found = entries(COMMON, [("user:u1", event(100 + more - 101)), ("user:u1", event(100))])
        assert len(found) == count
