"""Timeline chunks: one for a person's records of one batch; cut elsewhere they overlap, and nothing is seen twice."""

from __future__ import annotations

import pytest

from functions.process.announcing import packing
from functions.process.batch import PeopleNotSaved
from tests.fakes.process_stage import BULKY, Stage, event


def test_a_persons_records_of_one_batch_make_one_chunk() -> None:
    stage = Stage()
    stage.deliver(
        stage.record(event("View Item", id="1", properties=BULKY)),
        stage.record(event("View Item", id="2", user="u2", properties=BULKY)),
        stage.record(event("View Item", id="3")),
    )
    assert sorted(person for person, _ in stage.timeline.chunks) == ["user:u1", "user:u2"]
    assert seen(stage) == ["1", "3"]


def test_a_batch_that_comes_again_in_parts_shows_each_event_once() -> None:
    stage = Stage()
    records = [stage.record(event("View Item", id=str(number))) for number in range(4)]
    stage.deliver(*records)
    stage.deliver(*records[:1])
    stage.deliver(*records[1:])
    assert seen(stage) == ["0", "1", "2", "3"]


def test_records_too_large_for_one_chunk_make_several_and_none_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    records = [stage.record(event("View Item", id=str(number), properties=BULKY)) for number in range(5)]
    monkeypatch.setattr(packing, "CHUNK_BYTES", 2 * len(records[0]["kinesis"]["data"]) * 3 // 4)
    stage.deliver(*records)
    assert len(stage.timeline.chunks) == 3
    assert seen(stage) == ["0", "1", "2", "3", "4"]


def test_a_chunk_that_was_not_written_brings_each_of_its_records_again() -> None:
    stage = Stage()
    records = [stage.record(event("View Item", id=str(number), properties=BULKY)) for number in range(2)]
    stage.timeline.item_faults.planned.append("all")
    with pytest.raises(PeopleNotSaved, match="2 not announced"):
        stage.deliver(*records)
    stage.deliver(*records)
    assert seen(stage) == ["0", "1"]


def seen(stage: Stage) -> list[str]:
    return [one.id for one in stage.timeline_of("user:u1", 100) if one.type != "system"]
