"""Faults on command: whatever fails or dies, after the batch is delivered again everything is there, once."""

from __future__ import annotations

import itertools

import pytest

from functions.process.arrivals import Arrival
from functions.process.batch import PeopleNotSaved
from functions.process.people.changes import People
from shared.fold.profile import Profile
from shared.workspace.model import Workspace
from simulation.ports.faults import Died
from tests.fakes import process_stage
from tests.fakes.process_stage import BULKY, NOON, LambdaRecord, Stage, event, identify, minutes
from tests.unit.process.test_twice_is_once import SHOP, purchase


def busy_batch(stage: Stage) -> list[LambdaRecord]:
    """Several people, joins, of an address too, a merge, a refusal, a duplicate, messages: all in one batch."""
    repeated = purchase()
    return [
        stage.record(event("View Item", user=None, anonymous="a1")),
        stage.record(identify(user="u1", anonymous="a1", email="ann@shop.example"), purchase(), repeated),
        stage.record(identify(user="u2", anonymous="a1", email="bo@shop.example")),
        stage.record(identify(user="u1", email="eve@evil.example"), trust="browser"),
        stage.record(repeated),
        stage.record(event("View Item", user="u3", properties=BULKY)),
        stage.record(event("alias", type="alias", user="u3", previous_id="u2")),
        stage.record(
            event("View Item", user="u4", at=NOON), event("View Item", user="u4", at=NOON + minutes(40))
        ),
        stage.record(
            purchase(
                user=None, other_ids={"email": "ann@shop.example"}, trait_changes={"increment": {"points": 5}}
            )
        ),
        stage.record(event("View Item", user="u1", other_ids={"email": "ann@shop.example"})),
    ]


def said(stage: Stage) -> tuple[object, ...]:
    """Everything that can be seen from outside, repetitions apart. What came of a record may be filed under the key its
    person had then or has now; both lead to the same person."""
    people = {
        key: (item.states, item.seen) if isinstance(item, Profile) else item.target
        for key, item in stage.profiles.snapshot().items()
    }
    return (
        people,
        {
            key: (request.event, stage.profiles.person(request.person).key)
            for key, request in stage.bus.requests.items()
        },
        {key: row.event for key, row in stage.bus.rows.items()},
        sorted(
            stage.timelines(),
            key=lambda event: (event.occurred_at, event.id),
        ),
        stage.rejected.requests,
    )


def undisturbed() -> Stage:
    stage = Stage(SHOP)
    stage.deliver(*busy_batch(stage))
    return stage


CALLS = undisturbed().faults.calls


