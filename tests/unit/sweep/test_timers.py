"""The sweep: who is due gets a timer, once, soon enough, and nobody is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.sweep import shard as sharding
from functions.sweep import sweep as sweeping
from functions.sweep.shard import PAGE, SETTLED
from functions.sweep.sweep import CLAIM, CROWD, PATIENCE, Round, Sweep
from shared import records
from shared.failures import VersionConflict
from shared.fold.effects import is_timer
from shared.fold.profile import Changes, Profile
from shared.people.due import SHARDS, instant, shard_of
from tests.fakes.due_profiles import FakeDueProfiles
from tests.fakes.faults import Died, Faults
from tests.fakes.process_stage import NOON, Stage, event
from tests.fakes.profiles import FakeProfiles
from tests.fakes.stream import FakeStream

MINUTE = timedelta(minutes=1)
LATER = NOON + 30 * MINUTE
"""When the sessions of whoever was seen at noon are over."""


class Ticks:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Swept:
    """A sweep on fakes, and a process stage that takes its timers from the stream when it is told to."""

    def __init__(self, stage: Stage | None = None, *, per_second: int = 2_400, at_once: int = 1) -> None:
        self.stage = stage or Stage()
        self.faults = Faults()
        self.due = FakeDueProfiles(self.stage.profiles, self.faults)
        self.stream = FakeStream(self.faults)
        self.ticks = Ticks()
        self.sweep = Sweep(self.due, self.stream, per_second, self.ticks, self.ticks.sleep, at_once)
        self.delivered = 0

    def round(self, at: timedelta) -> Round:
        """One round, so long after noon."""
        done = self.sweep.round(NOON + at)
        assert done is not None
        return done

    def deliver(self, at: timedelta, most: int | None = None) -> None:
        """`process` gets the next timers on the stream."""
        waiting = self.stream.entries[self.delivered :][:most]
        self.delivered += len(waiting)
        for start in range(0, len(waiting), 1_000):
            batch = waiting[start : start + 1_000]
            self.stage.deliver(*(self.stage.lambda_record(*entry, NOON + at) for entry in batch))

    def crowd(self, people: int, due: timedelta, *, every: timedelta = timedelta()) -> set[str]:
        """People who are due at one instant, or one after another. They were saved long before."""
        keys = [f"user:{number}" for number in range(people)]
        for number, key in enumerate(keys):
            profile = Profile(key, due_at=NOON + due + number * every)
            self.stage.profiles.save(Changes((profile,)), at=NOON - timedelta(days=1))
        return set(keys)

    def wake(self, *keys: str) -> None:
        """What `process` does with a timer in the end, at no cost."""
        for key in keys:
            person = self.stage.profiles.person(key)
            self.stage.profiles.save(Changes((replace(person, due_at=None),)), at=NOON)

    @property
    def sent(self) -> list[str]:
        return [entry.key for entry in self.stream.entries]


@pytest.fixture
def swept() -> Swept:
    stage = Stage()
    stage.deliver(
        stage.record(event("View Item")),
        stage.record(event("View Item", user=None, anonymous="a1")),
    )
    return Swept(stage)


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
        seen = replace(session.current, id=f"s{number}", last_at=NOON + number * timedelta(milliseconds=1))
        states = somebody.states.having(sessions=replace(session, current=seen))
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


@pytest.mark.parametrize(("length", "timers"), [(255, 1), (256, 1), (257, 0)])
def test_a_key_that_no_record_can_have_holds_up_nobody(length: int, timers: int) -> None:
    swept = Swept()
    key = "user:" + "x" * (length - 5)
    for name in (key, *(f"user:{n}" for n in range(50))):
        swept.stage.profiles.save(Changes((Profile(name, due_at=LATER),)), at=NOON)
    done = swept.round(31 * MINUTE)
    assert (done.timers, done.unsendable) == (50 + timers, 1 - timers)
    assert done.behind == timedelta()


def test_a_round_does_nothing_while_another_one_is_at_work() -> None:
    swept = Swept()
    swept.crowd(10, 30 * MINUTE)
    swept.due.claim(LATER, LATER + CLAIM, NOON)
    assert swept.sweep.round(LATER + CLAIM - timedelta(seconds=1)) is None
    assert swept.sent == []
    assert swept.round(30 * MINUTE + CLAIM).timers == 10


def test_a_round_that_was_taken_for_dead_keeps_nothing() -> None:
    swept = Swept()
    claimed = swept.due.claim(LATER, LATER + CLAIM, NOON)
    assert claimed is not None
    swept.round(30 * MINUTE + CLAIM)
    with pytest.raises(VersionConflict):
        swept.due.save(claimed, None)


@pytest.mark.parametrize("call", range(1, 90))
def test_a_round_that_dies_is_gone_on_with(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After any call to the outside: at most the page it was at is sent again."""
    monkeypatch.setattr(sharding, "PAGE", 5)
    swept = Swept()
    crowd = swept.crowd(90, 30 * MINUTE)
    swept.faults.die_after = call
    try:
        swept.round(31 * MINUTE)
    except Died:
        swept.round(31 * MINUTE + CLAIM)
    assert set(swept.sent) == crowd
    assert len(swept.sent) <= len(crowd) + 5


