"""A bill is quantities times prices, and its advice is the same bill with another setting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cli.cost import tables
from cli.cost.advice import BUSY, LEAST_PERCENT, advice, warnings
from cli.cost.bill import TIMELINE_DAYS, Bill, bill
from cli.cost.lines import SECONDS
from cli.cost.measurements import Function, Measured, Session, Visit
from cli.cost.prices import AS_OF, PRICES
from cli.cost.tables import USED
from cli.cost.traffic import Load
from infra.settings.changed import as_written
from infra.settings.stages import TARGETS

PROD: dict[str, Any] = {**as_written(TARGETS["prod"]), "timeline_days": TIMELINE_DAYS}
ONE, ANYBODY = Load(100, 20, "one"), Load(100, 20, "anybody")

MEASURED = Measured(
    event_bytes=1024,
    visits=(
        Visit(1, 3, 0, 1, 1, 1400, 500, 1), Visit(20, 3, 0, 4, 1, 22_000, 3_500, 4),
        Visit(100, 3, 0, 16, 1, 108_000, 15_000, 10),
    ),
    session=Session(timers=2, profile_writes=6, index_writes=4, timeline_writes=1, reads=2, record_bytes=800, rows=2),
    collect=Function(700, 0.5, 0.02),
    process=Function(700, 0, 0),
    archive=Function(800, 4, 0.02),
    bus_bytes=300,
    row_bytes=1300,
    parquet_bytes=250,
    metrics=15,
)  # fmt: skip


def billed(load: Load = ONE, **settings: Any) -> Bill:
    return bill(load, {**PROD, **settings}, MEASURED)


def month(found: Bill, service: str, what: str = "") -> float:
    return sum(line.month_usd for line in found.lines if line.service == service and what in line.what)


def test_requests_are_paid_by_the_kind_of_api() -> None:
    requests = 100 * SECONDS / 20
    assert month(billed(), "api") == pytest.approx(requests * 1.00 / 1e6)
    assert month(billed(api="rest"), "api") == pytest.approx(requests * 3.50 / 1e6)


def test_requests_beyond_300_million_are_cheaper() -> None:
    assert month(billed(replace(ONE, rate=4_000)), "api") == pytest.approx(
        300 + (4_000 * 2_628_000 / 20 / 1e6 - 300) * 0.9
    )


def test_writes_are_those_of_the_visits() -> None:
    """Nearly each request of one person is a visit of 20 events."""
    found = billed()
    sessions = month(found, "tables", "as sessions end")
    writes = sum(
        line.month_usd for line in found.lines if line.what in ("profiles: writes", "timeline: writes")
    )
    assert sessions == pytest.approx((11 * 0.625 + 2 * 0.125) / 33 * 100 * SECONDS / 1e6)
    assert writes == pytest.approx(7 / 20 * 100 * SECONDS * 0.625 / 1e6, rel=0.03)


def planned(least: int, most: int) -> dict[str, Any]:
    bounds = {"least_writes": least, "most_writes": most, "least_reads": least, "most_reads": most}
    return {"table_capacity": {"profiles": bounds}}


def test_provisioned_tables_are_paid_by_the_hour_and_not_quite_full() -> None:
    found = billed(**planned(1, 1_000))
    paid = sum(line.month_usd for line in found.lines if line.what in ("profiles: writes", "profiles: reads"))
    writes = 100 * (3 / 20 + 6 / 33) / USED - 1  # a second: visits of 20 events, and sessions of 33
    reads = 100 * (1 / 20 + 2 / 33) / USED - 1
    assert paid == pytest.approx(730 * (writes * 0.00065 + reads * 0.00013), rel=0.03)
    assert month(found, "tables", "timeline: ") == month(billed(), "tables", "timeline: ")


def test_the_least_capacity_of_a_table_and_its_index_is_paid_when_idle_and_so_are_its_alarms() -> None:
    more = billed(**planned(10, 1_000)).idle_month_usd - billed().idle_month_usd
    assert more == pytest.approx(2 * 730 * 10 * (0.00065 + 0.00013) + 2 * 8 * 0.10)


def test_a_table_that_has_less_capacity_than_the_load_takes_is_warned_of() -> None:
    assert warnings(billed(**planned(1, 1_000)), MEASURED) == []
    warned = warnings(billed(**planned(1, 12)), MEASURED)
    assert [one.partition(" takes")[0] for one in warned] == [
        "table_capacity: profiles",
        "table_capacity: index of who is due",
    ]


def test_a_fitting_capacity_has_room_and_no_need_of_more() -> None:
    found = billed()
    fitting = tables.fitting(found.usage, ONE.rate)
    assert warnings(billed(table_capacity=fitting), MEASURED) == []
    assert month(billed(table_capacity=fitting), "tables") < 0.5 * month(found, "tables")


def test_more_people_in_a_batch_cost_more() -> None:
    assert billed(ANYBODY).per_million_usd > 2 * billed(ONE).per_million_usd


def test_idle_is_a_part_of_the_month_and_of_a_million() -> None:
    found = billed()
    assert found.month_usd == pytest.approx(sum(line.month_usd for line in found.lines))
    assert found.per_million_usd == pytest.approx(found.month_usd / (100 * SECONDS / 1e6))
    little = billed(replace(ONE, rate=0.01))
    assert little.idle_month_usd == pytest.approx(found.idle_month_usd)
    assert little.month_usd < 1.3 * little.idle_month_usd


def test_shards_are_paid_by_the_hour_and_longer_retention_with_them() -> None:
    assert month(billed(stream_shards=2, stream_retention_hours=24), "stream", "shards") == pytest.approx(
        2 * 730 * 0.015
    )
    assert month(billed(stream_shards=2), "stream", "kept") == pytest.approx(2 * 730 * 0.02)


@pytest.mark.parametrize("rate", [0.01, 1, 100, 1_000, 20_000])
def test_a_million_costs_less_the_more_there_are(rate: float) -> None:
    assert (
        billed(replace(ANYBODY, rate=rate * 2)).per_million_usd
        < 1.02 * billed(replace(ANYBODY, rate=rate)).per_million_usd
    )


@pytest.mark.parametrize("load", [ONE, ANYBODY])
def test_advice_is_the_bill_with_the_other_setting(load: Load) -> None:
    now = billed(load)
    found = advice(now, MEASURED)

    assert found
    for one in found:
        then = billed(load, **one.changes)
        assert one.month_usd == pytest.approx(then.month_usd)
        assert one.saved_usd == pytest.approx(now.month_usd - then.month_usd)
        assert one.saved_percent >= LEAST_PERCENT
        assert then.usage.lane_busy <= BUSY


def test_no_setting_is_advised_that_is_so_or_has_no_room() -> None:
    changed = [one.changes for one in advice(billed(stream_shards=1, stream_retention_hours=24), MEASURED)]
    assert all("stream_retention_hours" not in changes for changes in changed)
    assert all(changes.get("stream_shards", 2) is not None for changes in changed)

    [shards] = {
        one.changes["stream_shards"]
        for one in advice(billed(replace(ONE, rate=3_000)), MEASURED)
        if "stream_shards" in one.changes
    }
    assert shards > 3


def test_too_few_shards_are_warned_of() -> None:
    assert warnings(billed(stream_shards=1), MEASURED) == []
    [warned] = warnings(billed(replace(ONE, rate=2_000), stream_shards=1), MEASURED)
    assert warned.startswith("stream_shards: 1 has room for ")


def test_visits_between_two_measured_sizes_are_on_the_line_through_both() -> None:
    assert MEASURED.visit(1).timeline_writes == 1
    assert MEASURED.visit(60).timeline_writes == 10
    assert MEASURED.visit(180).timeline_writes == 28


def test_prices_have_a_date_and_a_source() -> None:
    assert AS_OF.startswith("20")
    assert all(price.usd > 0 and price.per > 0 and price.source and price.unit for price in PRICES.values())
    assert not PRICES["delivery_gb"].confirmed
    used = {line.price for load in (ONE, ANYBODY) for line in billed(load).lines}
    used |= {
        line.price for line in billed(replace(ONE, rate=4_000), stream_shards=9, **planned(1, 5_000)).lines
    }
    used |= {line.price for line in billed(api="rest").lines}
    assert used == PRICES.keys()
