"""What the fold makes of counters, sessions and marketing links: one behaviour a test."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.events import Event
from shared.fold.effects import TIMER_DUE
from shared.fold.parts import counters
from shared.workspace.model import EventDefinition, Settings, Workspace
from tests.fakes.folding import NOON, Person, did

MINUTE = timedelta(minutes=1)


def timer(at: datetime) -> Event:
    return did(TIMER_DUE, type="system", source="headrace", protocol="headrace", at=at)


def test_counters_keep_the_total_the_first_and_the_last_time_in_any_order() -> None:
    ann = Person()
    ann.does(did(at=NOON + MINUTE), did(at=NOON), did(at=NOON + 2 * MINUTE))
    counter = ann.profile.states.counters.events["View Item"]
    assert (counter.count, counter.first, counter.last) == (3, NOON, NOON + 2 * MINUTE)


def test_names_beyond_the_limit_are_counted_together() -> None:
    ann = Person()
    ann.does(*(did(f"Event {n}") for n in range(counters.NAMES + 5)))
    events = ann.profile.states.counters.events
    assert len(events) <= counters.NAMES + 1
    assert sum(counter.count for counter in events.values()) == counters.NAMES + 6  # and Session Started
    assert events[counters.OTHER].count == 6


def test_a_session_is_said_when_it_starts_and_concluded_after_the_gap() -> None:
    ann = Person()
    ann.does(did(at=NOON), did(at=NOON + 10 * MINUTE))
    [(started, properties)] = ann.said
    assert started == "Session Started"
    ann.does(did(at=NOON + 41 * MINUTE))
    [(concluded, length), (again, _)] = ann.said
    assert (concluded, again) == ("Session Concluded", "Session Started")
    assert (length["session_id"], length["session_length"], length["events"]) == (
        properties["session_id"],
        600,
        2,
    )


def test_the_timer_concludes_a_session_once_and_starts_none() -> None:
    ann = Person()
    ann.does(did(at=NOON))
    assert ann.profile.due_at == NOON + 30 * MINUTE
    ann.does(timer(NOON + 30 * MINUTE))
    assert [name for name, _ in ann.said] == ["Session Concluded"]
    woken = ann.outcome
    assert woken is not None
    assert woken.due_at is None
    ann.does(timer(NOON + 31 * MINUTE))
    assert ann.said == []


def test_a_timer_that_comes_early_only_sets_the_time_anew() -> None:
    ann = Person()
    ann.does(did(at=NOON))
    ann.does(did(at=NOON + 20 * MINUTE))
    assert ann.profile.due_at == NOON + 30 * MINUTE  # events only move it earlier
    ann.does(timer(NOON + 30 * MINUTE))
    assert ann.said == []
    assert ann.profile.due_at == NOON + 50 * MINUTE


def test_the_idle_limit_is_the_workspaces() -> None:
    ann = Person(Workspace(settings=Settings(session_idle_seconds=60)))
    ann.does(did(at=NOON), did(at=NOON + 2 * MINUTE))
    assert [name for name, _ in ann.said] == ["Session Started", "Session Concluded", "Session Started"]


def test_an_event_that_comes_hours_late_opens_no_session_in_the_past() -> None:
    ann = Person()
    ann.does(did(at=NOON))
    ann.does(did(at=NOON - timedelta(hours=5), received_at=NOON))
    assert ann.said == []
    assert ann.profile.states.counters.events["View Item"].count == 2


def test_a_clock_that_runs_ahead_does_not_keep_a_session_open() -> None:
    ann = Person()
    ann.does(did(at=NOON + timedelta(hours=20), received_at=NOON), now=NOON)
    assert ann.profile.due_at == NOON + 30 * MINUTE


def test_events_of_our_own_open_no_session() -> None:
    ann = Person()
    ann.does(did("Notification Sent", type="system", source="headrace", protocol="headrace"))
    assert ann.said == []
    assert ann.profile.states.counters.events["Notification Sent"].count == 1


def test_a_marketing_link_is_said_once_per_session() -> None:
    ann = Person()
    link = {"campaign": {"source": "news", "medium": "email", "name": "autumn"}}
    ann.does(did(context=link), did(context=link, at=NOON + MINUTE))
    visits = [properties for name, properties in ann.said if name == "UTM Visited"]
    assert visits == [{"utm_source": "news", "utm_medium": "email", "utm_campaign": "autumn"}]
    ann.does(did(context=link, at=NOON + timedelta(hours=2)))
    assert "UTM Visited" in [name for name, _ in ann.said]


def test_an_event_marked_forward_is_forwarded() -> None:
    definition = EventDefinition(id="Complete Purchase", name="Purchase", forward=True)
    ann = Person(Workspace(events=(definition,)))
    assert ann.does(did("View Item"), did("Complete Purchase")).decisions.forwarded == (1,)