def test_after_a_long_pause_the_rounds_catch_up(swept: Swept) -> None:
    swept.round(-120 * MINUTE)
    rounds = [swept.round(20 * 60 * MINUTE + n * MINUTE) for n in range(24)]
    assert [done.timers for done in rounds[:3]] == [0, 0, 2]
    assert rounds[0].behind == 21 * 60 * MINUTE
    assert rounds[23].behind == timedelta()
    assert len(swept.sent) == 2


def test_the_first_round_of_a_stack_looks_back() -> None:
    swept = Swept()
    swept.crowd(2, 25 * MINUTE)
    assert swept.round(30 * MINUTE).timers == 2


def test_an_ordinary_round_keeps_its_place_once() -> None:
    swept = Swept()
    swept.round(30 * MINUTE)
    swept.faults.made.clear()
    swept.round(31 * MINUTE)
    assert swept.faults.made.count("due.save") == 1
    assert swept.faults.made.count("due.due") <= 2 * SHARDS


@settings(max_examples=100, deadline=None)
@given(
    people=st.lists(
        st.tuples(
            st.integers(0, 600).map(lambda n: timedelta(seconds=n)),  # when process looked at the clock
            st.integers(0, 120).map(lambda n: timedelta(seconds=n)),  # how long its save took
            st.integers(-60, 300).map(lambda n: timedelta(seconds=n)),  # when they are due, from then on
        ),
        max_size=12,
    ),
    between=st.lists(st.integers(5, 130).map(lambda n: timedelta(seconds=n)), min_size=1, max_size=8),
    lag=st.integers(0, 170).map(lambda n: timedelta(seconds=n)),
)
def test_whenever_people_are_saved_and_rounds_come_everybody_is_sent_one_timer_in_time(
    people: list[tuple[timedelta, timedelta, timedelta]], between: list[timedelta], lag: timedelta
) -> None:
    swept = Swept()
    saves = sorted((looked + took, number) for number, (looked, took, _) in enumerate(people))
    woken: set[str] = set()
    sent_at: dict[str, timedelta] = {}
    at, turn = timedelta(), 0
    while at < timedelta(minutes=25):
        for saved, number in [one for one in saves if one[0] <= at]:
            looked, _, due = people[number]
            person = Profile(f"user:{number}", due_at=NOON + looked + due)
            swept.stage.profiles.save(Changes((person,)), at=NOON + looked)
            saves.remove((saved, number))
        before = len(swept.sent)
        swept.round(at)
        for key in swept.sent[before:]:
            sent_at.setdefault(key, at)
        for key, sent in sent_at.items():
            if key not in woken and at >= sent + lag:
                swept.wake(key)
                woken.add(key)
        at += between[turn % len(between)]
        turn += 1

    widest = max(between)
    for number, (looked, took, due) in enumerate(people):
        person_due = max(looked + due, looked)
        assert sent_at[f"user:{number}"] >= looked + due
        assert sent_at[f"user:{number}"] <= max(person_due, looked + took) + SETTLED + MINUTE + 2 * widest
    if lag + 2 * widest < SETTLED:
        assert len(swept.sent) == len(people)
    assert len(swept.sent) <= 2 * len(people)


def test_places_are_in_the_order_of_time(swept: Swept) -> None:
    profiles = FakeProfiles()
    for number in range(40):
        due_at = NOON + timedelta(milliseconds=7 * (number % 5))
        profiles.save(Changes((Profile(f"user:{number}", due_at=due_at),)), at=NOON - MINUTE)
    for shard in range(SHARDS):
        instants = [instant(due.place) for due in profiles.due_in(shard)]
        assert instants == sorted(instants)
