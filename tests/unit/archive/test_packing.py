from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.archive.packing import packed


@given(st.lists(st.lists(st.binary(min_size=1, max_size=20), max_size=8), max_size=8), st.integers(20, 60))
def test_all_rows_are_there_in_order_in_records_that_fit(messages: list[list[bytes]], largest: int) -> None:
    records = packed(messages, largest)

    assert b"".join(bytes(record.rows) for record in records) == b"".join(
        row for rows in messages for row in rows
    )
    assert all(0 < len(record.rows) <= largest for record in records)
    named = {position for record in records for position in record.messages}
    assert named == {position for position, rows in enumerate(messages) if rows}


def test_a_message_that_does_not_fit_beside_another_starts_a_record() -> None:
    records = packed([[b"aaaa", b"aaaa"], [b"bbbb", b"bbbb"]], largest=12)
    assert [(bytes(record.rows), record.messages) for record in records] == [
        (b"aaaaaaaa", [0]),
        (b"bbbbbbbb", [1]),
    ]


def test_a_message_larger_than_a_record_is_split() -> None:
    records = packed([[b"aaaa"] * 5], largest=8)
    assert [(len(record.rows), record.messages) for record in records] == [(8, [0]), (8, [0]), (4, [0])]


def test_records_are_filled_before_another_is_begun() -> None:
    """Firehose bills each as at least 5 KB."""
    rows = [[b"x" * 1000] for _ in range(1000)]
    assert len(packed(rows)) == 1


def test_a_row_that_fits_nowhere_is_an_error() -> None:
    with pytest.raises(ValueError, match="9 bytes"):
        packed([[b"x" * 9]], largest=8)
