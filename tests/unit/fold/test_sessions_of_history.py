"""Sessions of events that come long after they happened, alone and among live ones: by the time they happened, each
said once, whatever order they come in and however often the timer comes by.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.effects import HISTORY, TIMER_DUE
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.outbox import Derived
from shared.fold.parts.sessions import PROMPT
from shared.fold.parts.sessions.session import Session, Sessions
from shared.fold.profile import Profile
from shared.fold.state import States
from shared.workspace.model import Campaign, Settings, Workspace
from tests.fakes.folding import NOON, Person, did

IDLE, MINUTE, MOMENT = timedelta(minutes=30), timedelta(minutes=1), timedelta(microseconds=1)
LAST_YEAR = NOON - timedelta(days=365)
SOON = timedelta(seconds=1)


class Said(NamedTuple):
    """A session as its two events say it."""

    started: datetime
    last: datetime
    concluded: datetime
    events: int


class Visitor(Person):
    """Keeps all that is said of their sessions, and is woken whenever the timer is due."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        super().__init__(workspace)
        self.starts: dict[str, datetime] = {}
        self.sessions: list[Said] = []
        self.session_of: dict[str, str] = {}
        self.asked: list[str] = []

    def comes(self, event: Event, at: datetime) -> None:
        self.does(event, now=at)
        assert self.outcome is not None
        for _, session in self.outcome.decisions.sessions:
            if session is not None:
                self.session_of[event.id] = session
        self.asked += [request.campaign for request in self.outcome.decisions.requests]
        for derived in derived_by(self):
            session, properties = derived.properties["session_id"], derived.properties
            if derived.name == "Session Started":
                assert session not in self.starts
                self.starts[session] = derived.at
            else:
                started = datetime.fromisoformat(properties["started_at"])
                last = started + timedelta(seconds=properties["session_length"])
                self.sessions.append(Said(started, last, derived.at, properties["events"]))

    def wakes(self, at: datetime) -> None:
        """By the sweep, if anything is due by then."""
        if self.profile.due_at is not None and self.profile.due_at <= at:
            self.comes(did(TIMER_DUE, type="system", source="headrace", protocol="headrace", at=at), at)

    def finishes(self) -> None:
        for days in (30, 31, 32):
            self.wakes(NOON + timedelta(days=days))
        assert self.profile.due_at is None


def derived_by(person: Person) -> list[Derived]:
    """What followed from the last record."""
    assert person.outcome is not None
    return [derived for derived in person.outcome.decisions.derived if isinstance(derived, Derived)]


def by_gaps(moments: Sequence[datetime]) -> list[Said]:
    """Sessions as anybody would compute them who has all events."""
    groups: list[list[datetime]] = []
    for at in sorted(moments):
        if groups and at < groups[-1][-1] + IDLE:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [Said(group[0], group[-1], group[-1] + IDLE, len(group)) for group in groups]


def old(at: datetime, came: datetime, **fields: Any) -> Event:
    return did(at=at, received_at=came, **fields)


def test_a_single_old_event_is_a_session_at_its_own_time() -> None:
    ann = Visitor()
    ann.comes(old(LAST_YEAR, NOON), NOON)
    ann.finishes()
    assert list(ann.starts.values()) == [LAST_YEAR]
    assert ann.sessions == [Said(LAST_YEAR, LAST_YEAR, LAST_YEAR + IDLE, 1)]


def test_the_timer_between_two_records_of_an_import_cuts_no_session() -> None:
    ann = Visitor()
    for n in range(4):
        ann.comes(old(LAST_YEAR + n * 10 * MINUTE, NOON + n * MINUTE), NOON + n * MINUTE)
        ann.wakes(NOON + n * MINUTE + SOON)
    ann.finishes()
    assert ann.sessions == [Said(LAST_YEAR, LAST_YEAR + 30 * MINUTE, LAST_YEAR + 60 * MINUTE, 4)]


@pytest.mark.parametrize("pause", [IDLE - MOMENT, IDLE, IDLE + MOMENT])
def test_an_import_that_pauses_for_the_limit_ends_its_session(pause: timedelta) -> None:
    ann = Visitor()
    ann.comes(old(LAST_YEAR, NOON), NOON)
    ann.comes(old(LAST_YEAR + MINUTE, NOON + pause), NOON + pause)
    ann.finishes()
    assert len(ann.sessions) == (1 if pause < IDLE else 2)


