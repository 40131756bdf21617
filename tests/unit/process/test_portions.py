"""Records with more decisions than one save takes are worked off in portions: nothing is refused, lost or doubled."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from functions.process.batch import PeopleNotSaved
from shared.bus_entries import EventBatch
from shared.fold import budgets
from shared.fold.budgets import ALL, MOST_KEPT
from shared.fold.formats.envelope import encoded
from shared.fold.outbox import KEPT, PORTION, entry_size
from shared.fold.parts import volume
from shared.fold.profile import HARD, Pointer, Profile
from shared.records import RETENTION
from simulation.ports.faults import Died
from tests.fakes import process_stage
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event, identify, minutes
from tests.unit.fold.test_budgets import everything
from tests.unit.process.test_failures import said
from tests.unit.process.test_twice_is_once import SHOP, purchase

HOUR = timedelta(hours=1)


def hourly(count: int, *, user: str | None = "u1", first: int = 0, **fields: Any) -> list[dict[str, Any]]:
    """Imported events an hour apart: each begins a session and ends another."""
    start = NOON - timedelta(days=300)
    return [
        event("View Item", user=user, at=start + (first + number) * HOUR, **fields) for number in range(count)
    ]


def rows(stage: Stage, name: str) -> int:
    return sum(row.event.name == name for row in stage.bus.rows.values())


def times_said(stage: Stage) -> list[int]:
    """How often each row was sent to the archive."""
    sent = [row for entry in stage.bus.entries if isinstance(entry, EventBatch) for row in entry.unpacked()]
    counted: dict[tuple[str, str], int] = {}
    for row in sent:
        counted[(row.event.id, row.event.name)] = counted.get((row.event.id, row.event.name), 0) + 1
    return sorted(set(counted.values()))


def outside(stage: Stage) -> object:
    """What can be seen from outside. Portions may be cut elsewhere, so each refusal counts by itself."""
    *others, _ = said(stage)
    refusals = [(one.event_id, one.name, one.reasons) for one in stage.rejected.latest(1_000, NOON - HOUR)]
    assert len(set(refusals)) == len(refusals)
    return (*others, set(refusals))


def outbox_bytes(stage: Stage, person: str = "user:u1") -> int:
    return sum(map(entry_size, stage.profiles.person(person).outbox))


@pytest.mark.parametrize("records", [1, 6])
def test_imported_events_an_hour_apart_are_all_folded_and_announced_once(records: int) -> None:
    stage = Stage()
    events = hourly(4_200)
    each = len(events) // records
    batch_ = [stage.record(*events[at : at + each]) for at in range(0, len(events), each)]

    counts = stage.deliver(*batch_)

    assert (counts["events"], counts["dead_letters"]) == (4_200, 0)
    assert stage.counted("user:u1", "View Item") == 4_200
    assert rows(stage, "View Item") == 4_200
    assert rows(stage, "Session Started") == 4_200
    assert rows(stage, "Session Concluded") == 4_199
    assert times_said(stage) == [1]
    assert len(stage.timeline_of("user:u1", 20_000)) == 3 * 4_200 - 1
    assert stage.profiles.largest < HARD
    assert outbox_bytes(stage) <= MOST_KEPT


def test_large_records_of_one_person_in_one_batch_are_all_folded_and_announced_once() -> None:
    stage = Stage(SHOP)
    large = [
        stage.record(*hourly(480, first=480 * number, properties={"note": "x" * 400})) for number in range(3)
    ]
    assert all(len(record["kinesis"]["data"]) * 3 // 4 > 229 * 1024 for record in large)

    counts = stage.deliver(*large, stage.record(purchase()))

    assert (counts["events"], counts["dead_letters"]) == (1_441, 0)
    assert stage.counted("user:u1", "View Item") == 1_440
    assert stage.counted("user:u1", "Complete Purchase") == 1
    assert (len(stage.bus.requests), rows(stage, "View Item")) == (1, 1_440)
    assert times_said(stage) == [1]
    assert stage.profiles.largest < HARD


def test_neighbours_of_a_record_in_portions_are_announced_with_the_first_of_them() -> None:
    stage = Stage()
    stage.deliver(stage.record(*hourly(200)), stage.record(event("Search", user="u2")))
    first = stage.bus.entries[0]
    assert isinstance(first, EventBatch)
    assert "user:u2" in {row.person for row in first.unpacked()}
    assert stage.faults.made.count("profiles.save") > 3


def test_many_small_records_of_one_person_leave_a_short_outbox() -> None:
    stage = Stage()
    stage.deliver(*(stage.record(event("View Item")) for _ in range(300)))
    assert stage.counted("user:u1", "View Item") == 300
    assert times_said(stage) == [1]
    assert outbox_bytes(stage) <= MOST_KEPT
    assert stage.profiles.largest < KEPT + PORTION + 16 * 1024


def test_who_joins_brings_an_outbox_along_only_while_there_is_room() -> None:
    stage = Stage()
    visitors = [f"a{number}" for number in range(30)]
    for visitor in visitors:
        stage.deliver(stage.record(*({**one, "anonymous_id": visitor} for one in hourly(12, user=None))))
        assert 2_000 < outbox_bytes(stage, f"anonymous:{visitor}") <= MOST_KEPT

    stage.deliver(stage.record(*(event("View Item", anonymous=visitor) for visitor in visitors)))
    joined = {stage.profiles.person(f"anonymous:{visitor}").key for visitor in visitors}
    assert 1 < len(joined) < 30  # some have joined, the others are as they were
    assert len(encoded(stage.profiles.person("user:u1"))) <= ALL

    for visitor in visitors:  # once they have less to say, the others join too
        stage.deliver(stage.record(event("Search", user=None, anonymous=visitor)))
        stage.deliver(stage.record(event("View Item", anonymous=visitor)))
    assert {stage.profiles.person(f"anonymous:{visitor}").key for visitor in visitors} == {"user:u1"}
    assert stage.counted("user:u1", "View Item") == 30 * 12 + 30 + 30
    assert stage.profiles.largest < HARD


def test_an_ordinary_batch_is_one_round() -> None:
    stage = Stage(SHOP)
    stage.deliver(stage.record(purchase(), event("View Item")), stage.record(event("View Item", user="u2")))
    assert stage.faults.made == [
        "profiles.load",
        "profiles.save",
        "profiles.save",
        "bus.publish",
    ]


# Dying and coming back, with portions so small that a record needs several


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "PORTION", 700)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 700)
    monkeypatch.setattr(budgets, "KEPT", 600)
    monkeypatch.setattr(budgets, "MOST_KEPT", 600)
    monkeypatch.setattr(process_stage, "_ids", itertools.count(1))


def busy(stage: Stage) -> list[LambdaRecord]:
    """Records of several portions: imports, refusals, a join in the middle, messages."""
    return [
        stage.record(event("View Item", user=None, anonymous="a1")),
        stage.record(*hourly(7), purchase(anonymous="a1"), *hourly(3, first=7)),
        stage.record(event("View Item", user="u2")),
        stage.record(identify(user="u2", email="ann@shop.example")),
        stage.record(
            *(identify(user="u2", email=f"eve{n}@evil.example") for n in range(12)),
            purchase(user="u2"),
            trust="browser",
        ),
        stage.record(purchase(), event("View Item", at=NOON + minutes(40))),
    ]


@pytest.fixture
def undisturbed(small: None, monkeypatch: pytest.MonkeyPatch) -> object:
    stage = Stage(SHOP)
    stage.deliver(*busy(stage))
    assert stage.faults.made.count("profiles.save") > 10
    assert times_said(stage) == [1]
    monkeypatch.setattr(process_stage, "_ids", itertools.count(1))
    return outside(stage)


MOST_CALLS = 120


@pytest.mark.parametrize("cut", [None, 1, 2, 3, 5])
def test_dying_after_any_call_and_coming_back_in_any_batches_changes_nothing(
    cut: int | None, undisturbed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for call in range(1, MOST_CALLS):
        monkeypatch.setattr(process_stage, "_ids", itertools.count(1))
        stage = Stage(SHOP)
        records = busy(stage)
        stage.faults.die_after = call
        try:
            stage.deliver(*records)
        except Died:
            stage.restart()
            for part in ([*records],) if cut is None else (records[:cut], records[cut:]):
                stage.deliver(*part)
            assert outside(stage) == undisturbed, f"after call {call}"
        else:
            assert call > 30
            return
    raise AssertionError("more calls than the test tries")


def test_dying_again_and_again_still_gets_there(undisturbed: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each delivery dies a few calls later than the one before began: what was done stays done."""
    stage = Stage(SHOP)
    records = busy(stage)
    for _ in range(100):
        stage.faults.die_after = stage.faults.calls + 8
        try:
            stage.deliver(*records)
            break
        except Died:
            stage.restart()
    else:
        raise AssertionError("no progress")
    assert outside(stage) == undisturbed


