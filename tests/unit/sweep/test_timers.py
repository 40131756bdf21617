"""The sweep: who is due gets a timer, once, soon enough, and nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.sweep.shard import SETTLED
from shared import records
from shared.fold.effects import is_timer
from shared.fold.profile import Changes, Profile
from tests.fakes.process_stage import NOON, event
from tests.unit.sweep.swept import LATER, MINUTE, Swept


def test_who_is_known_only_by_an_address_is_woken_too() -> None:
    swept = Swept()
    swept.stage.deliver(
        swept.stage.record(event("View Item", user=None, other_ids={"email": "ana@shop.example"}))
    )
    assert swept.round(30 * MINUTE).timers == 1
    swept.deliver(30 * MINUTE)
    assert swept.stage.counted("email:ana@shop.example", "Session Concluded") == 1


def test_a_session_is_concluded_by_the_timer(swept: Swept) -> None:
    assert swept.round(30 * MINUTE).timers == 2
    swept.deliver(30 * MINUTE)

    assert swept.stage.counted("user:u1", "Session Concluded") == 1
    assert swept.stage.counted("anonymous:a1", "Session Concluded") == 1
    assert {row.event.name for row in swept.stage.bus.rows.values()} == {
        "View Item",
        "Session Started",
        "Session Concluded",
    }


def test_a_timer_sent_twice_concludes_once(swept: Swept) -> None:
    swept.round(30 * MINUTE)
    swept.due.progress = None
    swept.round(31 * MINUTE)
    assert len(swept.sent) == 4
    swept.deliver(31 * MINUTE)
    assert swept.stage.counted("user:u1", "Session Concluded") == 1


def test_timers_are_read_as_records(swept: Swept) -> None:
    swept.round(31 * MINUTE)
    decoded = [records.decode(entry.data) for entry in swept.stream.entries]
    assert [is_timer(record.events[0]) for record in decoded] == [True, True]
    assert sorted(record.events[0].identities[0] for record in decoded) == ["anonymous:a1", "user:u1"]


@pytest.mark.parametrize(
    ("at", "timers"),
    [
        (30 * MINUTE - timedelta(milliseconds=1), 0),
        (30 * MINUTE, 2),
        (30 * MINUTE + timedelta(milliseconds=1), 2),
    ],
)
def test_nobody_is_woken_before_their_time(swept: Swept, at: timedelta, timers: int) -> None:
    assert swept.round(at).timers == timers


def test_whoever_is_due_within_a_millisecond_is_sent_no_timer_that_comes_too_early() -> None:
    swept = Swept()
    swept.stage.profiles.save(
        Changes((Profile("user:u1", due_at=LATER + timedelta(microseconds=900)),)), at=NOON
    )
    assert swept.round(30 * MINUTE).timers == 0
    assert swept.round(30 * MINUTE + timedelta(milliseconds=1)).timers == 1


def test_who_was_sent_a_timer_is_sent_no_other_while_process_lags_a_minute() -> None:
    swept = Swept()
    crowd = swept.crowd(12_000, 30 * MINUTE)
    sent = []
    for minute in range(31, 38):
        sent.append(swept.round(minute * MINUTE).timers)
        if minute > 31:  # what the round of a minute ago sent
            swept.wake(*crowd)
            crowd = set()
    assert sent == [12_000, 0, 0, 0, 0, 0, 0]
    assert len(set(swept.sent)) == 12_000


@pytest.mark.parametrize("delay", [timedelta(), timedelta(seconds=119), SETTLED - timedelta(seconds=1)])
def test_who_comes_into_a_minute_that_has_passed_is_found(delay: timedelta) -> None:
    """`process` looked at the clock, then its save took so long."""
    swept, looked = Swept(), NOON + 30 * MINUTE
    rounds = [looked + n * timedelta(seconds=20) for n in range(30)]
    person = Profile("user:late", due_at=looked + timedelta(milliseconds=1))
    for at in rounds:
        if at >= looked + delay and not swept.stage.profiles.load(["user:late"]):
            swept.stage.profiles.save(Changes((person,)), at=looked)
        swept.sweep.round(at)
        if swept.sent:
            break
    assert swept.sent == ["user:late"]
    assert at <= looked + delay + SETTLED + 2 * MINUTE


def test_whose_timer_was_seen_before_the_time_had_come_is_sent_another_one(swept: Swept) -> None:
    """The stream's clock was slow: nothing was due, and the person stands where they stood."""
    swept.round(30 * MINUTE)
    swept.deliver(30 * MINUTE - timedelta(seconds=1))
    assert swept.stage.counted("user:u1", "Session Concluded") == 0
    for minute in range(31, 36):
        swept.round(minute * MINUTE)
        swept.deliver(minute * MINUTE)
    assert swept.stage.counted("user:u1", "Session Concluded") == 1
