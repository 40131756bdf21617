"""A record whose content fails, wherever it does, becomes a dead letter and holds up neither shard nor neighbours."""

from __future__ import annotations

from typing import Any

import pytest

from functions.process.batch import PeopleNotSaved
from functions.process.failures import MOST_TRIES
from shared.fold.profile import Changes
from tests.fakes.process_stage import BULKY, NOON, Stage, event, identify, minutes
from tests.unit.process.poison.poison import (
    ALL_COUNTED,
    POISON,
    Poisoning,
    announcing_it_raises,
    counted,
    delivered_until_done,
    folding_it_raises,
    has_poison,
    replay,
    the_bus_refuses_it,
    the_save_conflicts_for_ever,
    the_save_is_refused,
    the_timeline_refuses_it,
    with_poison,
)
from tests.unit.process.test_portions import rows
from tests.unit.process.test_twice_is_once import SHOP, purchase

REFUSED = [the_save_is_refused, the_save_conflicts_for_ever, the_bus_refuses_it, the_timeline_refuses_it]
RAISING = [folding_it_raises, announcing_it_raises]
NOT_SAVED = [the_save_is_refused, the_save_conflicts_for_ever, folding_it_raises]


@pytest.mark.parametrize("poisoning", REFUSED)
def test_what_is_refused_is_a_dead_letter_after_three_tries_and_the_rest_is_done(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    poisoning(stage, monkeypatch)
    records = with_poison(stage)

    assert delivered_until_done(stage, records) == MOST_TRIES

    assert counted(stage) == ALL_COUNTED
    assert len(stage.dead_letters.letters) == 1
    assert rows(stage, "Search") == 2
    assert all(len(tries) == MOST_TRIES for tries in stage.tries.counted.values())


@pytest.mark.parametrize("poisoning", RAISING)
def test_what_raises_in_our_own_code_is_a_dead_letter_at_once(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    poisoning(stage, monkeypatch)
    records = with_poison(stage)

    counts = stage.deliver(*records)

    assert counts["dead_letters"] == 1
    assert counted(stage) == ALL_COUNTED
    assert len(stage.dead_letters.letters) == 1
    assert not stage.tries.counted


@pytest.mark.parametrize("poisoning", REFUSED)
def test_the_neighbours_are_done_at_the_first_delivery(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    poisoning(stage, monkeypatch)

    with pytest.raises(PeopleNotSaved):
        stage.deliver(*with_poison(stage))

    # Its own person waits, where nothing may be saved past it.
    assert counted(stage) == {**ALL_COUNTED, "u1 Search": 0 if poisoning in NOT_SAVED else 1}
    people_said = {row.person for entry in stage.bus.entries for row in entry.unpacked()}  # type: ignore[union-attr]
    assert people_said == {"user:u1", "user:u2"}


@pytest.mark.parametrize("poisoning", [*REFUSED, *RAISING])
def test_a_record_put_aside_is_put_aside_once_though_its_batch_comes_again(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    stage.deliver(stage.record(identify()))
    poisoning(stage, monkeypatch)
    records = [stage.record(event(POISON, properties=BULKY))]
    delivered_until_done(stage, records)

    for _ in range(4):
        stage.deliver(*records, stage.record(event("View Item", user="u2")))

    assert len(stage.dead_letters.letters) == 1


@pytest.mark.parametrize("poisoning", [*REFUSED, *RAISING])
def test_so_is_one_whose_person_has_no_profile_that_could_say_so(
    poisoning: Poisoning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    poisoning(stage, monkeypatch)
    records = [stage.record(event(POISON, user="new", properties=BULKY))]
    delivered_until_done(stage, records)

    counts = [stage.deliver(*records, stage.record(event("View Item", user="u2"))) for _ in range(4)]

    assert [count["dead_letters"] for count in counts] == [0, 0, 0, 0]
    assert len(stage.dead_letters.letters) == 1


def test_so_is_data_that_is_no_record() -> None:
    stage = Stage()
    unread = stage.lambda_record("user:u3", b"\xff not ours")

    counts = [stage.deliver(unread, stage.record(event("View Item"))) for _ in range(4)]

    assert [count["dead_letters"] for count in counts] == [1, 0, 0, 0]
    assert len(stage.dead_letters.letters) == 1


def test_a_dead_letter_that_cannot_be_noted_is_written_again_and_never_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    stage.faults.down = {"tries"}
    records = [stage.record(event(POISON, user="new")), stage.lambda_record("user:u3", b"\xff not ours")]

    for _ in range(2):
        stage.deliver(*records)

    assert len(stage.dead_letters.letters) == 4


@pytest.mark.parametrize("poisoning", [*REFUSED, *RAISING])
def test_a_dead_letter_replayed_after_the_reason_is_mended_ends_as_if_nothing_had_been(
    poisoning: Poisoning,
) -> None:
    stage = Stage(SHOP)
    with pytest.MonkeyPatch.context() as broken:
        poisoning(stage, broken)
        records = [
            stage.record(event("View Item")),
            stage.record(event(POISON, properties=BULKY), purchase()),
            stage.record(event("Search")),
        ]
        delivered_until_done(stage, records)
        stage.profiles.__dict__.pop("save", None)
    stage.profiles.refusing = stage.bus.item_faults.refusing = stage.timeline.item_faults.refusing = None

    replayed = [replay(stage, letter) for letter in stage.dead_letters.letters]
    for _ in range(2):  # an operator sends it twice: the same
        stage.deliver(*replayed)

    assert [stage.counted("user:u1", name) for name in (POISON, "Complete Purchase", "Search")] == [1, 1, 1]
    assert {name: rows(stage, name) for name in (POISON, "Complete Purchase", "Search")} == {
        POISON: 1,
        "Complete Purchase": 1,
        "Search": 1,
    }
    assert len(stage.bus.requests) == 1
    seen = [one.name for one in stage.timeline_of("user:u1", 100) if one.type == "track"]
    assert sorted(seen) == [POISON, "Complete Purchase", "Search", "View Item"]


def test_refused_events_that_their_table_does_not_take_hold_up_nobody_and_are_kept_when_replayed() -> None:
    stage = Stage()
    stage.deliver(stage.record(identify(email="ann@shop.example")))
    stage.rejected.item_faults.refusing = lambda _: True
    evil = stage.record(identify(email="eve@evil.example"), event("View Item"), trust="browser")
    records = [evil, stage.record(event("Search")), stage.record(event("Search", user="u2"))]

    assert delivered_until_done(stage, records) == MOST_TRIES
    assert [stage.counted(f"user:{user}", "Search") for user in ("u1", "u2")] == [1, 1]

    stage.rejected.item_faults.refusing = None
    [letter] = stage.dead_letters.letters
    stage.deliver(replay(stage, letter))
    assert [one.name for one in stage.rejected.latest(10, NOON - minutes(1))] == ["identify"]
    assert (stage.counted("user:u1", "View Item"), rows(stage, "View Item")) == (1, 1)


def test_an_error_that_a_port_should_not_raise_counts_as_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    save = stage.profiles.save

    def broken(changes: Changes, *, at: Any) -> None:
        if has_poison(changes):
            raise ZeroDivisionError
        save(changes, at=at)

    monkeypatch.setattr(stage.profiles, "save", broken)
    assert delivered_until_done(stage, with_poison(stage)) == MOST_TRIES
    assert counted(stage) == ALL_COUNTED


def test_every_record_that_is_put_aside_leaves_one_line_with_its_reason_and_nothing_of_its_person(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    folding_it_raises(stage, monkeypatch)
    unread = stage.lambda_record("user:ana@shop.example", b"ana@shop.example is not ours")
    failing = stage.record(event(POISON, user="ana@shop.example"))

    stage.deliver(unread, failing, stage.record(event("Search", user="u2")))

    lines = {line.sequence: line for line in caplog.records}  # type: ignore[attr-defined]
    assert len(caplog.records) == len(stage.dead_letters.letters) == 2
    assert (
        lines[unread["kinesis"]["sequenceNumber"]].getMessage() == "a record cannot be read and is put aside"
    )
    assert lines[unread["kinesis"]["sequenceNumber"]].error == "JSONDecodeError"  # type: ignore[attr-defined]
    assert {line.error for line in lines.values()} == {"JSONDecodeError", "ZeroDivisionError"}  # type: ignore[attr-defined]
    assert "shop.example" not in str([vars(line) for line in caplog.records])
