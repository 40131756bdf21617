"""What the fold makes of traits and consents: one behaviour a test."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.events import Event
from tests.fakes.folding import NOON, Person, did, identified

MINUTE = timedelta(minutes=1)


def test_traits_are_kept_and_null_removes_one() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example", plan="free"), identified(plan="gold", email=None))
    assert ann.profile.states.traits.values == {"plan": "gold"}


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen"])
def test_what_a_person_does_may_say_traits_and_consents(kind: str) -> None:
    ann = Person()
    ann.does(did(type=kind, traits={"plan": "gold", "consents": {"sms": True}}))
    assert ann.profile.states.traits.values == {"plan": "gold"}
    assert ann.profile.states.consents.channels["sms"].given is True


@pytest.mark.parametrize("kind", ["group", "alias"])
def test_a_groups_traits_are_the_groups_and_an_alias_has_none(kind: str) -> None:
    ann = Person()
    said = {"company": "Acme", "consents": {"sms": True}}
    ann.does(did(type=kind, traits=said, trait_changes={"increment": {"points": 1}}))
    assert ann.profile.states.traits.values == {}
    assert ann.profile.states.consents.channels == {}


def test_a_consent_said_in_a_tracks_traits_is_no_stale_word_of_the_context() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": False}))
    stale = {"consent": {"categoryPreferences": {"sms": False}}}
    ann.does(did(traits={"consents": {"sms": True}}, context=stale, at=NOON + MINUTE))
    assert ann.profile.states.consents.channels["sms"].given is True


def test_traits_over_the_limit_are_refused_and_the_others_kept() -> None:
    ann = Person()
    outcome = ann.does(identified(plan="gold"), identified(essay="x" * 9000))
    assert ann.profile.states.traits.values == {"plan": "gold"}
    assert [(refusal.index, refusal.code, refusal.field) for refusal in outcome.decisions.refused] == [
        (1, "too_large", "traits")
    ]


@pytest.mark.parametrize(
    "event",
    [
        identified(consents={"sms": True, "email": False}),
        did(context={"consent": {"categoryPreferences": {"sms": True, "email": False}}}),
    ],
)
def test_consents_are_said_among_traits_or_in_the_consent_context(event: Event) -> None:
    ann = Person()
    ann.does(event)
    given = {channel: said.given for channel, said in ann.profile.states.consents.channels.items()}
    assert given == {"sms": True, "email": False}
    assert "consents" not in ann.profile.states.traits.values


def test_an_older_word_on_consent_does_not_undo_a_newer_one() -> None:
    ann = Person()
    ann.does(
        identified(consents={"sms": False}, at=NOON + MINUTE), identified(consents={"sms": True}, at=NOON)
    )
    assert ann.profile.states.consents.channels["sms"].given is False


def test_a_withdrawal_counts_though_the_consent_came_from_a_clock_that_runs_ahead() -> None:
    ann = Person()
    ahead = identified(consents={"sms": True}, at=NOON + 4 * MINUTE).model_copy(update={"received_at": NOON})
    ann.does(ahead, now=NOON)
    ann.does(identified(consents={"sms": False}, at=NOON + MINUTE), now=NOON + MINUTE)
    assert ann.profile.states.consents.channels["sms"].given is False


def test_the_consent_a_browser_carries_along_gives_nothing_back_and_refuses_no_event() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": False}))
    stale = did("Complete Purchase", context={"consent": {"categoryPreferences": {"sms": True, "ads": True}}})
    assert not ann.does(stale, trust="browser").decisions.refused
    assert {name: said.given for name, said in ann.profile.states.consents.channels.items()} == {
        "sms": False,
        "ads": True,
    }


def test_what_the_person_who_stays_has_withdrawn_no_joining_visitor_gives_back() -> None:
    ann, visitor = Person(), Person(key="anonymous:a9")
    ann.does(identified(consents={"sms": False, "email": True}))
    later = identified(consents={"sms": True, "email": False, "push": True}, at=NOON + MINUTE)
    visitor.does(later.model_copy(update={"user_id": None, "anonymous_id": "a9"}))
    ann.does(did(anonymous_id="a9"), trust="browser", strangers={"anonymous:a9": visitor.profile})
    given = {name: said.given for name, said in ann.profile.states.consents.channels.items()}
    assert given == {"sms": False, "email": False, "push": True}


def test_an_empty_word_of_consent_does_not_make_the_carried_one_count() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": False}))
    stale = {"consent": {"categoryPreferences": {"sms": True}}}
    outcome = ann.does(
        did("identify", type="identify", traits={"consents": {}}, context=stale), trust="browser"
    )
    assert not outcome.decisions.refused
    assert not ann.profile.states.consents.channels["sms"].given


@pytest.mark.parametrize("said", ["yes", {"sms": "yes"}, {"": True}])
def test_a_consent_that_is_not_true_or_false_is_refused(said: object) -> None:
    ann = Person()
    outcome = ann.does(identified(plan="gold", consents=said))
    assert [refusal.code for refusal in outcome.decisions.refused] == ["wrong_type"]
    assert ann.profile.states.traits.values == {}  # one bad field refuses the event, not half of it
