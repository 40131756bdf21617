"""Times with a zone: the same moment as before, with that zone's day and hour where a part of it is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cli.lake.statements import NotAQuery
from tests.fakes.archived import NOON, archived
from tests.fakes.lake import FakeLake

LATE = NOON.replace(hour=22)
"""On the next day already in Tokyo."""
TOKYO = "occurred_at at time zone 'Asia/Tokyo'"

ANSWERS: list[tuple[str, Any]] = [
    (f"{TOKYO}", LATE),
    (f"{TOKYO} = occurred_at", True),
    (f"to_unixtime({TOKYO}) = to_unixtime(occurred_at)", True),
    (f"date_diff('hour', occurred_at, {TOKYO})", 0),
    ("timestamp '2026-11-01 02:00:00' at time zone 'America/New_York' >= timestamp '2026-11-01 00:00:00'", True),
    (f"date({TOKYO})", date(2026, 11, 22)),
    (f"cast({TOKYO} as date)", date(2026, 11, 22)),
    (f"cast({TOKYO} as timestamp)", datetime(2026, 11, 22, 7)),  # noqa: DTZ001
    (f"cast({TOKYO} as varchar)", "2026-11-22 07:00:00.000 Asia/Tokyo"),
    (f"hour({TOKYO})", 7),
    (f"extract(hour from {TOKYO})", 7),
    (f"date_format({TOKYO}, '%Y-%m-%d %H')", "2026-11-22 07"),
    (f"date_trunc('day', {TOKYO})", datetime(2026, 11, 21, 15, tzinfo=UTC)),
    (f"date(date_trunc('day', {TOKYO}))", date(2026, 11, 22)),
    (f"date({TOKYO} + interval '1' day)", date(2026, 11, 23)),
    (f"hour(date_add('hour', 20, {TOKYO}))", 3),
    ("hour(at_timezone(occurred_at, 'Asia/Tokyo'))", 7),
    ("hour(with_timezone(occurred_at, 'Asia/Tokyo'))", 22),
    ("with_timezone(occurred_at, 'Asia/Tokyo')", datetime(2026, 11, 21, 13, tzinfo=UTC)),
    (f"hour(({TOKYO}) at time zone 'UTC')", 22),
    ("hour(from_unixtime(0, 'Asia/Tokyo'))", 9),
    ("date(from_iso8601_timestamp('2026-01-01T01:00:00+03:00'))", date(2026, 1, 1)),
    ("from_iso8601_timestamp('2026-01-01T01:00:00+03:00')", datetime(2025, 12, 31, 22, tzinfo=UTC)),
    ("date_trunc('day', from_iso8601_timestamp('2026-01-01T01:00:00+03:00'))", datetime(2025, 12, 31, 21, tzinfo=UTC)),
    ("from_iso8601_timestamp('2026-01-01T01:00:00+03:00') + interval '1' hour", datetime(2025, 12, 31, 23, tzinfo=UTC)),
    (f"max({TOKYO})", LATE),
    (f"greatest({TOKYO}, occurred_at at time zone 'UTC') at time zone 'Europe/Berlin'", LATE),
    ("date_diff('day', timestamp '2026-03-28 23:30:00' at time zone 'Europe/Berlin',"
     " timestamp '2026-03-29 22:30:00' at time zone 'Europe/Berlin')", 1),
    ("cast(from_unixtime(0) as varchar)", "1970-01-01 00:00:00.000 UTC"),
    ("to_iso8601(from_unixtime(0))", "1970-01-01T00:00:00.000Z"),
]  # fmt: skip

REFUSED = [
    f"select date(max({TOKYO})) from events",
    f"with mine as (select {TOKYO} as at from events) select hour(at) from mine",
    f"select date_format(element_at(array_agg({TOKYO}), 1), '%H') from events",
    f"select date(coalesce({TOKYO}, now())) from events",
    f"select to_iso8601({TOKYO}) from events",
    "select hour(timestamp '2026-01-01 00:00 Asia/Tokyo')",
]
"""DuckDB would answer with UTC's day and hour."""


@pytest.fixture
def late(lake: FakeLake) -> FakeLake:
    lake.add(archived("e1", occurred_at=LATE), dt="2026-11-21")
    return lake


@pytest.mark.parametrize(("expression", "answer"), ANSWERS)
def test_a_time_with_a_zone_is_the_same_moment(late: FakeLake, expression: str, answer: Any) -> None:
    [row] = late.ask(f"select {expression} as x from events")
    assert row["x"] == answer
    assert bool(getattr(row["x"], "tzinfo", None)) == bool(getattr(answer, "tzinfo", None))


def test_a_moment_stays_one_through_subqueries(late: FakeLake) -> None:
    asked = (
        f"with mine as (select {TOKYO} as at, date({TOKYO}) as day from events)"
        " select at, day from mine where at > timestamp '2026-11-21 21:00:00'"
    )
    assert late.ask(asked) == [{"at": LATE, "day": date(2026, 11, 22)}]


def test_the_day_of_a_moment_in_utc_needs_no_zone(late: FakeLake) -> None:
    asked = "with mine as (select from_unixtime(0) as at) select date(at) as day, hour(now()) >= 0 as is_now from mine"
    assert late.ask(asked) == [{"day": date(1970, 1, 1), "is_now": True}]


@pytest.mark.parametrize("sql", REFUSED)
def test_a_part_of_a_time_whose_zone_is_lost_is_refused(late: FakeLake, sql: str) -> None:
    with pytest.raises(NotAQuery, match="keeps no zone from one part of a query to another"):
        late.ask(sql)
