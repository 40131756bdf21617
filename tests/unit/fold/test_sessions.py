"""Sessions: where one ends to the instant, and that each one said to have started is concluded once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.effects import TIMER_DUE
from shared.fold.parts.sessions.session import Session, Sessions
from shared.fold.profile import Profile
from shared.fold.state import States
from shared.workspace.model import Settings, Workspace
from tests.fakes.folding import NOON, Person, did

IDLE, MOMENT = timedelta(minutes=30), timedelta(microseconds=1)


def timer(at: datetime) -> Event:
    return did(TIMER_DUE, type="system", source="headrace", protocol="headrace", at=at)


def names(person: Person) -> list[str]:
    return [name for name, _ in person.said]


@pytest.mark.parametrize("woken_before", [False, True])
@pytest.mark.parametrize(
    ("gap", "begins_anew"), [(IDLE - MOMENT, False), (IDLE, True), (IDLE + MOMENT, True)]
)
def test_a_session_lasts_until_the_idle_limit_has_passed(
    gap: timedelta, begins_anew: bool, woken_before: bool
) -> None:
    ann = Person()
    ann.does(did())
    said = []
    if woken_before:  # by the sweep, at the same instant: it makes no difference
        ann.does(timer(NOON + gap))
        said += names(ann)
    ann.does(did(at=NOON + gap))
    said += names(ann)
    assert said == (["Session Concluded", "Session Started"] if begins_anew else [])


@pytest.mark.parametrize("early", [IDLE - MOMENT, IDLE, IDLE + MOMENT])
def test_the_timer_concludes_a_session_at_the_limit_and_not_before(early: timedelta) -> None:
    ann = Person()
    ann.does(did())
    ann.does(timer(NOON + early))
    assert names(ann) == (["Session Concluded"] if early >= IDLE else [])


@pytest.mark.parametrize(
    ("before", "belongs"), [(IDLE - MOMENT, True), (IDLE, False), (IDLE + MOMENT, False)]
)
def test_an_event_that_comes_late_belongs_to_the_session_it_would_have_kept_open(
    before: timedelta, belongs: bool
) -> None:
    ann = Person()
    ann.does(did())
    ann.does(did(at=NOON - before, received_at=NOON))
    current = ann.profile.states.sessions.current
    assert current is not None
    assert (current.started_at == NOON - before) is belongs


@pytest.mark.parametrize("seconds", [59, 60, 61])
def test_the_workspaces_limit_is_one_to_the_second(seconds: int) -> None:
    ann = Person(Workspace(settings=Settings(session_idle_seconds=60)))
    ann.does(did(), did(at=NOON + timedelta(seconds=seconds)))
    assert names(ann).count("Session Started") == (2 if seconds >= 60 else 1)


def visitors(count: int) -> dict[str, Profile]:
    """People who were seen once each, by ids that one event can name."""
    seen = {}
    for n in range(count):
        key = f"z{n}:1"
        visitor = Person(key=key)
        visitor.does(did(user_id=None, other_ids={f"z{n}": "1"}, at=NOON + n * timedelta(seconds=1)))
        seen[key] = visitor.profile
    return seen


def concluded_by(person: Person, at: datetime) -> Counter[str]:
    """The sessions concluded by the last record and by the timers that follow, as long as there are any due."""
    ended: Counter[str] = Counter()
    for _ in range(20):
        ended.update(said["session_id"] for name, said in person.said if name == "Session Concluded")
        if person.profile.due_at is None or person.profile.due_at > at:
            return ended
        person.does(timer(at))
    raise AssertionError("the timer is due again and again")


@pytest.mark.parametrize("count", [1, 5, 6, 12])
def test_every_session_of_those_who_join_is_concluded_once(count: int) -> None:
    strangers = visitors(count)
    started = {visitor.states.sessions.current.id for visitor in strangers.values()}  # type: ignore[union-attr]
    ann = Person()
    at = NOON + timedelta(minutes=1)
    ann.does(did(at=at, other_ids={key.partition(":")[0]: "1" for key in strangers}), strangers=strangers)
    started.update(said["session_id"] for name, said in ann.said if name == "Session Started")

    assert concluded_by(ann, at + IDLE) == dict.fromkeys(started, 1)


@pytest.mark.parametrize("waiting", [1, 80])
def test_sessions_that_a_merge_ended_in_an_older_version_are_concluded_by_the_next_event(
    waiting: int,
) -> None:
    ended = tuple(Session(f"s{n}", NOON, NOON, 1) for n in range(waiting))
    ann = Person()
    ann.profile = Profile("user:u1", states=States(sessions=Sessions(ended=ended)))
    ann.does(did())
    assert names(ann).count("Session Concluded") == waiting
    assert concluded_by(ann, NOON) == {session.id: 1 for session in ended}


@given(st.lists(st.integers(0, 200), max_size=12))
@settings(deadline=None)
def test_what_starts_is_concluded_once_whenever_events_happen(minutes: list[int]) -> None:
    ann = Person()
    started: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for arrived, minute in enumerate(minutes):
        came = NOON + timedelta(hours=4, minutes=arrived)
        ann.does(did(at=NOON + timedelta(minutes=minute), received_at=came), now=came)
        started.update(said["session_id"] for name, said in ann.said if name == "Session Started")
        ended.update(said["session_id"] for name, said in ann.said if name == "Session Concluded")
    ann.does(timer(NOON + timedelta(days=1)))
    ended.update(said["session_id"] for name, said in ann.said if name == "Session Concluded")
    assert started == ended
    assert set(started.values()) <= {1}
