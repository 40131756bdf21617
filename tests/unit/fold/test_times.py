"""Times are kept in UTC with one tzinfo, wherever they came from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.times import UtcDatetime

NAIVE = datetime(2026, 11, 21, 12, tzinfo=UTC).replace(tzinfo=None)
TIME: TypeAdapter[datetime] = TypeAdapter(UtcDatetime)


@given(st.datetimes(), st.integers(-23 * 60, 23 * 60))
def test_any_time_is_the_same_moment_in_utc(naive: datetime, offset: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        return
    for given_as in (at, at.isoformat()):
        kept = TIME.validate_python(given_as)
        assert kept.tzinfo is UTC
        assert kept == moment


@pytest.mark.parametrize(
    "text", ["2026-11-21T12:00:00Z", "2026-11-21T13:00:00+01:00", "2026-11-21T12:00:00.000000+00:00"]
)
def test_text_from_json_is_kept_in_utc_too(text: str) -> None:
    kept = TIME.validate_json(f'"{text}"')
    assert kept == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert kept.tzinfo is UTC


@pytest.mark.parametrize("value", ["yesterday", "2026-11-21T12:00:00", "2026-11-21", None, {}, NAIVE])
def test_what_is_no_time_with_an_offset_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(value)


def test_a_time_beyond_utcs_calendar_is_left_as_it_is() -> None:
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert TIME.validate_python(first) == first
