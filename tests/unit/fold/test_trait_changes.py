"""Changes that depend on what is stored: numbers added, lists longer or shorter, values set once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.fold.parts import traits
from shared.fold.trait_changes import LARGEST
from tests.fakes.folding import Person, did, identified

Changes = dict[str, dict[str, Any]]


def after(stored: dict[str, Any], **changes: dict[str, Any]) -> dict[str, Any]:
    ann = Person()
    ann.does(identified(**stored), did(trait_changes=changes))
    assert ann.outcome is not None
    assert not ann.outcome.decisions.refused
    return ann.profile.states.traits.values


@pytest.mark.parametrize(
    ("stored", "said", "now"),
    [
        ({}, 5, 5),
        ({"points": 2}, 5, 7),
        ({"points": 2}, -5, -3),
        ({"points": 1}, 0.5, 1.5),
        ({"points": 0}, 0, 0),
    ],
)
def test_increment_adds_and_a_missing_trait_counts_as_nothing(
    stored: dict[str, Any], said: float, now: float
) -> None:
    assert after(stored, increment={"points": said}) == {"points": now}


@pytest.mark.parametrize(
    ("stored", "said", "now"),
    [
        ({}, ["vip"], ["vip"]),
        ({"tags": ["old"]}, ["vip", "old", "vip"], ["old", "vip"]),
        ({"tags": "old"}, ["vip"], ["old", "vip"]),
        ({"tags": "old"}, "old", ["old"]),
        ({"tags": [1]}, [True, 1], [1, True]),
        ({"tags": "old"}, [], "old"),
    ],
)
def test_append_puts_what_is_not_there_yet_at_the_end(
    stored: dict[str, Any], said: object, now: object
) -> None:
    assert after(stored, append={"tags": said}) == {"tags": now}


@pytest.mark.parametrize(
    ("stored", "said", "now"),
    [
        ({"tags": ["a", "b", "a"]}, ["a", "z"], {"tags": ["b"]}),
        ({"tags": ["a"]}, "a", {"tags": []}),
        ({"tags": "a"}, ["a"], {"tags": []}),
        ({"tags": "a"}, ["b"], {"tags": "a"}),
        ({"tags": [1]}, [True], {"tags": [1]}),
        ({}, ["a"], {}),
    ],
)
def test_remove_takes_values_out_of_a_list(stored: dict[str, Any], said: object, now: dict[str, Any]) -> None:
    assert after(stored, remove={"tags": said}) == now


def test_set_once_sets_only_what_is_absent() -> None:
    said = {"first_seen": "2027", "channel": "ads", "nothing": None}
    assert after({"first_seen": "2026"}, set_once=said) == {"first_seen": "2026", "channel": "ads"}


def test_changes_come_after_the_events_own_traits_and_have_an_order_of_their_own() -> None:
    ann = Person()
    changes = {"increment": {"points": 5}, "set_once": {"points": 100, "plan": "free"}}
    ann.does(did(traits={"plan": "gold"}, trait_changes=changes))
    assert ann.profile.states.traits.values == {"plan": "gold", "points": 105}


@pytest.mark.parametrize(
    ("word", "trait", "said"),
    [
        ("increment", "name", 1),
        ("increment", "tags", 1),
        ("increment", "yes", 1),
        ("increment", "points", "5"),
        ("increment", "points", True),
        ("increment", "points", None),
        ("increment", "most", 1),
        ("increment", "huge", 1e308),
        ("append", "address", ["x"]),
        ("remove", "address", ["x"]),
        ("set_once", "consents", {"sms": True}),
    ],
)
def test_a_change_that_does_not_fit_what_is_stored_refuses_the_event(
    word: str, trait: str, said: object
) -> None:
    ann = Person()
    stored: dict[str, Any] = {
        "name": "Ann", "tags": ["a"], "yes": True, "points": 1, "most": 2**63 - 1, "huge": 1e308,
        "address": {"city": "Oslo"},
    }  # fmt: skip
    ann.does(identified(**stored))
    outcome = ann.does(did(traits={"plan": "gold"}, trait_changes={word: {trait: said}}))
    [refused] = outcome.decisions.refused
    assert (refused.code, refused.field) == ("wrong_type", f"trait_changes.{word}.{trait}")
    assert refused.message
    assert ann.profile.states.traits.values == stored  # its plain traits are undone with it


@pytest.mark.parametrize(
    ("stored", "step", "refused"),
    [
        (LARGEST - 2, 1, False),
        (LARGEST - 1, 1, False),
        (LARGEST, 1, True),
        (2 - LARGEST, -1, False),
        (1 - LARGEST, -1, False),
        (-LARGEST, -1, True),
    ],
)
def test_a_number_grows_up_to_what_64_bits_hold(stored: int, step: int, refused: bool) -> None:
    ann = Person()
    ann.does(identified(points=stored))
    outcome = ann.does(did(trait_changes={"increment": {"points": step}}))
    assert bool(outcome.decisions.refused) is refused
    assert ann.profile.states.traits.values == {"points": stored if refused else stored + step}


def test_a_word_there_is_not_is_refused() -> None:
    [refused] = Person().does(did(trait_changes={"multiply": {"points": 2}})).decisions.refused
    assert (refused.code, refused.field) == ("malformed", "trait_changes.multiply")
    assert "increment" in refused.message


def test_a_list_that_grows_over_the_limit_of_traits_is_refused() -> None:
    ann = Person()
    ann.does(did(trait_changes={"append": {"tags": ["x" * 5000]}}))
    [refused] = ann.does(did(trait_changes={"append": {"tags": ["y" * 5000]}})).decisions.refused
    assert (refused.code, refused.field) == ("too_large", "traits")
    assert ann.profile.states.traits.values == {"tags": ["x" * 5000]}


texts = st.sampled_from(["", "a", "b", "é"])
scalars = (
    texts | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
)
kept = scalars | st.lists(scalars, max_size=3) | st.dictionaries(texts, scalars, max_size=2)
names = st.sampled_from(["points", "tags", "plan", "consents"])
changes = st.dictionaries(
    st.sampled_from(["increment", "append", "remove", "set_once", "multiply"]),
    st.dictionaries(names, st.none() | kept, max_size=3),
    max_size=4,
)


@given(st.dictionaries(st.sampled_from(["points", "tags", "plan"]), kept), changes, changes)
@settings(deadline=None)
def test_any_changes_are_applied_whole_or_refused_whole_and_once_each(
    stored: dict[str, Any], one: Changes, other: Changes
) -> None:
    ann = Person()
    ann.does(identified(**stored))
    for said in (one, other):
        event, before = did(trait_changes=said), ann.profile.states.traits
        refused = ann.does(event).decisions.refused
        now = ann.profile.states.traits
        assert not refused or now == before
        assert traits.explain(now)
        ann.does(event)  # its client sends it again
        if not refused:
            assert ann.profile.states.traits == now


@given(st.lists(scalars, max_size=4), st.lists(scalars, max_size=4))
@settings(deadline=None)
def test_what_was_appended_and_removed_is_as_if_it_never_was_there(
    stored: list[Any], said: list[Any]
) -> None:
    once = after({"tags": stored}, append={"tags": said})
    assert after(once, append={"tags": said}) == once
    gone = after(once, remove={"tags": said})["tags"]
    assert gone == after({"tags": stored}, remove={"tags": said})["tags"]


@given(st.lists(st.integers(-1000, 1000), max_size=8))
@settings(deadline=None)
def test_increments_add_up_in_any_order(steps: list[int]) -> None:
    totals = []
    for order in (steps, steps[::-1]):
        ann = Person()
        ann.does(did(), *(did(trait_changes={"increment": {"points": step}}) for step in order))
        totals.append(ann.profile.states.traits.values.get("points", 0))
    assert totals == [sum(steps), sum(steps)]
