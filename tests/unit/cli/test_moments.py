from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.moments import moment
from cli.problem import Problem

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("30s", NOW - timedelta(seconds=30)),
        ("90m", NOW - timedelta(minutes=90)),
        ("24h", NOW - timedelta(days=1)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(days=14)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:30", datetime(2026, 11, 1, 10, 30, tzinfo=UTC)),
        ("2026-11-01T10:30:00Z", datetime(2026, 11, 1, 10, 30, tzinfo=UTC)),
        ("2026-11-01T10:30:00+03:00", datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_may_be_typed_in_many_ways(typed: str, meant: datetime) -> None:
    assert moment(typed, NOW) == meant


@pytest.mark.parametrize("typed", ["", "yesterday", "7 fortnights", "2026-13-01"])
def test_what_is_no_moment_is_said_so(typed: str) -> None:
    with pytest.raises(Problem, match="is not a time"):
        moment(typed, NOW)
