"""Many people who are due at once: woken bit by bit, and waited for, but not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.sweep import sweep as sweeping
from functions.sweep.shard import PAGE
from functions.sweep.sweep import CROWD, PATIENCE, Round
from shared.fold.profile import Changes, Profile
from shared.people.due import SHARDS, shard_of
from tests.fakes.process_stage import NOON, Stage, event
from tests.unit.sweep.swept import MINUTE, Swept


def test_50_000_due_in_one_minute_are_woken_within_two_rounds_once_each_and_others_are_folded_meanwhile() -> (
    None
):
    """On a stream of one shard, the smallest there is: 700 timers a second."""
    stage = Stage()
    one = stage.record(event("View Item", user="u"))
    stage.deliver(one)
    somebody = stage.profiles.person("user:u")
    session = somebody.states.sessions
    assert session.current is not None
    swept = Swept(stage, per_second=700, at_once=SHARDS)
    for number in range(50_000):  # as if each had been seen once, within the same minute
        seen = session.current._replace(id=f"s{number}", last_at=NOON + number * timedelta(milliseconds=1))
        states = somebody.states.having(sessions=session._replace(current=seen))
        person = Profile(f"user:{number}", states=states, due_at=seen.last_at + 30 * MINUTE, created_at=NOON)
        stage.profiles.save(Changes((person,)), at=NOON)

    for minute in (31, 32):
        swept.round(minute * MINUTE)
        now = NOON + minute * MINUTE
        others = [event("View Item", user=f"other{minute}-{n}", at=now) for n in range(100)]
        stage.deliver(*(stage.record(one, at=now) for one in others))
        swept.deliver(minute * MINUTE + timedelta(seconds=45))

    assert len(swept.sent) == len(set(swept.sent)) == 50_001
    concluded = [
        row.event.user_id for row in stage.bus.rows.values() if row.event.name == "Session Concluded"
    ]
    assert len(concluded) == len(set(concluded)) == 50_001
    assert stage.counted("user:other31-7", "View Item") == stage.counted("user:other32-7", "View Item") == 1
    assert swept.round(33 * MINUTE) == Round()


def test_a_crowd_due_at_one_instant_is_gone_through_bit_by_bit() -> None:
    swept = Swept(per_second=100)
    crowd = swept.crowd(9_000, 30 * MINUTE)
    for minute in (31, 32, 33):
        swept.round(minute * MINUTE)
        swept.wake(*(crowd & set(swept.sent)))
        crowd -= set(swept.sent)
    assert len(swept.sent) == len(set(swept.sent)) == 9_000


def test_timers_leave_room_on_the_stream_and_the_round_ends_before_the_function_does() -> None:
    swept = Swept(per_second=100)
    swept.crowd(9_000, 30 * MINUTE)
    swept.round(31 * MINUTE)
    assert len(swept.sent) == pytest.approx(4_000, abs=PAGE)
    assert swept.ticks.now <= sweeping.SENDING_SECONDS
    assert swept.sweep.round(NOON + 32 * MINUTE) is not None


def test_a_lagging_stream_gets_no_further_crowd() -> None:
    swept = Swept()
    first = swept.crowd(CROWD, 30 * MINUTE)
    assert swept.round(31 * MINUTE).timers == CROWD
    late = Profile("user:late", due_at=NOON + 32 * MINUTE)
    swept.stage.profiles.save(Changes((late,)), at=NOON)
    for minute in (32, 33):
        assert swept.round(minute * MINUTE) == Round(0, 0, (minute - 31) * MINUTE, paused=True)
    swept.wake(*first)
    assert swept.round(34 * MINUTE) == Round(timers=1)


def test_a_crowd_that_is_half_woken_is_waited_for_no_longer() -> None:
    swept = Swept()
    crowd = swept.crowd(CROWD, 30 * MINUTE)
    swept.round(31 * MINUTE)
    swept.wake(*(key for key in crowd if shard_of(key) < SHARDS / 2))
    assert not swept.round(32 * MINUTE).paused


def test_fewer_timers_than_a_crowd_are_waited_for_by_nobody() -> None:
    swept = Swept()
    swept.crowd(CROWD - 1, 30 * MINUTE)
    swept.round(31 * MINUTE)
    assert not swept.round(32 * MINUTE).paused


def test_a_crowd_whose_timers_cannot_be_folded_holds_up_nobody_for_ever() -> None:
    swept = Swept()
    swept.crowd(CROWD, 30 * MINUTE)
    swept.round(31 * MINUTE)
    swept.stage.profiles.save(Changes((Profile("user:late", due_at=NOON + 32 * MINUTE),)), at=NOON)
    assert swept.round(31 * MINUTE + PATIENCE).paused
    swept.round(31 * MINUTE + PATIENCE + MINUTE)
    assert "user:late" in swept.sent
    for minute in range(15):  # they stand there for ever, and were sent a timer twice
        swept.round(31 * MINUTE + PATIENCE + minute * MINUTE)
    assert swept.sent.count("user:0") == 2