@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_the_process_dying_after_any_call_loses_nothing_and_doubles_nothing(
    call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, stage = _two_equal_stages(monkeypatch)
    records = busy_batch(stage)
    stage.faults.die_after = call

    with pytest.raises(Died):
        stage.deliver(*records)
    stage.restart()
    stage.deliver(*records)

    assert said(stage) == expected


@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_dying_and_coming_back_in_smaller_batches_changes_nothing(
    call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, stage = _two_equal_stages(monkeypatch)
    records = busy_batch(stage)
    stage.faults.die_after = call

    with pytest.raises(Died):
        stage.deliver(*records)
    stage.restart()
    stage.deliver(*records[:4])
    stage.deliver(*records[4:])

    assert said(stage) == expected


def test_every_record_delivered_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected, stage = _two_equal_stages(monkeypatch)
    records = busy_batch(stage)

    stage.deliver(*(again for record in records for again in (record, record)))

    assert said(stage) == expected


def _two_equal_stages(monkeypatch: pytest.MonkeyPatch) -> tuple[object, Stage]:
    """What an undisturbed stage ends with, and a fresh one that is about to see the same ids and sequence numbers."""
    monkeypatch.setattr(process_stage, "_ids", itertools.count(1))
    expected = said(undisturbed())
    monkeypatch.setattr(process_stage, "_ids", itertools.count(1))
    return expected, Stage(SHOP)


def test_a_throttled_person_is_retried_and_the_others_are_done() -> None:
    stage = Stage(SHOP)
    stage.profiles.throttled = ["user:u1"]
    records = [stage.record(purchase()), stage.record(event("View Item", user="u2"))]

    with pytest.raises(PeopleNotSaved, match="1 records not saved"):
        stage.deliver(*records)
    assert stage.counted("user:u2", "View Item") == 1
    assert not stage.bus.requests  # nothing is said of what is not saved

    stage.deliver(*records)
    assert stage.counted("user:u1", "Complete Purchase") == 1
    assert stage.counted("user:u2", "View Item") == 1
    assert len(stage.bus.requests) == 1


def test_a_version_conflict_folds_again_on_what_the_other_writer_left() -> None:
    stage = Stage(SHOP)
    stage.deliver(stage.record(event("View Item", anonymous="a1")))
    other_shard = stage.record(event("Search", user=None, anonymous="a1"))
    stage.profiles.before_save = lambda _: stage.deliver(other_shard)

    stage.deliver(stage.record(purchase()))

    assert [stage.counted("user:u1", name) for name in ("View Item", "Search", "Complete Purchase")] == [
        1,
        1,
        1,
    ]
    assert len(stage.bus.requests) == 1


def test_conflicts_without_end_leave_the_batch_to_be_retried() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item")))

    def always(_: object) -> None:
        stage.profiles.touch("user:u1")
        stage.profiles.before_save = always

    stage.profiles.before_save = always
    record = stage.record(event("View Item"))
    with pytest.raises(PeopleNotSaved):
        stage.deliver(record)

    stage.profiles.before_save = None
    stage.deliver(record)
    assert stage.counted("user:u1", "View Item") == 2


@pytest.mark.parametrize("refused", [(0,), (1,), "all"])
def test_entries_the_bus_did_not_take_are_said_when_the_batch_comes_again(refused: object) -> None:
    stage = Stage(SHOP)
    records = [stage.record(purchase()), stage.record(purchase(user="u2"))]
    stage.bus.item_faults.planned.append(refused)  # type: ignore[arg-type]

    with pytest.raises(PeopleNotSaved, match="not announced"):
        stage.deliver(*records)
    stage.deliver(*records)

    assert len(stage.bus.requests) == 2
    assert {key[2] for key in stage.bus.rows} == {"Complete Purchase", "Session Started"}
    assert stage.counted("user:u1", "Complete Purchase") == 1


def test_a_timeline_chunk_or_a_refusal_that_was_not_written_is_written_next_time() -> None:
    stage = Stage()
    stage.deliver(stage.record(identify(email="ann@shop.example")))
    record = stage.record(
        event("View Item", properties=BULKY), identify(email="eve@evil.example"), trust="browser"
    )
    stage.timeline.item_faults.planned.append("all")

    with pytest.raises(PeopleNotSaved):
        stage.deliver(record)
    stage.rejected.item_faults.planned.append("all")
    stage.rejected.requests.clear()
    with pytest.raises(PeopleNotSaved):
        stage.deliver(record)
    stage.deliver(record)

    assert [item.name for item in stage.timeline_of("user:u1", 10)].count("View Item") == 1
    assert [item.name for item in stage.rejected.latest(10, NOON - minutes(1))] == ["identify"]


def test_a_record_that_is_not_ours_is_put_aside_and_its_neighbours_go_on() -> None:
    stage = Stage()

    stage.deliver(
        stage.lambda_record("user:u1", b"\xff not json"),
        stage.lambda_record("user:u1", b'{"events": [{"id": 1}]}'),
        stage.lambda_record("user:u1", b'{"events": [null]}'),
        stage.record(event("View Item")),
    )

    assert len(stage.dead_letters.letters) == 3
    assert stage.counted("user:u1", "View Item") == 1


def test_a_record_that_breaks_the_fold_is_put_aside_before_anything_is_saved_past_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    _breaking_on(monkeypatch, "Boom")
    records = [stage.record(event("View Item")), stage.record(event("Boom")), stage.record(event("Search"))]

    stage.deliver(*records)

    assert [stage.counted("user:u1", name) for name in ("View Item", "Boom", "Search")] == [1, 0, 1]
    assert len(stage.dead_letters.letters) == 1
    assert stage.faults.made.index("dead_letters.put") < stage.faults.made.index("profiles.save")


def test_a_record_put_aside_is_not_announced_when_its_batch_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    _breaking_on(monkeypatch, "Boom")
    records = [stage.record(event("Boom")), stage.record(event("Search"))]
    stage.bus.item_faults.planned.append("all")

    with pytest.raises(PeopleNotSaved):
        stage.deliver(*records)
    stage.deliver(*records)

    assert {key[2] for key in stage.bus.rows} == {"Search", "Session Started"}
    assert len(set(stage.dead_letters.letters)) == 1


def test_a_person_too_large_to_store_is_put_aside_and_the_others_go_on() -> None:
    stage = Stage()
    stage.profiles.too_large = {"user:u1"}

    stage.deliver(stage.record(event("View Item")), stage.record(event("View Item", user="u2")))

    assert stage.counted("user:u2", "View Item") == 1
    assert len(stage.dead_letters.letters) == 1
    assert {row.person for row in stage.bus.rows.values()} == {"user:u2"}


def test_nothing_is_saved_past_a_record_that_could_not_be_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    _breaking_on(monkeypatch, "Boom")
    stage.dead_letters.item_faults.planned.append("all")
    records = [stage.record(event("Boom")), stage.record(event("Search"))]

    with pytest.raises(PeopleNotSaved):
        stage.deliver(*records)
    assert "profiles.save" not in stage.faults.made

    stage.deliver(*records)
    assert stage.counted("user:u1", "Search") == 1


def test_records_of_a_newer_workspace_wait_until_the_store_has_it() -> None:
    stage = Stage(SHOP)
    record = stage.record(purchase(), workspace=2)

    with pytest.raises(PeopleNotSaved):
        stage.deliver(record, stage.record(event("View Item", user="u2"), workspace=1))
    assert stage.counted("user:u2", "View Item") == 1
    stage.workspaces.apply(SHOP, after=1, at=NOON, by="test")
    stage.deliver(record)

    assert stage.counted("user:u1", "Complete Purchase") == 1


def _breaking_on(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A bug in the fold that only records with this event meet."""
    fold = People.fold

    def broken(self: People, arrival: Arrival, workspace: Workspace) -> None:
        if any(event.name == name for event in arrival.events):
            raise ZeroDivisionError
        fold(self, arrival, workspace)

    monkeypatch.setattr(People, "fold", broken)
