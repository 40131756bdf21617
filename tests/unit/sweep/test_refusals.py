"""Timers that the stream does not take, and shards that are throttled, hold up nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.fold.profile import Changes, Profile
from shared.people.due import SHARDS, shard_of
from tests.fakes.process_stage import NOON
from tests.unit.sweep.swept import LATER, MINUTE, Swept


def test_a_shard_that_is_throttled_stops_no_other_and_is_gone_on_with() -> None:
    swept = Swept()
    crowd = swept.crowd(100, 30 * MINUTE)
    swept.due.throttled = {3}
    done = swept.round(31 * MINUTE)
    assert done.failed == (3,)
    assert set(swept.sent) == {key for key in crowd if shard_of(key) != 3}
    assert done.behind > MINUTE
    swept.due.throttled = set()
    assert not swept.round(32 * MINUTE).failed
    assert sorted(swept.sent) == sorted(crowd)


def test_timers_the_stream_did_not_take_are_sent_again_and_no_others() -> None:
    swept = Swept()
    swept.crowd(100, 30 * MINUTE)
    swept.stream.item_faults.planned.extend([[0, 2], [1], [0]])
    assert swept.round(31 * MINUTE).timers == 100
    assert len(swept.sent) == len(set(swept.sent)) == 100


def test_a_stream_that_takes_nothing_is_left_alone_until_the_next_round() -> None:
    swept = Swept()
    crowd = swept.crowd(100, 30 * MINUTE)
    swept.stream.item_faults.planned.extend(["all"] * 24)
    assert swept.round(31 * MINUTE).failed == tuple(range(SHARDS))
    assert swept.sent == []
    assert swept.round(32 * MINUTE).timers == 100
    assert set(swept.sent) == crowd


HOT = "user:7"
"""Whoever's timers go to a shard of the stream that has no room."""


@pytest.mark.parametrize("minutes", [0, 1, 9])
def test_a_shard_of_the_stream_that_has_no_room_keeps_nobody_else_waiting(minutes: int) -> None:
    """Whose page it would stop, whoever falls due later, and whoever came into the index behind the rounds."""
    swept = Swept(at_once=SHARDS)
    crowd = swept.crowd(6_000, 30 * MINUTE)
    swept.stream.item_faults.throttling = lambda entry: entry.key.startswith(HOT)
    hot = {key for key in crowd if key.startswith(HOT)}

    stuck = {shard_of(key) for key in hot}
    assert set(swept.round(31 * MINUTE).failed) == stuck, "it is said"
    assert set(swept.sent) == crowd - hot
    swept.wake(*swept.sent)
    for minute in range(32, 32 + minutes):
        late = f"user:late {minute}"
        swept.stage.profiles.save(Changes((Profile(late, due_at=NOON + minute * MINUTE),)), at=NOON)
        done = swept.round(minute * MINUTE + MINUTE / 2)
        assert late in swept.sent
        assert minute < 36 or set(done.failed) == stuck, "it is said as long as it lasts"
        swept.wake(late)

    swept.stream.item_faults.throttling = None
    for minute in range(45, 50):
        swept.round(minute * MINUTE)
    assert hot <= set(swept.sent)


@pytest.mark.parametrize(("length", "timers"), [(255, 1), (256, 1), (257, 0)])
def test_a_key_that_no_record_can_have_holds_up_nobody(length: int, timers: int) -> None:
    swept = Swept()
    key = "user:" + "x" * (length - 5)
    for name in (key, *(f"user:{n}" for n in range(50))):
        swept.stage.profiles.save(Changes((Profile(name, due_at=LATER),)), at=NOON)
    done = swept.round(31 * MINUTE)
    assert (done.timers, done.unsendable) == (50 + timers, 1 - timers)
    assert done.behind == timedelta()
