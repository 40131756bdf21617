"""Recent events stay in the item of their profile while that costs nothing, and fill a chunk of the timeline when they
do not fit: wherever they are, each is shown once, and none is lost."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.process.batch import PeopleNotSaved
from functions.process.people import recent as recents
from shared.fold.formats import envelope
from shared.people import timeline, timeline_rows
from shared.people.item_size import item_bytes, units
from shared.people.recent_events import sections
from shared.people.timeline import unpacked
from shared.people.timeline_rows import packed
from shared.stored.timelines import latest
from simulation.ports.faults import Died
from tests.fakes.process_stage import BULKY, NOON, LambdaRecord, Stage, event, identify, minutes


def noise(length: int, seed: int = 0) -> dict[str, str]:
    return {"text": "".join(random.Random(seed).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))}


def shown(stage: Stage, person: str = "user:u1") -> list[str]:
    return [one.id for one in stage.timeline_of(person, 10_000) if one.type != "system"]


def in_chunks(stage: Stage) -> list[str]:
    return [one.id for chunk in stage.timeline.chunks.values() for one in unpacked(chunk.data)]


def in_item(stage: Stage, person: str = "user:u1") -> list[str]:
    return [
        row.id
        for one in sections(stage.profiles.person(person))
        if not one.announced_with
        for row in one.rows
    ]


def one_by_one(stage: Stage, count: int, length: int = 100) -> list[str]:
    for number in range(count):
        stage.deliver(stage.record(event("View Item", id=str(number), properties=noise(length, number))))
    return [str(number) for number in range(count)]


def test_a_small_event_stays_in_the_item_and_is_shown() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="1")))
    assert stage.timeline.chunks == {}
    assert "1" in in_item(stage)
    assert shown(stage) == ["1"]


def test_events_are_shown_once_and_in_order_whether_they_are_in_the_item_or_in_a_chunk() -> None:
    stage = Stage()
    ids = one_by_one(stage, 40)
    assert shown(stage) == ids
    assert 1 < len(stage.timeline.chunks) <= 20
    assert len(set(in_chunks(stage))) == len(in_chunks(stage))
    assert 0 < len(in_item(stage)) < 20


def test_an_item_costs_no_write_unit_more_because_events_stay_in_it() -> None:
    stage = Stage()
    taken: list[tuple[int, int]] = []

    def watched(person: Any, *args: Any) -> recents.Settled:
        made = recents.settled(person, *args)
        kept = sum(len(one.stored) for one in sections(made.person) if not one.announced_with)
        if kept:
            taken.append((units(made.size), units(made.size - kept - recents.SLICE)))
        return made

    stage.process = replace(stage.process, settle=watched)
    one_by_one(stage, 60)
    assert len(taken) > 20
    assert all(with_events == without for with_events, without in taken)


def test_an_event_that_no_item_has_room_for_goes_into_a_chunk_with_those_before_it() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="1")))
    stage.deliver(stage.record(event("View Item", id="2", properties=BULKY)))
    assert {"1", "2"} <= set(in_chunks(stage))
    assert in_item(stage) == []
    stage.deliver(stage.record(event("View Item", id="3")))
    assert [section.announced_with for section in sections(stage.profiles.person("user:u1"))] == [b""]
    assert shown(stage) == ["1", "2", "3"]


def test_a_chunk_is_packed_once_to_decide_what_stays_and_to_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="1")))
    with monkeypatch.context() as again:
        again.setattr(timeline, "packed", lambda _: pytest.fail("it was packed when it was saved"))
        stage.deliver(stage.record(event("View Item", id="2", properties=BULKY)))
    [chunk] = stage.timeline.chunks.values()
    assert chunk.data == packed(timeline_rows.unpacked(chunk.data))
    assert {"1", "2"} <= set(in_chunks(stage))


def test_what_leaves_stays_in_the_item_until_its_chunk_is_written() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="1")))
    record = stage.record(event("View Item", id="2", properties=BULKY))
    for _ in range(3):
        stage.timeline.item_faults.planned.append("all")
        with pytest.raises(PeopleNotSaved):
            stage.deliver(record)
        stage.restart()
        assert shown(stage) == ["1"]
    stage.deliver(record)
    assert shown(stage) == ["1", "2"]


def test_what_was_never_saved_stands_in_no_chunk() -> None:
    """Somebody else was quicker, and began the session: the second fold decides otherwise."""
    stage = Stage()
    slow = stage.record(event("View Item", id="1", properties=BULKY))
    quick = stage.record(event("Search", id="2", anonymous="a1"), key="anonymous:a1")
    stage.profiles.before_save = lambda _: stage.deliver(quick)
    stage.deliver(slow)
    names = [one.name for one in stage.timelines()]
    assert names.count("Session Started") == 1
    assert names.count("View Item") == names.count("Search") == 1


def test_two_people_who_become_one_keep_the_recent_events_of_both() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="1", user=None, anonymous="a1")))
    stage.deliver(stage.record(event("View Item", id="2", at=NOON + minutes(1))))
    stage.deliver(stage.record(event("View Item", id="3", at=NOON + minutes(2), anonymous="a1")))
    assert stage.profiles.person("anonymous:a1").key == "user:u1"
    assert shown(stage) == shown(stage, "anonymous:a1") == ["1", "2", "3"]
    stage.deliver(stage.record(event("View Item", id="4", at=NOON + minutes(3), properties=BULKY)))
    stage.deliver(stage.record(event("View Item", id="5", at=NOON + minutes(4))))
    assert shown(stage) == ["1", "2", "3", "4", "5"]


def test_a_record_put_aside_takes_no_events_of_before_with_it() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="1")))
    stage.timeline.item_faults.refusing = lambda chunk: any(
        one.name == "Poison" for one in unpacked(chunk.data)
    )
    record = stage.record(event("Poison", id="2", properties=BULKY))
    for _ in range(5):
        try:
            stage.deliver(record)
            break
        except PeopleNotSaved:
            stage.restart()
    assert len(stage.dead_letters.letters) == 1
    stage.deliver(stage.record(event("View Item", id="3")))
    assert shown(stage) == ["1", "3"]


@pytest.mark.parametrize("properties", [{}, BULKY])
def test_a_version_that_knows_nothing_of_recent_events_loses_none(
    properties: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that were about to leave: it drops the entry of the outbox that they were announced with."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="1")))
    stage.deliver(stage.record(event("View Item", id="2", properties=properties)))
    stage.timeline.chunks.clear()  # had it died before the chunk was written
    with monkeypatch.context() as older:
        older.setattr(envelope, "RECENT", "#unknown to it")
        unaware = replace(stage.process, settle=lambda person, *_: recents.Settled(person, b""))
        older.setattr(stage, "process", unaware)
        for number in (3, 4):
            stage.deliver(stage.record(event("View Item", id=str(number))))
        assert stage.profiles.person("user:u1").states.unread
    assert "1" in shown(stage)
    stage.deliver(stage.record(event("View Item", id="5")))
    assert {"1", "3", "4", "5"} <= set(shown(stage))


def test_events_are_shown_for_as_many_days_as_the_timeline_keeps_them() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="old")))
    stage.deliver(stage.record(event("View Item", id="new", at=NOON + timedelta(days=60))))
    person = stage.profiles.person("user:u1")

    def at(days: float) -> list[str]:
        events = latest(stage.timeline, person, [], 10, NOON + timedelta(days=days))
        return [one.id for one in events if one.type != "system"]

    assert at(89.99) == ["old", "new"]
    assert at(90) == at(149.99) == ["new"]
    assert at(150) == []
    stage.deliver(stage.record(event("View Item", id="3", at=NOON + timedelta(days=91))))
    assert "old" not in in_item(stage)  # and it is forgotten at the next save
    assert "new" in in_item(stage)


def test_events_in_a_chunk_are_shown_no_longer_than_each_is_kept() -> None:
    """It expires with the latest of them."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="old")))
    late = NOON + timedelta(days=60)
    stage.deliver(stage.record(event("View Item", id="new", at=late, properties=noise(800))))
    stage.deliver(stage.record(event("View Item", id="3", at=late)))
    assert {"old", "new"} <= set(in_chunks(stage))
    events = stage.timeline.read(["user:u1"], 10, at=NOON + timedelta(days=91))
    assert [one.id for one in events if one.type != "system"] == ["new"]