def test_a_portion_that_was_not_announced_is_announced_before_the_next_is_folded(small: None) -> None:
    stage = Stage()
    record = stage.record(*hourly(12))
    stage.bus.item_faults.planned.append("all")

    with pytest.raises(PeopleNotSaved):
        stage.deliver(record)
    done = stage.counted("user:u1", "View Item")
    assert 0 < done < 12

    stage.deliver(record)
    assert stage.counted("user:u1", "View Item") == 12
    assert rows(stage, "View Item") == 12


def test_portions_of_a_record_whose_person_another_shard_changes_are_folded_once(small: None) -> None:
    stage = Stage()
    stage.deliver(stage.record(identify(anonymous="a1")))
    record = stage.record(*hourly(12))
    others = iter([stage.record(event("Search", user=None, anonymous="a1")) for _ in range(3)])

    def elsewhere(_: object) -> None:
        if (other := next(others, None)) is not None:
            stage.deliver(other)
            stage.profiles.before_save = elsewhere

    stage.profiles.before_save = elsewhere
    stage.deliver(record)

    assert stage.counted("user:u1", "View Item") == 12
    assert stage.counted("user:u1", "Search") == 3
    assert rows(stage, "View Item") == 12


@pytest.mark.parametrize("order", [(0, -30), (-30, 0)])
def test_a_person_was_first_seen_at_their_earliest_arrival_in_whatever_order_shards_deliver(
    order: tuple[int, int],
) -> None:
    stage = Stage(SHOP)
    for minute in order:
        stage.deliver(stage.record(event("Page", user="ann", at=NOON), at=NOON + minutes(minute)))
    assert stage.profiles.person("user:ann").created_at == NOON + minutes(-30)


@pytest.mark.parametrize(("after", "joins"), [(HOUR, False), (RETENTION + HOUR, True)])
def test_what_is_done_with_in_an_outbox_keeps_nobody_from_joining_a_full_person(
    after: timedelta, joins: bool
) -> None:
    """What a visitor decided is kept until it can no longer be asked for; the item has no room for it before."""
    stage = Stage(SHOP)
    full = Profile("user:ann", 1, everything().having(volume=volume.EMPTY), created_at=NOON)
    stage.profiles._items["user:ann"] = (1, encoded(full))
    page = event("Page", user=None, anonymous="v1", at=NOON)
    stage.deliver(*(stage.record({**page, "id": f"p{n}"}, at=NOON) for n in range(10)))
    at = NOON + after
    stage.deliver(stage.record(event("Page", user="ann", anonymous="v1", at=at), at=at))
    assert isinstance(stage.profiles.load(["anonymous:v1"])["anonymous:v1"], Pointer) is joins
