"""A record is folded in portions when its decisions are many, and derived events are rebuilt as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold import fold
from shared.fold.formats import outbox_entries
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.outbox import (
    Decisions,
    Derived,
    OutboxEntry,
    Refusal,
    Request,
    Woken,
    entry_size,
)
from shared.fold.profile import Profile
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did, identified

HOUR = timedelta(hours=1)


def hourly(count: int) -> list[Event]:
    """Events an hour apart, as imports have them: each begins a session and ends another."""
    return [did(at=NOON + n * HOUR, received_at=NOON + count * HOUR) for n in range(count)]


@pytest.mark.parametrize("portion", [1, 500, 4_000, 10**9])
def test_portions_end_where_the_whole_record_does(portion: int) -> None:
    events = hourly(40)
    now = events[-1].received_at
    whole = fold(Profile("user:u1"), events, Workspace(), now)

    profile, start = Profile("user:u1"), 0
    derived: list[Event] = []
    while start < len(events):
        outcome = fold(profile, events, Workspace(), now, start=start, portion=portion)
        derived += outcome.decisions.with_derived(events)[len(events) :]
        profile = replace(profile, states=outcome.states, due_at=outcome.due_at)
        assert outcome.end > start
        start = outcome.end

    assert profile.states == whole.states
    assert derived == whole.decisions.with_derived(events)[len(events) :]


def test_a_portion_ends_with_the_event_that_fills_it() -> None:
    outcome = fold(Profile("user:u1"), hourly(400), Workspace(), NOON + 400 * HOUR, portion=4_000)
    entry = OutboxEntry("user:u1", "1" * 56, NOON, 1, outcome.decisions, 0, outcome.end)
    assert 0 < outcome.end < 400
    assert 4_000 <= entry_size(entry) < 4_000 + 1_000


def test_derived_events_are_rebuilt_from_what_is_stored_to_the_letter() -> None:
    ann = Person()
    link = {"source": "news", "name": "spring"}
    events = [
        did(context={"campaign": link, "app": {"name": "Shop", "version": "1"}}, anonymous_id="a1"),
        did(at=NOON + HOUR, context={"app": {"name": "Shop", "version": "2"}}),
    ]
    decisions = ann.does(*events).decisions
    stored = replace(ann.profile, outbox=(OutboxEntry("user:u1", "1", NOON, 1, decisions),))
    again = decoded("user:u1", encoded(stored), 1).outbox[0].decisions

    first = [event.model_dump_json() for event in decisions.with_derived(events)]
    assert [event.model_dump_json() for event in again.with_derived(events)] == first
    assert {event.name for event in decisions.with_derived(events)} >= {
        "Session Started",
        "Session Concluded",
        "App Version Changed",
        "UTM Visited",
    }


def test_a_profile_stored_with_whole_derived_events_is_read() -> None:
    whole = did("Session Started", type="system", source="headrace", protocol="headrace")
    stored = Profile("user:u1", outbox=(OutboxEntry("user:u1", "1", NOON, 1, Decisions(derived=(whole,))),))
    entry = decoded("user:u1", encoded(stored), 1).outbox[0]
    assert entry.decisions.with_derived([identified()])[1:] == [whole]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
indexes = st.integers(0, 5_000)
derived = st.builds(
    Derived, texts, indexes, st.dictionaries(texts, texts, max_size=4), st.just(NOON), st.none() | texts
)
decisions = st.builds(
    Decisions,
    duplicates=st.lists(indexes, max_size=20).map(tuple),
    unfolded=st.lists(indexes, max_size=20).map(tuple),
    refused=st.lists(st.builds(Refusal, indexes, texts, texts, texts), max_size=5).map(tuple),
    sessions=st.lists(
        st.tuples(indexes, st.none() | st.text("0123456789abcdef", min_size=32, max_size=32)), max_size=5
    ).map(tuple),
    derived=st.lists(derived, max_size=5).map(tuple),
    requests=st.lists(
        st.builds(Request, texts, st.sampled_from(["sms", "webhook"]), indexes), max_size=5
    ).map(tuple),
    forwarded=st.lists(indexes, max_size=20).map(tuple),
    timers=st.lists(
        st.builds(Woken, texts, st.just("sessions"), st.just(NOON), st.integers(0, 9)), max_size=5
    ).map(tuple),
)


@settings(deadline=None)
@given(decisions, texts)
def test_an_entry_takes_no_more_bytes_than_are_counted(decided: Any, key: str) -> None:
    entry = OutboxEntry(key, "1" * 56, NOON.replace(microsecond=123_456), 10**6, decided, 4_000, 5_000)
    stored = outbox_entries.encode([entry], "user:somebody-else", lambda _: None)
    assert len(stored) <= entry_size(entry)
    assert outbox_entries.decode(stored, "user:somebody-else", lambda _: None) == (entry,)


PHONE = {"id": "d1", "type": "ios", "token": "T"}
TABLET = {"id": "d2", "type": "ios", "token": "T"}
ENDED = {**PHONE, "registered": False}


@pytest.mark.parametrize("portion", [1, 10**9])
@pytest.mark.parametrize(
    ("devices", "registered"),
    [
        ([(PHONE, 1)], ("T",)),
        ([(PHONE, 1), (ENDED, 2)], ("T",)),
        ([(PHONE, 1), ({**PHONE, "token": "U"}, 2)], ("T", "U")),
        ([(PHONE, 1), (ENDED, 2), (TABLET, -1)], ("T",)),
        ([(PHONE, -1)], ()),
    ],
)
def test_a_token_changes_hands_when_it_is_registered_whatever_follows_in_the_record(
    devices: list[tuple[dict[str, Any], int]], registered: tuple[str, ...], portion: int
) -> None:
    """Somebody else said it at noon. The numbers are minutes after that."""
    events = [
        did(at=NOON + HOUR * minute / 60, received_at=NOON + HOUR, context={"device": device})
        for device, minute in devices
    ]
    profile, start, found = Profile("user:u1"), 0, list[str]()
    tokens = {"T": int(NOON.timestamp() * 1_000)}
    while start < len(events):
        outcome = fold(profile, events, Workspace(), NOON + HOUR, tokens=tokens, start=start, portion=portion)
        found += outcome.registered
        tokens = {token: at for token, at in tokens.items() if token not in found}
        profile, start = replace(profile, states=outcome.states, clock=outcome.clock), outcome.end
    assert tuple(dict.fromkeys(found)) == registered
    reachable = [device.reachable_by for device in profile.states.devices.known]
    last = [device for device, _ in devices][-1]
    assert ("T" in reachable) is (registered == ("T",) and last is not ENDED)
