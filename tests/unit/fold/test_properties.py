"""Laws of the fold, for any events: pure, bounded, the same through storage, and merging loses no count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold import ORDER, fold
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.order import REMEMBERED
from shared.fold.profile import HARD, TARGET, Profile
from shared.fold.state import REMEMBERING, States
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, did

names = st.sampled_from(["View Item", "Add To Cart", "identify", "Session Started", "x" * 300, "é", "other"])
texts = st.text(max_size=40)
values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "device": st.dictionaries(st.sampled_from(["id", "token", "type", "model"]), texts | values)
        | st.dictionaries(st.sampled_from(["id", "token", "registered", "removed"]), texts | st.booleans())
        | values,
        "app": st.dictionaries(st.sampled_from(["name", "version", "namespace"]), texts | values) | values,
        "campaign": st.dictionaries(st.sampled_from(["source", "name"]), texts | values) | values,
        "consent": st.fixed_dictionaries({"categoryPreferences": st.dictionaries(texts, st.booleans())})
        | values,
        "os": values,
        "timezone": st.sampled_from(["Europe/Berlin", "é"]) | texts | values,
        "locale": texts | values,
        "location": st.dictionaries(st.just("country"), texts | values) | values,
    },
)
other_ids = st.dictionaries(
    st.sampled_from(["email", "phone", "device", "acme", "z"]), st.sampled_from("abc"), max_size=3
)
trait_changes = st.dictionaries(
    st.sampled_from(["increment", "append", "remove", "set_once", "multiply"]),
    st.dictionaries(st.sampled_from(["email", "plan", "points", "consents"]), values, max_size=2),
    max_size=2,
)


@st.composite
def happenings(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(["track", "identify", "page", "screen", "alias", "group"]))
    at = NOON + timedelta(minutes=draw(st.integers(-3000, 3000)))
    return did(
        draw(names) if kind == "track" else kind,
        type=kind,
        at=at,
        received_at=NOON,
        anonymous_id=draw(st.none() | st.sampled_from(["a1", "a2", "a3"])),
        other_ids=draw(other_ids),
        previous_id=draw(st.sampled_from(["u1", "u2", "a1"])) if kind == "alias" else None,
        properties=draw(st.dictionaries(texts, values, max_size=3)),
        traits=draw(st.dictionaries(st.sampled_from(["email", "plan", "consents", "é"]), values, max_size=3)),
        trait_changes=draw(trait_changes),
        context=draw(contexts),
    )


@given(st.lists(happenings(), max_size=12), st.sampled_from(["server", "browser"]))
@settings(deadline=None)
def test_any_events_fold_purely_within_budget_and_survive_storage(events: list[Event], trust: Any) -> None:
    profile = Profile("user:u1")
    before = encoded(profile)

    once = fold(profile, events, Workspace(), NOON, trust=trust)

    assert encoded(profile) == before
    assert once == fold(profile, events, Workspace(), NOON, trust=trust)
    after = replace(profile, states=once.states, due_at=once.due_at)
    assert decoded("user:u1", encoded(after), 0) == after
    for part in REMEMBERING.values():
        assert len(part.encode(getattr(once.states, part.name))) <= part.budget, part.name
    assert ORDER.explain(once.states).keys() == set(REMEMBERED)


@given(st.lists(happenings(), max_size=8), st.lists(happenings(), max_size=8))
@settings(deadline=None)
def test_merging_two_people_keeps_every_count(ones: list[Event], others: list[Event]) -> None:
    one = fold(Profile("user:u1"), ones, Workspace(), NOON).states
    other = fold(Profile("user:u2"), others, Workspace(), NOON).states

    both = ORDER.merge(one, other)

    def total(states: Any) -> int:
        return sum(counter.count for counter in states.counters.events.values())

    assert total(both) == total(one) + total(other)
    assert ORDER.merge(one, Profile("user:u3").states) == one


@given(st.lists(happenings(), max_size=10, unique_by=lambda event: event.id), st.integers(0, 10))
@settings(deadline=None)
def test_where_a_record_ends_makes_no_difference(events: list[Event], cut: int) -> None:
    whole = fold(Profile("user:u1"), events, Workspace(), NOON).states

    first = fold(Profile("user:u1"), events[:cut], Workspace(), NOON).states
    both = fold(Profile("user:u1", states=first), events[cut:], Workspace(), NOON).states

    assert _but_records(both) == _but_records(whole)


def _but_records(states: States) -> States:
    """Where a record ends is what is remembered of records as a whole."""
    return states.having(duplicates=states.duplicates._replace(records={}))


def test_a_typical_profile_is_small_and_the_parts_budgets_fit_the_hard_limit() -> None:
    events = [did(f"Event {n % 12}", properties={"n": n}) for n in range(100)]
    typical = fold(Profile("user:u1"), events, Workspace(), NOON).states
    assert len(encoded(Profile("user:u1", states=typical))) < TARGET
    assert sum(part.budget for part in ORDER.everything) <= HARD
