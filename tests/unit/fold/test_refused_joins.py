"""An event that joins somebody and is refused after all leaves the person as the same event would that joins nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold import fold
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.profile import Profile
from shared.fold.state import States, Stored
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did, identified

MINUTE = timedelta(minutes=1)

REFUSED: dict[str, dict[str, Any]] = {
    "traits that are too large": {"traits": {"bio": "y" * 9_000}},
    "a change that does not fit the trait": {
        "traits": {"name": "Ann"},
        "trait_changes": {"increment": {"name": 1}},
    },
    "a consent that is neither given nor withdrawn": {"traits": {"consents": {"sms": "perhaps"}}},
    "too many consents": {"traits": {"consents": {f"channel {n}": True for n in range(21)}}},
    "a withdrawal among what is refused": {"traits": {"bio": "y" * 9_000, "consents": {"email": False}}},
}
"""What the parts behind `identities` refuse."""

HAPPENINGS: tuple[dict[str, Any], ...] = (
    {},
    {
        "name": "Buy",
        "context": {"device": {"id": "d9", "type": "ios", "token": "T"}, "timezone": "Asia/Tokyo"},
    },
    {"type": "identify", "traits": {"city": "Oslo", "consents": {"push": True, "email": True}}},
    {"context": {"campaign": {"source": "news"}, "app": {"name": "Shop", "version": "1"}}},
)


def lived(key: str, who: dict[str, str | None], happened: list[int], *, later: bool) -> Profile:
    """Whoever did these things; `later` what a newer version remembers of them, which this one does not read."""
    person = Person(key=key)
    for minute, number in enumerate(happened):
        person.does(did(at=NOON + minute * MINUTE, **{**who, **HAPPENINGS[number]}))
    if not later:
        return person.profile
    newer = Stored("stamps", orjson.dumps([key]), NOON + 5 * MINUTE * len(happened))
    stored = States.stored([*person.profile.states.slices(), newer])
    return replace(person.profile, states=stored)


def as_read(profile: Profile, *, again: bool) -> Profile:
    """The same, or as it comes out of the table: nothing of it is read yet."""
    return decoded(profile.key, encoded(profile), 1) if again else profile


happened = st.lists(st.integers(0, len(HAPPENINGS) - 1), max_size=5)


@pytest.mark.parametrize("refused", REFUSED)
@settings(deadline=None, max_examples=25)
@given(happened, happened, st.booleans(), st.booleans(), st.booleans())
def test_a_refused_event_that_joined_somebody_leaves_no_trace_of_them(
    refused: str,
    ann_did: list[int],
    visitor_did: list[int],
    later: bool,
    read_again: bool,
    ahead: bool,
) -> None:
    ann = lived("user:u1", {}, ann_did, later=later)
    visitor = lived("anonymous:kiosk", {"user_id": None, "anonymous_id": "kiosk"}, visitor_did, later=later)
    at, said = NOON + (2 if ahead else 6) * MINUTE, REFUSED[refused]
    event = identified(at=at, **said.get("traits", {})).model_copy(
        update={"trait_changes": said.get("trait_changes", {})}
    )

    outcomes = []
    for anonymous in (None, "kiosk"):
        named: Event = event.model_copy(update={"anonymous_id": anonymous})
        strangers = {"anonymous:kiosk": visitor}
        who = as_read(ann, again=read_again)
        outcomes.append(fold(who, [named], Workspace(), at, strangers=strangers))
    alone, joining = outcomes

    assert len(joining.decisions.refused) == 1
    assert joining.states.slices() == alone.states.slices()
    assert (joining.joined, joining.dues, joining.due_at, joining.clock) == (
        alone.joined, alone.dues, alone.due_at, alone.clock,
    )  # fmt: skip
    refusals = [[(one.code, one.field) for one in outcome.decisions.refused] for outcome in (alone, joining)]
    assert refusals[0] == refusals[1]
    assert replace(joining.decisions, refused=()) == replace(alone.decisions, refused=())
    assert "anonymous:kiosk" not in joining.states.identities.known


def test_a_visitor_whose_join_was_refused_joins_at_the_next_event_and_counts_once() -> None:
    ann = Person()
    ann.profile = lived("user:u1", {}, [0], later=False)
    visitor = lived("anonymous:kiosk", {"user_id": None, "anonymous_id": "kiosk"}, [1], later=False)
    strangers = {"anonymous:kiosk": visitor}
    refused = identified(at=NOON + MINUTE, bio="y" * 9_000).model_copy(update={"anonymous_id": "kiosk"})
    for _ in range(2):
        assert ann.does(refused, strangers=strangers).joined == ()
    assert "Buy" not in ann.profile.states.counters.events
    assert ann.does(did(at=NOON + 2 * MINUTE, anonymous_id="kiosk"), strangers=strangers).joined
    assert ann.profile.states.counters.events["Buy"].count == 1