# However the records are cut into batches, whenever it dies, and whatever comes again

Step = tuple[str, int]


def records(stage: Stage, lengths: list[tuple[str, int]]) -> list[LambdaRecord]:
    """Records of somebody before and after they are known, and of somebody else."""
    made = []
    for number, (who, length) in enumerate(lengths):
        named = {"user": None, "anonymous": "a1"} if who == "a1" else {"user": who}
        at = NOON + minutes(number)
        if who == "joins":
            made.append(
                stage.record({**identify(user="u1", anonymous="a1", at=at), "id": str(number)}, at=at)
            )
        else:
            properties = noise(length, number)
            made.append(
                stage.record(event("View Item", id=str(number), properties=properties, at=at, **named), at=at)
            )
    return made


def everything(stage: Stage) -> list[tuple[str, str, str]]:
    events = sorted((one.source, one.name, one.id) for one in stage.timelines())
    assert len(set(events)) == len(events)
    return events


lives = st.lists(
    st.tuples(st.sampled_from(["u1", "a1", "u2", "joins"]), st.sampled_from([0, 30, 150, 400, 1_500])),
    min_size=1,
    max_size=9,
)


@given(lives, st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_cuts_and_wherever_it_dies_the_timelines_are_the_same(
    life: list[tuple[str, int]], data: st.DataObject
) -> None:
    calm = Stage()
    for record in records(calm, life):
        calm.deliver(record)
    rough = Stage()
    waiting = records(rough, life)
    while waiting:
        batch = waiting[: data.draw(st.integers(1, len(waiting)), label="batch")]
        rough.faults.calls, rough.faults.die_after = 0, data.draw(st.none() | st.integers(1, 6), label="dies")
        try:
            rough.deliver(*batch)
        except Died:
            rough.restart()
            continue
        again = data.draw(st.integers(0, len(batch)), label="comes again")
        waiting = waiting[len(batch) - again :] if data.draw(st.booleans()) else waiting[len(batch) :]
    assert everything(rough) == everything(calm)
    assert {key for key, _ in rough.profiles.snapshot().items()} == {*calm.profiles.snapshot()}


def test_the_size_of_an_item_is_reckoned_as_it_is_billed() -> None:
    from benchmarks.process import stage as metered
    from shared.fold.profile import Changes, Profile
    from simulation.aws.dynamodb import values as billed  # what prices are reckoned with
    from simulation.contents import PROFILES

    with metered() as (aws, process):
        for version in (0, 9, 99, 1_234):
            for due_at in (None, NOON):
                person = Profile(f"user:ü{version}{'due' if due_at else ''}", version, due_at=due_at)
                made = recents.Settled(person, b"state" * 7)
                changes = Changes((person,), states={person.key: made.state})
                read = {"pk": {"S": person.key}, "version": {"N": str(version)}}
                if version:
                    aws.put({PROFILES: [read]})
                process.profiles.save(changes, at=NOON - timedelta(days=1))
                item = aws.account.dynamodb[PROFILES].get(person.key)
                assert item is not None
                assert item_bytes(person, len(made.state)) == made.size == billed.item_bytes(item)
