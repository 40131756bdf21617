"""A part is shown only events that concern it: that changes nothing, and a slice that nobody asks for is not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import shared.fold
from shared.events import HEADRACE, Event
from shared.fold import ORDER, fold
from shared.fold.effects import Facts, Room
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.outcome import Outcome
from shared.fold.parts.devices.tokens import PUSH_TOKEN_INVALID
from shared.fold.profile import Profile
from shared.records import Trust
from shared.workspace.model import Campaign, EventDefinition, Template, Workspace
from tests.fakes.folding import NOON, did
from tests.unit.fold.test_properties import happenings, values

ALL = replace(ORDER, selective=())
"""Every part is shown every event."""

WORKSPACE = Workspace(
    events=(
        EventDefinition(id="View Item", name="View Item", forward=True),
        EventDefinition(id="é", name="é"),
    ),
    templates=(Template(id="t", channel="sms", parts={"text": "Hi"}),),
    campaigns=tuple(
        Campaign(id=event, name=event, event=event, where=where, channel="sms", template="t")
        for event, where in (
            ("Add To Cart", {"counter": "Add To Cart", "at_least": 2}),
            ("Session Started", {"trait": "plan", "exists": False}),
            ("UTM Visited", None),
        )
    ),
)

DEVICE = {"device": {"id": "d1", "token": "t1"}}

places = st.fixed_dictionaries(
    {},
    optional={
        "timezone": st.sampled_from(["Europe/Berlin", "", "x" * 50]) | values,
        "locale": st.just("de-DE") | values,
        "location": st.fixed_dictionaries({"country": st.just("DE") | values}) | values,
    },
)


def having(event: Event, context: Any) -> Event:
    return event.model_copy(update={"context": {**event.context, **context}})


def reported(name: str) -> Event:
    return did(name, type="system", source=HEADRACE, properties={"token": "t1"})


def events() -> st.SearchStrategy[Event]:
    return st.one_of(
        happenings(),
        st.builds(having, happenings(), places),
        st.builds(having, happenings(), st.just(DEVICE)),
        st.builds(
            reported, st.sampled_from([PUSH_TOKEN_INVALID, "Notification Sent", "Add To Cart", "View Item"])
        ),
    )


def folded(profile: Profile, record: list[Event], trust: Trust, hours: int) -> Outcome:
    return fold(profile, record, WORKSPACE, NOON + timedelta(hours=hours), trust=trust)


@example([having(did(), DEVICE)], [reported(PUSH_TOKEN_INVALID)], "server", 0)
@given(
    st.lists(events(), max_size=3),
    st.lists(events(), max_size=3),
    st.sampled_from(["server", "browser"]),
    st.integers(0, 48),
)
@settings(deadline=None)
def test_showing_parts_only_what_concerns_them_changes_nothing(
    past: list[Event], record: list[Event], trust: Trust, hours: int
) -> None:
    outcomes = {}
    for order in (ORDER, ALL):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shared.fold, "ORDER", order)
            before = folded(Profile("user:u1"), past, "server", 0)
            stored = encoded(Profile("user:u1", states=before.states, clock=before.clock))
            person = decoded("user:u1", stored, 1)
            outcomes[order] = folded(person, record, trust, hours), stored
    assert outcomes[ORDER] == outcomes[ALL]
    (after, _), (as_all, _) = outcomes.values()
    assert after.states.slices() == as_all.states.slices()


@pytest.mark.parametrize("part", ORDER.selective, ids=lambda part: part.name)
def test_what_a_part_says_does_not_concern_it_leaves_it_as_it_is(part: Any) -> None:
    @given(st.lists(events(), max_size=2), events(), st.sampled_from(["server", "browser"]))
    @settings(deadline=None, max_examples=100)
    def holds(past: list[Event], event: Event, trust: Trust) -> None:
        facts = Facts(NOON, WORKSPACE, trust, 0, "user:u1", {}, {}, Room(0, 0, 0, 0))
        state = getattr(folded(Profile("user:u1"), past, "server", 0).states, part.name, None)
        if not part.concerns(event, facts):
            assert part.apply(state, event, facts) == (state, [])

    holds()


def test_slices_that_an_event_does_not_concern_are_not_read() -> None:
    traits = did("identify", type="identify", traits={"plan": "gold"}, context={"timezone": "Europe/Berlin"})
    before = fold(Profile("user:u1"), [traits], WORKSPACE, NOON)
    person = decoded("user:u1", encoded(Profile("user:u1", states=before.states, clock=before.clock)), 1)

    after = fold(person, [did("Search")], WORKSPACE, NOON).states

    assert {"traits", "place", "consents", "devices", "app_versions", "utm"}.isdisjoint(vars(after))
    assert (after.traits.values, after.counters.events["Search"].count) == ({"plan": "gold"}, 1)