@pytest.mark.parametrize(
    ("late", "waits"), [(PROMPT, False), (PROMPT + MOMENT, True), (timedelta(days=2), True)]
)
def test_only_for_an_event_that_came_late_the_timer_counts_from_its_arrival(
    late: timedelta, waits: bool
) -> None:
    ann = Visitor()
    ann.comes(old(NOON - late, NOON), NOON)
    assert ann.profile.due_at == (NOON if waits else NOON - late) + IDLE


def test_history_that_comes_among_live_events_has_sessions_beside_theirs() -> None:
    ann = Visitor()
    for n in range(3):
        came = NOON + n * 10 * MINUTE
        ann.comes(did(at=came), came)
        ann.comes(old(LAST_YEAR + n * 20 * MINUTE, came + SOON), came + SOON)
    current = ann.profile.states.sessions.current
    assert current is not None
    assert (current.started_at, current.events) == (NOON, 3)
    ann.finishes()
    history, live = sorted(ann.sessions)
    assert history == Said(LAST_YEAR, LAST_YEAR + 40 * MINUTE, LAST_YEAR + 70 * MINUTE, 3)
    assert live == Said(NOON, NOON + 20 * MINUTE, NOON + 50 * MINUTE, 3)


def test_history_in_the_wrong_order_opens_no_session_for_each_event() -> None:
    ann = Visitor()
    newest_first = [LAST_YEAR - n * timedelta(days=1) for n in range(50)]
    for n, at in enumerate(newest_first):
        came = NOON + n * 2 * IDLE  # the timer comes by after each of them
        ann.comes(old(at, came), came)
        ann.wakes(came + IDLE)
    ann.finishes()
    assert ann.sessions == by_gaps(newest_first[:1])
    assert len(ann.session_of) == 1


def test_history_imported_once_more_opens_no_session() -> None:
    ann = Visitor()
    for times in (NOON, NOON + timedelta(days=2)):
        for n in range(3):
            ann.comes(old(LAST_YEAR + n * timedelta(days=1), times), times)
        ann.wakes(times + timedelta(hours=1))
    ann.finishes()
    assert len(ann.sessions) == 3


@pytest.mark.parametrize("gap", [IDLE - SOON, IDLE])
def test_the_last_day_of_an_import_goes_on_with_the_session_it_belongs_to(gap: timedelta) -> None:
    before = NOON - HISTORY - SOON
    ann = Visitor()
    ann.comes(old(before, NOON), NOON)
    ann.comes(old(before + gap, NOON), NOON)
    ann.finishes()
    assert ann.sessions == by_gaps([before, before + gap])


@pytest.mark.parametrize("name", ["Session Started", "Session Concluded"])
def test_a_session_of_history_triggers_no_campaign(name: str) -> None:
    asks = Campaign(id="c1", name="c1", event=name, channel="email", template="t")
    ann = Visitor(Workspace(campaigns=(asks,)))
    for n in range(3):
        ann.comes(old(LAST_YEAR + n * timedelta(days=1), NOON), NOON)
    ann.finishes()
    assert len(ann.sessions) == 3
    assert ann.asked == []


@pytest.mark.parametrize("hours", [1, 24, 25, 48])
def test_the_end_of_a_live_session_triggers_its_campaign_however_long_the_limit_is(hours: int) -> None:
    """It ended at the limit, not at its last event."""
    asks = Campaign(id="c1", name="c1", event="Session Concluded", channel="email", template="t")
    ann = Visitor(
        Workspace(campaigns=(asks,), settings=Settings(session_idle_seconds=hours * 3600)),
    )
    ann.comes(did(), NOON)
    ann.wakes(NOON + timedelta(hours=hours))
    assert ann.asked == ["c1"]


def test_a_session_that_a_merge_ends_is_not_concluded_in_the_future() -> None:
    visitor = Visitor()
    visitor.profile = Profile("anonymous:a1")
    visitor.comes(did(user_id=None, anonymous_id="a1"), NOON)
    ann = Visitor()
    ann.comes(did(at=NOON + MINUTE), NOON + MINUTE)
    ann.does(
        did(at=NOON + 2 * MINUTE, anonymous_id="a1"),
        strangers={"anonymous:a1": visitor.profile},
        now=NOON + 2 * MINUTE,
    )
    ended = [derived.at for derived in derived_by(ann) if derived.name == "Session Concluded"]
    assert ended == [NOON + 2 * MINUTE]


