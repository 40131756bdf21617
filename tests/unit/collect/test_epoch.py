"""Numbers since 1970 whose unit nobody says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.adapter.epoch import START, either

MOMENTS = st.datetimes(datetime(2001, 9, 10), datetime(2286, 11, 20), timezones=st.just(UTC))  # noqa: DTZ001


@given(at=MOMENTS, per_second=st.sampled_from([1, 1000, 1_000_000, 1_000_000_000]), is_text=st.booleans())
def test_a_number_of_any_unit_is_its_time(at: datetime, per_second: int, is_text: bool) -> None:
    size = (at - START) // timedelta(microseconds=1) * per_second // 1_000_000
    found = either(str(size) if is_text else size)
    assert isinstance(found, datetime)
    assert timedelta() <= at - found < timedelta(seconds=1) / min(per_second, 1_000_000)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, 12, -1795262398, 10**9 - 1, 999_999_999.5,
        "", "20261121", "2026-11-21", "20261121T115958Z", "x" * 13, "1" * 11, "1" * 20, "-795262398",
        "\u0661" * 10, "1795262398.", "1795262398.x", "1795262398\n", 10**20, float("nan"), float("inf"),
        ["1795262398"], "1795262398." + "1" * 50,
    ],
)  # fmt: skip
def test_what_is_no_such_number_comes_back_as_it_is(value: object) -> None:
    assert either(value) is value


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (10**9, "2001-09-09T01:46:40+00:00"),
        (10**11 - 1, "5138-11-16T09:46:39+00:00"),
        (10**11, "1973-03-03T09:46:40+00:00"),
        (10**14, "1973-03-03T09:46:40+00:00"),
        (10**17, "1973-03-03T09:46:40+00:00"),
    ],
)
def test_the_unit_changes_at_the_sizes_it_is_said_to(value: float, at: str) -> None:
    found = either(value)
    assert isinstance(found, datetime)
    assert found.isoformat() == at
