"""What a browser may change of a person, whom anybody can pretend to be."""

from __future__ import annotations

from tests.fakes.folding import Person, identified


def test_a_browser_may_set_an_address_and_repeat_it_but_not_change_it() -> None:
    ann = Person()
    first, again, changed = (identified(email=f"{name}@shop.example") for name in ("ann", "ann", "eve"))
    outcome = ann.does(first, again, changed, trust="browser")
    assert [(refusal.index, refusal.code, refusal.field) for refusal in outcome.decisions.refused] == [
        (2, "not_trusted", "traits.email")
    ]
    assert ann.profile.states.traits.values == {"email": "ann@shop.example"}
    assert ann.profile.states.counters.events["identify"].count == 2


def test_with_the_hash_of_the_user_a_browser_may_change_an_address() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    changed = identified(email="ann@new.example").model_copy(update={"verified": ("user",)})
    ann.does(changed, trust="browser")
    assert ann.profile.states.traits.values == {"email": "ann@new.example"}


def test_nobody_knows_an_anonymous_visitor_so_they_may_change_their_address() -> None:
    visitor = Person(key="anonymous:a1")
    for name in ("ann", "eve"):
        said = identified(email=f"{name}@shop.example").model_copy(
            update={"user_id": None, "anonymous_id": "a1"}
        )
        assert not visitor.does(said, trust="browser").decisions.refused
    assert visitor.profile.states.traits.values == {"email": "eve@shop.example"}


def test_a_browser_may_withdraw_a_consent_always_but_not_give_a_withdrawn_one_back() -> None:
    ann = Person()
    given, withdrawn, back = (identified(consents={"sms": word}) for word in (True, False, True))
    outcome = ann.does(given, withdrawn, back, trust="browser")
    assert [(refusal.index, refusal.field) for refusal in outcome.decisions.refused] == [(2, "consents.sms")]
    assert ann.profile.states.consents.channels["sms"].given is False


def test_an_event_that_was_refused_is_no_duplicate_when_it_comes_again() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    change = identified(email="ann@new.example")
    ann.does(change, trust="browser")
    outcome = ann.does(change, trust="server")
    assert outcome.decisions.duplicates == ()
    assert ann.profile.states.traits.values == {"email": "ann@new.example"}
