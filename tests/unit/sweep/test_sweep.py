"""The sweep: who is due gets a timer, as often as need be, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from functions.sweep import sweep as sweeping
from functions.sweep.sweep import LOOK_BACK, Sweep, TimersNotSent
from shared import records
from shared.fold.effects import is_timer
from shared.ports import StreamEntry
from tests.fakes.process_stage import NOON, Stage, event

MINUTE = timedelta(minutes=1)


class DueInMemory:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.reached: datetime | None = None

    def due(self, since: datetime, until: datetime, limit: int) -> list[tuple[str, datetime]]:
        return self._stage.profiles.due(since, until, limit)

    def cursor(self) -> datetime | None:
        return self.reached

    def advance(self, cursor: datetime) -> None:
        self.reached = cursor


class StreamInMemory:
    def __init__(self) -> None:
        self.entries: list[StreamEntry] = []
        self.refusing = False

    def put(self, entries: Sequence[StreamEntry]) -> list[int]:
        if self.refusing:
            return list(range(len(entries)))
        self.entries += entries
        return []


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.deliver(
        stage.record(event("View Item")),
        stage.record(event("View Item", user=None, anonymous="a1")),
    )
    return stage


def test_who_is_known_only_by_an_address_is_woken_too() -> None:
    stage, stream, later = Stage(), StreamInMemory(), NOON + 30 * MINUTE
    stage.deliver(stage.record(event("View Item", user=None, other_ids={"email": "ana@shop.example"})))
    assert Sweep(DueInMemory(stage), stream).round(later) == 1
    stage.deliver(*(stage.lambda_record(entry.key, entry.data, later) for entry in stream.entries))
    assert stage.counted("email:ana@shop.example", "Session Concluded") == 1


def test_a_session_is_concluded_by_the_timer(stage: Stage) -> None:
    stream = StreamInMemory()
    later = NOON + 30 * MINUTE

    assert Sweep(DueInMemory(stage), stream).round(later) == 2
    stage.deliver(*(stage.lambda_record(entry.key, entry.data, later) for entry in stream.entries))

    assert stage.counted("user:u1", "Session Concluded") == 1
    assert stage.counted("anonymous:a1", "Session Concluded") == 1
    assert {row.event.name for row in stage.bus.rows.values()} == {
        "View Item",
        "Session Started",
        "Session Concluded",
    }


def test_a_timer_sent_twice_concludes_once(stage: Stage) -> None:
    stream, later = StreamInMemory(), NOON + 30 * MINUTE
    for _ in range(2):
        Sweep(DueInMemory(stage), stream).round(later)
    stage.deliver(*(stage.lambda_record(entry.key, entry.data, later) for entry in stream.entries))
    assert len(stream.entries) == 4
    assert stage.counted("user:u1", "Session Concluded") == 1


def test_timers_are_read_as_records(stage: Stage) -> None:
    stream = StreamInMemory()
    Sweep(DueInMemory(stage), stream).round(NOON + 31 * MINUTE)
    decoded = [records.decode(entry.data) for entry in stream.entries]
    assert [is_timer(record.events[0]) for record in decoded] == [True, True]
    assert sorted(record.events[0].identities[0] for record in decoded) == ["anonymous:a1", "user:u1"]


def test_nobody_is_due_before_their_time(stage: Stage) -> None:
    stream = StreamInMemory()
    assert Sweep(DueInMemory(stage), stream).round(NOON + 29 * MINUTE) == 0
    assert stream.entries == []


def test_the_cursor_stays_behind_the_clock_and_never_goes_back(stage: Stage) -> None:
    due, stream = DueInMemory(stage), StreamInMemory()
    Sweep(due, stream).round(NOON + 40 * MINUTE)
    assert due.reached == NOON + 40 * MINUTE - LOOK_BACK
    Sweep(due, stream).round(NOON + 39 * MINUTE)
    assert due.reached == NOON + 40 * MINUTE - LOOK_BACK


def test_timers_the_stream_did_not_take_are_sent_next_time(stage: Stage) -> None:
    due, stream = DueInMemory(stage), StreamInMemory()
    stream.refusing = True
    with pytest.raises(TimersNotSent):
        Sweep(due, stream).round(NOON + 31 * MINUTE)
    assert due.reached is None
    stream.refusing = False
    assert Sweep(due, stream).round(NOON + 32 * MINUTE) == 2


def test_a_crowd_is_woken_over_several_rounds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "MOST_TIMERS", 1)
    due, stream = DueInMemory(stage), StreamInMemory()
    woken: set[str] = set()
    for _ in range(3):
        sent = len(stream.entries)
        Sweep(due, stream).round(NOON + 35 * MINUTE)
        fresh = stream.entries[sent:]
        stage.deliver(*(stage.lambda_record(entry.key, entry.data, NOON + 35 * MINUTE) for entry in fresh))
        woken |= {entry.key for entry in fresh}
    assert woken == {"user:u1", "anonymous:a1"}


def test_after_a_long_pause_the_rounds_catch_up(stage: Stage) -> None:
    due, stream = DueInMemory(stage), StreamInMemory()
    due.reached = NOON - timedelta(hours=2)
    morning_after = NOON + timedelta(hours=20)
    rounds = [Sweep(due, stream).round(morning_after) for _ in range(24)]
    assert sum(rounds[:2]) == 0
    assert rounds[2] == 2
    assert due.reached == morning_after - LOOK_BACK
