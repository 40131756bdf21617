"""An outage is no failure of a record's content, however long."""

from __future__ import annotations

import pytest

from functions.process.batch import PeopleNotSaved
from functions.process.failures import MOST_TRIES
from tests.fakes.process_stage import NOON, Stage, event, identify, minutes
from tests.unit.process.poison.poison import (
    ALL_COUNTED,
    counted,
    delivered_until_done,
    has_poison,
    with_poison,
)
from tests.unit.process.test_portions import hourly, rows
from tests.unit.process.test_twice_is_once import SHOP, purchase


def test_while_tries_cannot_be_counted_the_record_waits_and_is_not_lost() -> None:
    stage = Stage()
    stage.profiles.refusing = has_poison
    stage.faults.down = {"tries"}
    records = with_poison(stage)
    for _ in range(10):
        with pytest.raises(PeopleNotSaved):
            stage.deliver(*records)
    assert not stage.dead_letters.letters
    assert counted(stage) == {**ALL_COUNTED, "u1 Search": 0}

    stage.faults.down.clear()
    assert delivered_until_done(stage, records) == MOST_TRIES
    assert counted(stage) == ALL_COUNTED


def test_while_nothing_can_be_put_aside_only_the_poison_and_what_follows_it_waits() -> None:
    stage = Stage()
    stage.profiles.refusing = has_poison
    stage.faults.down = {"dead_letters"}
    records = with_poison(stage)
    records.insert(0, stage.lambda_record("user:u3", b"\xff not ours"))
    for _ in range(5):
        with pytest.raises(PeopleNotSaved):
            stage.deliver(*records)
    assert counted(stage) == {**ALL_COUNTED, "u1 Search": 0}

    stage.faults.down.clear()
    delivered_until_done(stage, records)
    assert counted(stage) == ALL_COUNTED
    assert len(stage.dead_letters.letters) == 2


SERVICES = ["profiles", "timeline", "bus", "rejected", "dead_letters", "tries"]


@pytest.mark.parametrize("down", [*([service] for service in SERVICES), SERVICES])
def test_an_outage_of_three_minutes_makes_no_dead_letter_and_loses_nothing(down: list[str]) -> None:
    """Lambda delivers the batch about twice a second at first, and once a minute in the end: 60 deliveries are more."""
    stage = Stage(SHOP)
    records = [
        stage.record(identify(email="ann@shop.example"), purchase()),
        stage.record(identify(email="eve@evil.example"), trust="browser"),
        stage.record(event("View Item", user="u2")),
        stage.record(*hourly(80, user="u3")),
    ]
    stage.faults.down = {*down}
    for _ in range(60):
        stage.restart()
        try:
            stage.deliver(*records)
        except Exception:  # noqa: BLE001  Lambda does not look at it either
            continue
    assert not stage.dead_letters.letters
    assert not stage.tries.counted

    stage.faults.down.clear()
    stage.deliver(*records)

    assert not stage.dead_letters.letters
    assert stage.counted("user:u1", "Complete Purchase") == 1
    assert stage.counted("user:u3", "View Item") == 80
    assert {name: rows(stage, name) for name in ("Complete Purchase", "View Item")} == {
        "Complete Purchase": 1,
        "View Item": 81,
    }
    assert len(stage.bus.requests) == 1
    assert [one.name for one in stage.rejected.latest(10, NOON - minutes(1))] == ["identify"]


def test_people_whom_others_keep_changing_are_no_failure() -> None:
    """Contention shows in versions that move on: it is no fault of the record, however often it loses."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item")))

    def always(_: object) -> None:
        stage.profiles.touch("user:u1")
        stage.profiles.before_save = always

    stage.profiles.before_save = always
    record = stage.record(event("View Item"))
    for _ in range(10):
        with pytest.raises(PeopleNotSaved):
            stage.deliver(record)
    assert not stage.tries.counted

    stage.profiles.before_save = None
    stage.deliver(record)
    assert stage.counted("user:u1", "View Item") == 2
