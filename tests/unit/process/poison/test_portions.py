"""A record that fails behind others of its person, or in a later portion, takes nothing of theirs away."""

from __future__ import annotations

import pytest

from functions.process.batch import PeopleNotSaved
from functions.process.people import changes, stored
from shared.fold import budgets
from tests.fakes.process_stage import Stage, event, identify
from tests.unit.process.poison.poison import (
    POISON,
    delivered_until_done,
    folding_it_raises,
    has_poison,
    replay,
    the_bus_refuses_it,
)
from tests.unit.process.test_portions import hourly, rows


def test_a_record_that_fails_in_a_later_portion_is_put_aside_from_there_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "PORTION", 1_500)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 1_500)
    stage = Stage()
    stage.profiles.refusing = has_poison
    events = [*hourly(9), event(POISON), *hourly(9, first=10)]
    delivered_until_done(stage, [stage.record(*events), stage.record(event("Search"))])
    before = stage.counted("user:u1", "View Item")
    assert 0 < before < 18
    assert stage.counted("user:u1", "Search") == 1

    stage.profiles.refusing = None
    [letter] = stage.dead_letters.letters
    stage.deliver(replay(stage, letter))

    assert stage.counted("user:u1", "View Item") == 18
    assert stage.counted("user:u1", POISON) == 1
    assert (rows(stage, "View Item"), rows(stage, POISON)) == (18, 1)
    assert not any(entry.decisions.duplicates for entry in stage.profiles.person("user:u1").outbox)


def test_a_poisoned_record_behind_one_in_portions_does_not_take_the_rest_of_that_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "PORTION", 700)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 700)
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    stage.deliver(stage.record(*hourly(12)), stage.record(event(POISON)), stage.record(event("Search")))
    assert stage.counted("user:u1", "View Item") == 12
    assert stage.counted("user:u1", "Search") == 1
    assert len(stage.dead_letters.letters) == 1


def test_a_poisoned_record_is_put_aside_once_though_another_of_its_person_waits_for_the_next_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored, "MOST_UNKNOWN", 1)
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    stage.deliver(stage.record(identify(user="u1", anonymous="a1")))
    ids = {"email": "ann@shop.example", "device": "d1"}
    records = [
        stage.record(event(POISON, anonymous="a2")),
        stage.record(event("View Item", user=None, anonymous="a1", other_ids=ids)),
    ]
    stage.faults.down = {"bus"}

    for _ in range(3):
        stage.restart()
        with pytest.raises(PeopleNotSaved):
            stage.deliver(*records)

    assert len(stage.dead_letters.letters) == 1


def test_a_poisoned_record_behind_one_that_waits_for_a_save_does_not_take_that_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "MOST_ITEMS", 4)
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    joining = [
        stage.record(*(event("View Item", anonymous=f"a{number}") for number in numbers))
        for numbers in ((1, 2), (3, 4), (5, 6))
    ]
    stage.deliver(*joining, stage.record(event(POISON)), stage.record(event("Search")))
    assert stage.counted("user:u1", "View Item") == 6
    assert stage.counted("user:u1", "Search") == 1
    assert len(stage.dead_letters.letters) == 1


def test_a_portion_that_cannot_be_announced_is_put_aside_and_the_next_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "PORTION", 1_500)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 1_500)
    stage = Stage()
    the_bus_refuses_it(stage, monkeypatch)
    events = [*hourly(9), event(POISON), *hourly(9, first=10)]
    delivered_until_done(stage, [stage.record(*events)])
    assert stage.counted("user:u1", "View Item") == 18
    assert rows(stage, POISON) == 0

    stage.bus.item_faults.refusing = None
    [letter] = stage.dead_letters.letters
    stage.deliver(replay(stage, letter))

    assert stage.counted("user:u1", POISON) == 1
    assert (rows(stage, "View Item"), rows(stage, POISON)) == (18, 1)
