"""The balance is held against the rows of the lake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from cli.ledger import in_the_lake
from cli.ledger.in_the_lake import arrived, reconciled
from shared.ledger.balance import Balance, Missing, Rows, Why
from shared.ledger.lines import hour_of
from shared.ledger.places import Place
from shared.ledger.samples import ENDINGS, LEAST_ENDINGS, SampledRows
from shared.ports.queries import QueryResult

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = NOON.date()
SHOP = ("shop", hour_of(NOON))


class Lake:
    """Rows by sequence number, as `events_raw` counts them."""

    def __init__(self, rows: Mapping[int, int]) -> None:
        self.rows = rows
        self.asked: list[str] = []

    def ask(self, sql: str) -> QueryResult:
        self.asked.append(sql)
        ends = re.findall(r"'(\d{3})'", sql)
        named = {int(one) for one in re.findall(r"'(\d{56})'", sql)}
        found = [
            (f"{number:056}", count)
            for number, count in self.rows.items()
            if (not ends or f"{number:056}"[53:] in ends) and (not named or number in named)
        ]
        return QueryResult(("sequence_number", "found"), [*found], 0)


def drawn(rows: Mapping[int, tuple[int, int]], at: datetime = NOON) -> Balance:
    found = {number: Rows(SHOP, own, derived, at) for number, (own, derived) in rows.items()}
    return Balance(rows=found, archived=len(found))


def held(
    balance: Balance, lake: Lake, settled: datetime = NOON + timedelta(hours=1)
) -> in_the_lake.Reconciled:
    return reconciled(balance, lake.ask, DAY, DAY, settled)


def test_rows_that_are_all_there_are_all_there() -> None:
    found = held(drawn({1: (2, 0), 2: (1, 1)}), Lake({1: 2, 2: 2, 3: 9}))

    assert (found.compared, found.rows, found.short, found.waiting) == (2, 4, {}, 0)


def test_rows_that_are_not_there_are_named_by_their_record() -> None:
    found = held(drawn({1: (2, 0), 2: (1, 1), 3: (1, 0)}), Lake({1: 2, 2: 1}))

    assert found.short == {2: 1, 3: 1}


def test_rows_of_what_was_said_just_now_are_on_their_way() -> None:
    found = held(drawn({1: (2, 0)}), Lake({}), settled=NOON)

    assert (found.short, found.waiting) == ({}, 2)


def sample(numbers: Iterable[int], most: int) -> SampledRows:
    rows = SampledRows(most)
    for number in numbers:
        rows.add(number, Rows(SHOP, 1, 0, NOON))
    return rows


@pytest.mark.parametrize(
    ("records", "ends"), [(0, None), (2_000, None), (2_001, 500), (20_000, 62), (1_000_000, LEAST_ENDINGS)]
)
def test_of_many_records_a_sample_is_kept(records: int, ends: int | None) -> None:
    rows = sample(range(records), 2_000)

    assert (rows.endings and len(rows.endings)) == ends
    assert [*rows.kept] == [one for one in range(records) if ends is None or one % ENDINGS < ends]
    assert rows.records == records


def test_a_sample_has_some_of_every_shard() -> None:
    """As AWS makes sequence numbers: one shard's differ by multiples of 2^36, and end with its number and 2."""
    numbers = [rising << 36 | shard << 4 | 2 for rising in range(2**40, 2**40 + 2_000) for shard in range(8)]

    rows = sample(numbers, 10)

    assert {number >> 4 & 7 for number in rows.kept} == set(range(8))


def test_in_a_sample_every_record_of_it_is_compared() -> None:
    numbers = range(0, 4 * ENDINGS, 100)
    rows = sample(numbers, 20)
    lost = [*rows.kept][3]
    lake = Lake({number: 1 for number in numbers if number != lost})

    found = held(Balance(rows=rows.kept, archived=rows.records, endings=rows.endings), lake)

    assert (found.records, found.compared, found.short) == (40, 20, {lost: 1})


def test_a_record_of_which_no_line_says_anything_has_arrived_if_it_has_rows() -> None:
    missing = [Missing(Place(0, number), "shop", NOON, 1, Why.NOT_SAID) for number in (1, 2)]

    assert arrived(missing, Lake({2: 1, 3: 1}).ask, DAY, DAY) == {2}


def test_all_that_is_missing_is_looked_for_so_much_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_the_lake, "MOST_NAMED", 2)
    missing = [Missing(Place(0, number), "shop", NOON, 1, Why.NOT_SAID) for number in (1, 2, 3)]
    lake = Lake({2: 1, 3: 1})

    assert arrived(missing, lake.ask, DAY, DAY) == {2, 3}
    assert len(lake.asked) == 2


def test_where_nothing_is_missing_nobody_is_asked() -> None:
    lake = Lake({})

    assert arrived([], lake.ask, DAY, DAY) == set()
    assert held(drawn({}), lake).compared == 0
    assert lake.asked == []


def test_rows_come_to_the_lake_until_the_day_after() -> None:
    rows = {1: Rows(SHOP, 1, 0, NOON + timedelta(days=2))}

    assert in_the_lake.days(rows, NOON, NOON) == (date(2026, 11, 21), date(2026, 11, 24))
    assert in_the_lake.days({}, NOON, NOON) == (date(2026, 11, 21), date(2026, 11, 22))
