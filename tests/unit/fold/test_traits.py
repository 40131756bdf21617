"""Traits: the last word counts by the time it was said, whatever order events come in, and to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold import ORDER, packing
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.parts import traits
from shared.fold.parts.traits import Traits
from shared.fold.profile import Profile
from shared.records import Trust
from tests.fakes.folding import NOON, Person, did, identified

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)


def said(trait: str, value: Any, second: int) -> Event:
    """Something said at a time, all of it before `LATER`, when everything comes."""
    return identified(at=NOON + second * SECOND, **{trait: value}).model_copy(update={"received_at": LATER})


LATER = NOON + DAY


def after(*events: Event, key: str = "user:u1", trust: Trust = "server") -> Person:
    person = Person(key=key)
    for event in events:
        person.does(event, now=LATER, trust=trust)
    return person


@pytest.mark.parametrize(
    ("second", "kept"), [(-MILLISECOND, "gold"), (timedelta(), "silver"), (MILLISECOND, "silver")]
)
def test_an_older_word_changes_nothing_and_of_two_at_one_time_the_one_folded_last_counts(
    second: timedelta, kept: str
) -> None:
    ann = after(identified(plan="gold"), identified(plan="silver", at=NOON + second))
    assert ann.profile.states.traits.values == {"plan": kept}


def test_what_was_removed_does_not_return_with_an_older_word() -> None:
    ann = after(said("plan", "gold", 1), said("plan", None, 3), said("plan", "silver", 2))
    assert ann.profile.states.traits.values == {}
    ann.does(said("plan", "free", 4), now=LATER)
    assert ann.profile.states.traits.values == {"plan": "free"}


def test_a_word_from_a_clock_that_runs_ahead_counts_from_its_arrival() -> None:
    ann = Person()
    ann.does(identified(plan="gold", at=NOON + 20 * HOUR).model_copy(update={"received_at": NOON}), now=NOON)
    ann.does(identified(plan="silver", at=NOON + HOUR))
    assert ann.profile.states.traits.values == {"plan": "silver"}


def test_traits_stored_before_they_had_times_count_as_said_before_anything() -> None:
    stored = {"key": "user:u1", "states": {"traits": {"values": {"plan": "gold", "city": "Oslo"}}}}
    ann = Person()
    ann.profile = decoded("user:u1", orjson.dumps(stored), 1)
    ann.does(identified(plan="silver", at=NOON - 300 * DAY), now=NOON)
    assert ann.profile.states.traits.values == {"plan": "silver", "city": "Oslo"}


def test_a_word_of_before_1970_is_a_word() -> None:
    ann = after(identified(plan="gold", at=NOON.replace(year=1960)))
    assert ann.profile.states.traits.values == {"plan": "gold"}


# changes


@pytest.mark.parametrize(
    ("word", "value", "late"),
    [
        ("increment", 5, 100),
        ("append", "x", 100),
        ("remove", 100, 100),
        ("set_once", 7, 100),
    ],
)
def test_a_change_of_before_the_last_word_comes_too_late(word: str, value: Any, late: Any) -> None:
    change = did(trait_changes={word: {"points": value}}, at=NOON - SECOND, received_at=LATER)
    ann = after(identified(points=100), change)
    assert ann.profile.states.traits.values == {"points": late}
    assert ann.outcome is not None
    assert not ann.outcome.decisions.refused


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_changes_count_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    changes = [
        did(trait_changes={"increment": {"points": step}}, at=NOON + step * SECOND, received_at=LATER)
        for step in (1, 2, 3)
    ]
    ann = after(identified(points=10), *(changes[index] for index in order))
    assert ann.profile.states.traits.values == {"points": 16}


def test_what_was_removed_is_not_set_once_by_an_older_event() -> None:
    once = did(trait_changes={"set_once": {"channel": "ads"}}, received_at=LATER)
    removed = said("channel", None, 1)
    assert after(removed, once).profile.states.traits.values == {}
    assert after(once, removed).profile.states.traits.values == {}


def test_a_plain_word_outlasts_what_was_set_once_whenever_it_comes() -> None:
    once = did(trait_changes={"set_once": {"channel": "ads"}}, at=NOON + 2 * SECOND, received_at=LATER)
    for events in ((once, said("channel", "news", 1)), (said("channel", "news", 1), once)):
        assert after(*events).profile.states.traits.values == {"channel": "news"}


# laws


names = st.sampled_from(["plan", "city", "email"])
histories = st.lists(
    st.tuples(names, st.none() | st.sampled_from(["gold", "silver", 3, ["a"]]), st.integers(0, 60)),
    max_size=10,
    unique_by=lambda word: (word[0], word[2]),
)


@given(histories, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_in_any_order_of_arrival_the_traits_end_the_same(
    history: list[tuple[str, Any, int]], random: Any
) -> None:
    events = [said(*word) for word in history]
    shuffled = random.sample(events, len(events))
    in_order = sorted(events, key=lambda event: event.occurred_at)
    ends = {repr(sorted(after(*order).profile.states.traits.values.items())) for order in (events, shuffled)}
    truth: dict[str, Any] = {}
    for event in in_order:
        truth |= event.traits
    assert ends == {repr(sorted((name, value) for name, value in truth.items() if value is not None))}


@given(histories, st.integers(0, 10), st.integers(0, 10), st.booleans())
@settings(deadline=None)
def test_two_people_who_become_one_end_as_if_they_always_were(
    history: list[tuple[str, Any, int]], cut: int, joined: int, swapped: bool
) -> None:
    """Each word came to either of two people, some of them after the two were known to be one."""
    events = [said(*word) for word in history]
    before, later = events[: min(cut, joined)], events[max(cut, joined) :]
    others = events[min(cut, joined) : max(cut, joined)]
    one, other = after(*before), after(*others, key="anonymous:a1")
    pair = (other, one) if swapped else (one, other)
    both = Person()
    both.profile = Profile("user:u1", states=ORDER.merge(pair[0].profile.states, pair[1].profile.states))
    for event in later:
        both.does(event, now=LATER)

    alone = after(*events).profile.states.traits
    assert both.profile.states.traits.values == alone.values
    assert both.profile.states.traits.times == alone.times


def test_of_two_words_of_one_moment_or_of_no_known_time_the_person_who_stays_keeps_their_own() -> None:
    for times in ({"plan": 5}, {}):
        one, other = (Traits({"plan": plan}, times) for plan in ("gold", "silver"))
        assert traits.merge(one, other) == one
    undated = traits.merge(Traits({"plan": "gold"}), Traits({"plan": "silver", "city": "Oslo"}))
    assert undated == Traits({"plan": "gold", "city": "Oslo"})


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
def test_what_joins_is_taken_as_far_as_it_fits(more: int, fits: bool) -> None:
    one = Traits({"plan": "x" * 4000})
    essay = "x" * (traits.LARGEST - size({**one.values, "essay": ""}) + more)
    assert ("essay" in traits.merge(one, Traits({"essay": essay, "city": ""})).values) is fits


def test_a_change_counts_on_what_its_own_event_says() -> None:
    ann = after(identified(points=1), did(traits={"points": 5}, trait_changes={"increment": {"points": 2}}))
    assert ann.profile.states.traits.values == {"points": 7}


# whose word has a time


def test_an_address_that_a_joining_browser_says_replaces_none() -> None:
    ann = after(identified(email="ann@shop.example", plan="free"))
    later = {"email": "eve@evil.example", "plan": "gold"}
    eve = Person(key="anonymous:a9")
    eve.does(did(user_id=None, anonymous_id="a9", traits=later, at=NOON + HOUR), now=LATER, trust="browser")
    ann.does(did(anonymous_id="a9"), trust="browser", now=LATER, strangers={"anonymous:a9": eve.profile})
    assert ann.profile.states.traits.values == {"email": "ann@shop.example", "plan": "gold"}


@pytest.mark.parametrize(("trust", "plan"), [("browser", "free"), ("server", "gold")])
def test_a_browser_that_knows_no_more_than_an_address_changes_nothing_by_joining(
    trust: Trust, plan: str
) -> None:
    ann = after(identified(plan="free"))
    named = Person(key="email:ann@shop.example")
    ids: dict[str, Any] = {"user_id": None, "other_ids": {"email": "ann@shop.example"}}
    named.does(did(traits={"plan": "gold", "city": "Oslo"}, at=NOON + HOUR, **ids), now=LATER, trust=trust)
    ann.does(did(other_ids=ids["other_ids"]), now=LATER, strangers={"email:ann@shop.example": named.profile})
    assert ann.profile.states.traits.values == {"plan": plan, "city": "Oslo"}


# bounds


def size(values: dict[str, Any]) -> int:
    return len(orjson.dumps({"values": values}))


@pytest.mark.parametrize(("more", "refused"), [(-1, []), (0, []), (1, ["too_large"])])
def test_a_person_has_eight_kilobytes_of_traits(more: int, refused: list[str]) -> None:
    essay = "x" * (traits.LARGEST - size({"essay": ""}) + more)
    outcome = Person().does(identified(essay=essay))
    assert [refusal.code for refusal in outcome.decisions.refused] == refused


@pytest.mark.parametrize(("more", "comes_back"), [(0, False), (1, True)])
def test_the_oldest_times_are_forgotten_where_there_are_too_many(more: int, comes_back: bool) -> None:
    width = 50
    removed = width + 3 + packing.MILLISECONDS
    assert traits.TIMES % removed == 0
    most = traits.TIMES // removed
    names = [f"{n:0{width}}" for n in range(most + more)]
    ann = after(*(said(name, None, second) for second, name in enumerate(names, 10)))
    assert list(ann.profile.states.traits.times) == names[more:]

    for older in (
        names[0],
        names[1],
    ):  # of the first it is no longer known that it was removed, if there is one more
        ann.does(said(older, "back", 0), now=LATER)
    assert list(ann.profile.states.traits.values) == ([names[0]] if comes_back else [])


@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=60),
            st.none() | st.integers(-(2**63), 2**63) | st.text(max_size=300),
            max_size=40,
        ),
        max_size=8,
    )
)
@settings(deadline=None)
def test_whatever_is_said_the_slice_keeps_to_its_budget(everything: list[dict[str, Any]]) -> None:
    ann = Person()
    for second, values in enumerate(everything):
        ann.does(did(traits=values, at=NOON + second * SECOND))
    slice_ = ann.profile.states.traits
    assert len(traits.encode(slice_)) <= traits.budget


@given(st.permutations(["plan", "pet", "a", "b", "zone"]), st.lists(st.booleans(), min_size=5, max_size=5))
@settings(deadline=None)
def test_saves_in_between_change_no_byte_of_the_slice(names: list[str], saves: list[bool]) -> None:
    """Traits are said together and removed one by one; those that are removed keep their times."""
    slices = []
    for is_saved in (saves, [False] * 5):
        ann = Person()
        ann.does(identified(plan=1, pet=1, a=1, b=1, zone=1))
        for second, (name, saved) in enumerate(zip(names, is_saved, strict=True), 1):
            ann.does(said(name, None, second), now=LATER)
            if saved:
                ann.profile = decoded("user:u1", encoded(ann.profile), 1)
        slices.append(traits.encode(ann.profile.states.traits))
    assert slices[0] == slices[1]