def test_sessions_stored_by_an_older_version_go_on() -> None:
    running = Session("s1", NOON, NOON, 1)
    stored = encoded(Profile("user:u1", states=States(sessions=Sessions(current=running))))
    assert b"came_at" not in stored
    assert b"over_at" not in stored
    assert b"history" not in stored
    ann = Visitor()
    ann.profile = decoded("user:u1", stored, 1)
    ann.comes(did(at=NOON + MINUTE), NOON + MINUTE)
    assert ann.profile.states.sessions.current == Session("s1", NOON, NOON + MINUTE, 2)


minutes = st.lists(st.integers(0, 400), max_size=12)
pauses = st.lists(st.integers(0, 29), min_size=40, max_size=40)
"""Minutes between two arrivals, shorter than the limit."""
sweeps = st.lists(st.booleans(), min_size=40, max_size=40)


def imported(moments: Sequence[datetime], pauses: Sequence[int], sweeps: Sequence[bool]) -> Visitor:
    """A person whose old events come in this order, so many minutes apart, with a timer before some."""
    ann = Visitor()
    came = NOON
    for n, at in enumerate(moments):
        came += pauses[n] * MINUTE
        if sweeps[n]:
            ann.wakes(came)
        ann.comes(old(at, came), came)
    ann.finishes()
    return ann


@given(minutes, pauses, sweeps)
@settings(deadline=None)
def test_history_in_the_order_of_time_has_the_sessions_of_its_gaps(
    minutes: list[int], pauses: list[int], sweeps: list[bool]
) -> None:
    moments = [LAST_YEAR + minute * MINUTE for minute in sorted(minutes)]
    ann = imported(moments, pauses, sweeps)
    assert ann.sessions == by_gaps(moments)
    assert sorted(ann.starts.values()) == [session.started for session in ann.sessions]
    assert len(ann.session_of) == len(moments)


@given(minutes, minutes, pauses, sweeps)
@settings(deadline=None)
def test_history_and_live_events_leave_each_others_sessions_alone(
    minutes: list[int], live_minutes: list[int], pauses: list[int], sweeps: list[bool]
) -> None:
    history = [LAST_YEAR + minute * MINUTE for minute in sorted(minutes)]
    live = [NOON + minute * MINUTE for minute in sorted(live_minutes)]
    arrivals = [(NOON + came * MINUTE, at) for came, at in zip(accumulate(pauses), history, strict=False)]
    ann = Visitor()
    for n, (came, at) in enumerate(sorted([*arrivals, *zip(live, live, strict=True)])):
        if sweeps[n]:
            ann.wakes(came)
        ann.comes(old(at, came), came)
    ann.finishes()
    assert sorted(ann.sessions) == by_gaps(history) + by_gaps(live)


@given(minutes, st.randoms(use_true_random=False), pauses, sweeps)
@settings(deadline=None)
def test_in_any_order_sessions_are_said_in_the_order_of_time_and_never_overlap(
    minutes: list[int], random: object, pauses: list[int], sweeps: list[bool]
) -> None:
    moments = [LAST_YEAR + minute * MINUTE for minute in minutes]
    random.shuffle(moments)  # type: ignore[attr-defined]
    ann = imported(moments, [2 * pause for pause in pauses], sweeps)
    assert len(ann.sessions) == len(ann.starts)
    assert all(before.last < after.started for before, after in pairwise(ann.sessions))
    assert sum(session.events for session in ann.sessions) == len(ann.session_of)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3000)), max_size=10),
    st.lists(st.booleans(), min_size=10, max_size=10),
)
@settings(deadline=None)
def test_it_makes_no_difference_whether_the_timer_came_by(
    arrivals: list[tuple[int, int]], sweeps: list[bool]
) -> None:
    """Events that come in the course of some hours, up to two days after they happened."""

    def told(sweeps: Sequence[bool]) -> Visitor:
        ann = Visitor()
        for n, (minute, late) in enumerate(sorted(arrivals)):
            came = NOON + minute * MINUTE
            if sweeps[n]:
                ann.wakes(came)
            ann.comes(old(came - late * MINUTE, came, id=f"e{n}"), came)
        ann.finishes()
        return ann

    swept, unswept = told(sweeps), told([False] * 10)
    assert swept.session_of == unswept.session_of
    assert sorted(swept.sessions) == sorted(unswept.sessions)
    assert swept.profile.states.sessions == unswept.profile.states.sessions
