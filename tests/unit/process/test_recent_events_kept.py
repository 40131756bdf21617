"""Recent events outlive what else happens to the record that they are to leave with: it is put aside, its end cannot be
noted, its id was another event's before; and they never become more than the function's memory."""

from __future__ import annotations

import base64
import random
from datetime import timedelta
from typing import Any

import pytest

from functions.process.batch import PeopleNotSaved
from functions.process.people.recent import MOST_WRITTEN
from shared.failures import VersionConflict
from shared.people.recent_events import sections
from shared.people.timeline import Chunk, unpacked
from shared.people.timeline_rows import written
from shared.stored.timelines import latest
from shared.workspace.model import Settings, Workspace
from tests.fakes.process_stage import BULKY, NOON, LambdaRecord, Stage, event, identify


def noise(length: int, seed: int = 0) -> dict[str, str]:
    return {"text": "".join(random.Random(seed).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))}


def shown(stage: Stage) -> list[str]:
    return [one.id for one in stage.timeline_of("user:u1") if one.type != "system"]


def refused(chunk: Chunk) -> bool:
    return any(one.name == "Poison" for one in unpacked(chunk.data))


def failing_twice(stage: Stage, *batch: LambdaRecord) -> None:
    """The third try puts aside what fails for its content."""
    for _ in range(2):
        with pytest.raises(PeopleNotSaved):
            stage.deliver(*batch)
        stage.restart()


def until_done(stage: Stage, *batch: LambdaRecord) -> None:
    for _ in range(4):
        try:
            stage.deliver(*batch)
        except PeopleNotSaved:
            stage.restart()
        else:
            return
    raise AssertionError("the batch never ends")


@pytest.mark.parametrize("fault", ["none", "throttled", "conflict"])
def test_events_stay_when_the_one_that_they_leave_with_is_put_aside(fault: str) -> None:
    """The save that lets go of it may fail: then its batch comes again."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="before")))
    stage.timeline.item_faults.refusing = refused
    poison = stage.record(event("Poison", id="poison", properties=BULKY))
    failing_twice(stage, poison)
    if fault == "throttled":
        stage.profiles.throttled.append("user:u1")
    if fault == "conflict":
        stage.profiles.before_save = _conflict

    until_done(stage, poison)
    stage.deliver(stage.record(event("View Item", id="after")))

    assert shown(stage) == ["before", "after"]


def test_events_stay_when_nobody_can_note_that_the_one_that_they_leave_with_was_put_aside() -> None:
    """The note is refused, and nobody waits for it: the next save takes what is in the outbox for announced."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="before")))
    stage.timeline.item_faults.refusing = refused
    poison = stage.record(event("Poison", id="poison", properties=BULKY))
    failing_twice(stage, poison)
    stage.profiles.refusing = lambda _: True

    until_done(stage, poison)
    stage.profiles.refusing = None
    stage.restart()
    stage.deliver(stage.record(event("View Item", id="after")))

    assert shown(stage) == ["before", "after"]


def test_events_stay_when_another_key_of_the_person_ends_what_was_put_aside() -> None:
    stage = Stage()
    stage.deliver(stage.record(identify(user="u1", anonymous="a1")))
    stage.deliver(stage.record(event("View Item", id="before")))
    stage.timeline.item_faults.refusing = refused
    poison = stage.record(event("Poison", id="poison", properties=BULKY))
    unsaid = stage.record(event("View Item", id="unsaid", properties=BULKY))
    by_another_key = stage.record(event("View Item", id="by-another-key", user=None, anonymous="a1"))
    failing_twice(stage, poison, unsaid)
    stage.profiles.before_save = _conflict
    stage.bus.item_faults.planned.append("all")

    until_done(stage, poison, unsaid, by_another_key)

    assert "before" in shown(stage)


@pytest.mark.parametrize("records", [1, 3])
def test_events_stay_when_what_they_were_to_leave_with_was_given_up_and_brought_back(records: int) -> None:
    """The stream goes on without a batch that was saved and never announced; a retry sends its records anew."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item", id="before")))
    bulky = [stage.record(event("View Item", id=f"bulky {n}", properties=BULKY)) for n in range(records)]
    stage.timeline.item_faults.planned.append("all")
    with pytest.raises(PeopleNotSaved):
        stage.deliver(*bulky)
    stage.restart()
    assert shown(stage) == ["before"]

    at = NOON + timedelta(hours=23)
    again = [stage.lambda_record("user:u1", base64.b64decode(one["kinesis"]["data"]), at) for one in bulky]
    for _ in range(2):
        counts = stage.deliver(*again)
        assert counts["duplicates"] == records
    stage.deliver(stage.record(event("View Item", id="after", properties=BULKY, at=at)))
    stage.deliver(stage.record(event("View Item", id="at last", at=at)))

    assert shown(stage) == ["before", "after", "at last"]
    assert not any(section.announced_with for section in sections(stage.profiles.person("user:u1")))


def test_an_id_that_comes_again_after_days_is_another_event() -> None:
    """Wherever the first one is: in the item or in a chunk."""
    for size in range(1_500, 3_600, 300):
        for between in range(1, 6):
            stage = Stage()
            stage.deliver(stage.record(event("Update Order", id="order", properties=noise(60, 1))))
            for number in range(between):
                later = event("View Item", id=str(number), properties=noise(80, number))
                stage.deliver(stage.record(later))
            stage.deliver(stage.record(event("View Item", id="last", at=NOON + timedelta(days=1.9))))
            again = noise(size, 3)
            stage.deliver(
                stage.record(event("Update Order", id="order", properties=again, at=NOON + timedelta(days=2)))
            )

            assert again in _stored(stage), (size, between)


def test_what_was_over_is_not_seen_again_when_the_timeline_is_kept_longer() -> None:
    workspace = Workspace(settings=Settings(timeline_days=30))
    stage = Stage(workspace)
    stage.deliver(stage.record(event("View Item", id="over")))
    longer = workspace.model_copy(update={"settings": Settings(timeline_days=90)})
    stage.workspaces.apply(longer, after=1, at=NOON, by="ops")
    stage.restart()
    at = NOON + timedelta(days=40)
    stage.deliver(stage.record(event("View Item", id="new", properties=BULKY, at=at)))

    found = latest(stage.timeline, stage.profiles.person("user:u1"), [], 100, at)
    assert [one.id for one in found if one.type != "system"] == ["new"]


def test_what_compresses_to_nothing_does_not_stay_in_the_item_without_end() -> None:
    """One event may join 50 people: together they must not become more than the function's memory."""
    stage = Stage()
    empty: dict[str, Any] = {"list": [{}] * 1_000}
    for number in range(40):
        stage.deliver(stage.record(event("View Item", id=str(number), properties=empty)))

    for one in sections(stage.profiles.person("user:u1")):
        assert len(written(one.rows)[0]) <= MOST_WRITTEN
    assert shown(stage) == [str(number) for number in range(40)]


def _conflict(_: object) -> None:
    raise VersionConflict("somebody else was quicker", ["user:u1"])


def _stored(stage: Stage) -> list[dict[str, Any]]:
    in_item = [row.properties for one in sections(stage.profiles.person("user:u1")) for row in one.rows]
    return [
        *in_item,
        *(one.properties for chunk in stage.timeline.chunks.values() for one in unpacked(chunk.data)),
    ]
