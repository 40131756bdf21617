"""The view `events`, run in DuckDB over rows of the lake: each event once, whatever was delivered how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.lake.schema import COLUMNS
from tests.fakes.archived import NOON, archived
from tests.fakes.lake import FakeLake

FRIDAY, SATURDAY, SUNDAY, MONDAY = "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"


def test_a_row_delivered_twice_is_one_event(lake: FakeLake) -> None:
    lake.add(archived("e1"), dt=SATURDAY)
    lake.add(archived("e1"), dt=SATURDAY)

    assert lake.ask("select event_id from events") == [{"event_id": "e1"}]
    assert lake.ask("select count(*) as rows_there from events_raw") == [{"rows_there": 2}]


def test_the_copy_that_arrived_first_is_shown(lake: FakeLake) -> None:
    lake.add(archived("e1", received_at=NOON + timedelta(seconds=5), properties={"try": 2}), dt=SATURDAY)
    lake.add(archived("e1", received_at=NOON, properties={"try": 1}), dt=SATURDAY)

    assert lake.ask("select properties['try'] as attempt from events") == [{"attempt": "1"}]


def test_a_copy_in_the_next_days_partition_is_the_same_event(lake: FakeLake) -> None:
    lake.add(archived("e1"), dt=SATURDAY)
    lake.add(archived("e1"), dt=SUNDAY)

    assert lake.ask("select event_id, dt from events") == [{"event_id": "e1", "dt": SATURDAY}]


def test_a_condition_on_the_day_does_not_bring_a_copy_back(lake: FakeLake) -> None:
    lake.add(archived("e1"), dt=SATURDAY)
    lake.add(archived("e1"), dt=SUNDAY)

    assert lake.ask(f"select event_id from events where dt >= '{SUNDAY}'") == []


def test_people_known_only_by_an_address_are_told_apart_by_it(lake: FakeLake) -> None:
    for address in ("ana@shop.example", "bo@shop.example"):
        key = f"email:{address}"
        named: dict[str, Any] = {"user_id": None, "other_ids": {"email": address}}
        lake.add(archived("m1", person=key, key=key, **named), dt=SATURDAY)
        lake.add(
            archived("m1", person="user:u1", key=key, **named), dt=SATURDAY
        )  # it came again, once they were known

    assert lake.ask("select count(*) as events, count(distinct partition_key) as named from events") == [
        {"events": 2, "named": 2}
    ]


def test_copies_on_three_days_in_a_row_are_one_event(lake: FakeLake) -> None:
    for day in (FRIDAY, SATURDAY, SUNDAY):
        lake.add(archived("e1"), dt=day)

    assert lake.ask("select dt from events") == [{"dt": FRIDAY}]


def test_copies_more_than_a_day_apart_are_both_shown(lake: FakeLake) -> None:
    lake.add(archived("e1"), dt=FRIDAY)
    lake.add(archived("e1"), dt=SUNDAY)

    assert lake.ask("select dt from events order by dt") == [{"dt": FRIDAY}, {"dt": SUNDAY}]


def test_the_same_id_from_another_source_or_of_another_name_is_another_event(lake: FakeLake) -> None:
    lake.add(archived("e1"), dt=SATURDAY)
    lake.add(archived("e1", source="app"), dt=SATURDAY)
    lake.add(archived("e1", name="Login"), dt=SUNDAY)

    assert lake.ask("select count(*) as events from events") == [{"events": 3}]


def test_two_people_whose_events_are_numbered_alike_have_an_event_each(lake: FakeLake) -> None:
    for user in ("u1", "u2"):
        lake.add(archived("m1", user_id=user, person=f"user:{user}", key=f"user:{user}"), dt=SATURDAY)
    lake.add(archived("m1", user_id="u3", person="user:u3", key="user:u3"), dt=SUNDAY)

    assert lake.ask("select user_id from events order by user_id") == [
        {"user_id": "u1"},
        {"user_id": "u2"},
        {"user_id": "u3"},
    ]


def test_a_copy_written_after_the_person_logged_in_is_the_same_event(lake: FakeLake) -> None:
    visitor: dict[str, Any] = {"user_id": None, "anonymous_id": "a1"}
    lake.add(archived("e1", person="anonymous:a1", key="anonymous:a1", **visitor), dt=SATURDAY)
    for day in (SATURDAY, SUNDAY):
        lake.add(archived("e1", person="user:u1", key="anonymous:a1", sequence="2", **visitor), dt=day)

    assert lake.ask("select person from events") == [{"person": "anonymous:a1"}]


def test_every_column_of_a_row_can_be_read_through_the_view(lake: FakeLake) -> None:
    lake.add(archived("e1", properties={"revenue": 9.5, "currency": "USD"}, session_id="s1"), dt=SATURDAY)

    [shown] = lake.ask("select * from events")

    assert list(shown) == [*(name for name, _ in COLUMNS), "dt"]
    assert shown["revenue"] == 9.5
    assert shown["session_id"] == "s1"
    assert shown["occurred_at"] == NOON.replace(tzinfo=None)
    assert shown["properties"] == {"revenue": "9.5", "currency": "USD"}


def test_a_condition_on_the_day_reaches_the_scan_and_keeps_the_day_before(lake: FakeLake) -> None:
    for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY):
        lake.add(archived(day), dt=day)

    plan = lake.plan(f"select count(*) as events from events where dt >= '{MONDAY}'")

    assert f"(dt >= '{MONDAY}') OR (strftime((strptime(dt" in plan


DELIVERIES = st.lists(
    st.tuples(
        st.sampled_from(["e1", "e2"]),
        st.sampled_from(["user:u1", "user:u2"]),
        st.sampled_from([FRIDAY, SATURDAY, SUNDAY, MONDAY]),
        st.integers(0, 3),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=DELIVERIES)
def test_an_event_is_shown_once_per_run_of_days_without_a_gap(
    lake: FakeLake, deliveries: list[tuple[str, str, str, int]]
) -> None:
    lake.empty()
    days: dict[tuple[str, str], set[str]] = {}
    for event_id, key, day, late in deliveries:
        lake.add(archived(event_id, key=key, received_at=NOON + timedelta(minutes=late)), dt=day)
        days.setdefault((event_id, key), set()).add(day)

    shown = [tuple(found.values()) for found in lake.ask("select event_id, partition_key, dt from events")]

    first_days = [(*event, day) for event, on in days.items() for day in on if the_day_before(day) not in on]
    assert sorted(shown) == sorted(first_days)


def the_day_before(day: str) -> Any:
    order = [FRIDAY, SATURDAY, SUNDAY, MONDAY]
    return order[order.index(day) - 1] if day != FRIDAY else None
