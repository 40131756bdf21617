"""People known by an address, a device or a vendor's id: who joins whom, and what a browser may not do by such ids."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold import fold
from shared.fold.profile import Pointer, Profile
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did, identified

ANA, EVE = "ana@shop.example", "eve@evil.example"


def by(other_ids: dict[str, str], **fields: Any) -> Event:
    """An event that names its person only so."""
    return did(**{"user_id": None, "other_ids": other_ids, **fields})


def refusals(person: Person) -> list[tuple[str, str]]:
    assert person.outcome is not None
    return [(refusal.code, refusal.field) for refusal in person.outcome.decisions.refused]


def known(**traits: Any) -> Person:
    """`u1`, of whom a server said an address, and that they withdrew SMS."""
    ana = Person()
    ana.does(
        identified(email=ANA, consents={"sms": False}, **traits).model_copy(
            update={"other_ids": {"email": ANA}}
        )
    )
    return ana


# who joins


def test_ids_join_strongest_first() -> None:
    ana = Person()
    outcome = ana.does(
        did(anonymous_id="a1", other_ids={"zeta": "z", "device": "d", "email": ANA, "acme": "7"})
    )
    joined = ("anonymous:a1", f"email:{ANA}", "device:d", "acme:7", "zeta:z")
    assert outcome.joined == joined
    assert ana.profile.states.identities.known == ("user:u1", *joined)


def test_whoever_claims_an_id_first_keeps_it() -> None:
    bo = Person(key="user:u2")
    outcome = bo.does(
        did(user_id="u2", other_ids={"email": ANA}),
        strangers={f"email:{ANA}": Pointer(f"email:{ANA}", "user:u1")},
    )
    assert outcome.joined == ()
    assert not outcome.decisions.refused


def test_somebody_known_only_by_an_address_joins_with_all_they_did() -> None:
    reader, ana = Person(key=f"email:{ANA}"), Person()
    reader.does(by({"email": ANA}, traits={"newsletter": True}))
    ana.does(did(other_ids={"email": ANA}), strangers={reader.profile.key: reader.profile})
    assert ana.profile.states.traits.values == {"newsletter": True}
    assert ana.profile.states.counters.events["View Item"].count == 2


@pytest.mark.parametrize("other", [{"email": ANA}, {"device": "d1"}])
def test_an_id_that_a_user_id_has_joined_is_no_way_to_merge_two_known_people(other: dict[str, str]) -> None:
    [key] = [f"{kind}:{value}" for kind, value in other.items()]
    first, second = Person(key=key), Person(key="user:u2")
    alias = by(other, type="alias", name="alias", previous_id="u1")
    assert "user:u1" in first.does(alias, strangers={"user:u1": known().profile}).joined
    outcome = second.does(did(user_id="u2", other_ids=other), strangers={key: first.profile})
    assert outcome.joined == ()
    alias = did(type="alias", name="alias", user_id="u2", previous_id="a1")
    visitor = Profile("anonymous:a1", states=first.profile.states)
    assert second.does(alias, strangers={"anonymous:a1": visitor}).joined == ("user:a1", "anonymous:a1")
    assert (
        Person(key="user:u2").does(alias, trust="browser", strangers={"anonymous:a1": visitor}).joined == ()
    )


@pytest.mark.parametrize(
    ("kind", "joins"), [("email", False), ("phone", False), ("acme", False), ("device", True)]
)
def test_a_browser_does_not_take_over_whoever_is_known_by_an_address(kind: str, *, joins: bool) -> None:
    victim = Person(key=f"{kind}:x")
    victim.does(by({kind: "x"}, traits={"email": ANA}))
    strangers = {victim.profile.key: victim.profile}
    for event in (did(other_ids={kind: "x"}), did(user_id=None, anonymous_id="u1", other_ids={kind: "x"})):
        eve = Person(key=event.identities[0])
        eve.does(event, trust="browser", strangers=strangers)
        assert (eve.profile.states.traits.values == {"email": ANA}) is joins
        assert refusals(eve) == []
    proven = did(other_ids={kind: "x"}, verified=("user",))
    assert Person().does(proven, trust="browser", strangers=strangers).joined == (f"{kind}:x",)


# what a browser may not do


def test_by_an_address_a_browser_may_record_what_a_known_person_does() -> None:
    ana = known(plan="gold")
    for kind in ("track", "page", "screen"):
        ana.does(by({"email": ANA}, type=kind), trust="browser")
        assert refusals(ana) == []
    assert ana.profile.states.counters.events["View Item"].count == 3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"traits": {"email": EVE}}, "traits.email"),
        ({"traits": {"email": None}}, "traits.email"),
        ({"traits": {"plan": "free"}}, "traits.plan"),
        ({"trait_changes": {"append": {"email": [EVE]}}}, "trait_changes.append.email"),
        ({"trait_changes": {"increment": {"points": -5}}}, "trait_changes.increment.points"),
        ({"traits": {"consents": {"sms": True}}}, "consents.sms"),
    ],
)
@pytest.mark.parametrize("other", [{"email": ANA}, {"phone": "+1"}, {"device": "d1"}, {"acme": "7"}])
@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen"])
def test_by_an_address_alone_a_browser_changes_nothing_of_a_known_person(
    kind: str, other: dict[str, str], said: dict[str, Any], field: str
) -> None:
    ana = known(plan="gold", points=5)
    before = ana.profile.states.traits
    ana.does(by(other, type=kind, **said), trust="browser")
    assert refusals(ana) == [("not_trusted", field)]
    assert ana.profile.states.traits == before
    assert not ana.does(by(other, type=kind, **said)).decisions.refused  # a server may


def test_by_an_address_alone_a_browser_may_add_traits_and_withdraw_a_consent() -> None:
    ana = known(plan="gold")
    said = {"plan": "gold", "city": "Oslo", "phone": "+47", "consents": {"email": False}}
    changes = {"set_once": {"plan": "free", "size": 38}, "increment": {"points": 1}}
    ana.does(by({"email": ANA}, traits=said, trait_changes=changes), trust="browser")
    assert refusals(ana) == []
    assert ana.profile.states.traits.values == {
        "email": ANA, "plan": "gold", "city": "Oslo", "phone": "+47", "size": 38, "points": 1,
    }  # fmt: skip


def test_with_their_user_id_a_browser_may_change_traits_that_are_no_address() -> None:
    ana = known(plan="gold")
    ana.does(did(traits={"plan": "free"}), did(trait_changes={"append": {"email": [EVE]}}), trust="browser")
    assert refusals(ana) == [("not_trusted", "trait_changes.append.email")]
    assert ana.profile.states.traits.values == {"email": ANA, "plan": "free"}


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_a_browser_may_give_a_known_person_a_first_address_but_no_second_one(kind: str) -> None:
    ana = Person()
    ana.does(did(other_ids={kind: "one"}), did(other_ids={kind: "one"}), trust="browser")
    assert refusals(ana) == []
    second = did(other_ids={kind: "two"})
    ana.does(second, trust="browser")
    assert refusals(ana) == [("not_trusted", f"other_ids.{kind}")]
    assert ana.does(second.model_copy(update={"verified": ("user",)}), trust="browser").joined == (
        f"{kind}:two",
    )


def test_an_address_that_is_somebody_elses_is_not_refused_for_it_does_not_join() -> None:
    ana = known()
    ana.does(
        did(other_ids={"email": EVE}),
        trust="browser",
        strangers={f"email:{EVE}": Pointer(f"email:{EVE}", "user:u2")},
    )
    assert refusals(ana) == []
    assert f"email:{EVE}" not in ana.profile.states.identities.known


def test_a_visitor_may_correct_the_address_they_typed() -> None:
    visitor = Person(key="anonymous:a1")
    for address in (EVE, ANA):
        event = did(user_id=None, anonymous_id="a1", other_ids={"email": address}, traits={"email": address})
        visitor.does(event, trust="browser")
        assert refusals(visitor) == []


def test_whoever_is_known_by_an_address_alone_keeps_their_other_address_and_what_they_withdrew() -> None:
    ana = Person(key=f"email:{ANA}")
    first = by(
        {"email": ANA, "phone": "+1"}, traits={"phone": "+1", "plan": "free", "consents": {"sms": False}}
    )
    ana.does(first, trust="browser")
    assert refusals(ana) == []
    ana.does(
        by({"email": ANA}, traits={"phone": "+2"}),
        by({"email": ANA, "phone": "+2"}),
        by({"email": ANA}, traits={"consents": {"sms": True}}),
        by({"email": ANA}, traits={"plan": "gold"}),
        trust="browser",
    )
    assert [field for _, field in refusals(ana)] == ["traits.phone", "other_ids.phone", "consents.sms"]
    assert ana.profile.states.traits.values == {"phone": "+1", "plan": "gold"}


def test_nobody_becomes_somebody_elses_visitor_by_an_alias_of_their_address() -> None:
    ana = known()
    alias = by({"email": ANA}, type="alias", name="alias", previous_id="a9")
    ana.does(alias, trust="browser")
    assert refusals(ana) == [("not_trusted", "previous_id")]
    assert ana.does(alias).joined == ("user:a9", "anonymous:a9")
    again = by({"email": ANA}, type="alias", name="alias", previous_id="a9")
    ana.does(again, trust="browser")
    assert refusals(ana) == []
    newcomer = Person(key=f"email:{EVE}")
    first = by({"email": EVE}, type="alias", name="alias", previous_id="a9")
    assert newcomer.does(first, trust="browser").joined == ("anonymous:a9",)


KINDS = st.sampled_from(["email", "phone", "device", "acme"])
words = st.sampled_from([ANA, EVE, "+1", "+2", None, ""])


@st.composite
def forged(draw: st.DrawFn) -> Event:
    """Whatever a browser can say of the person of u1, but for the proof."""
    user = draw(st.sampled_from(["u1", None]))
    other_ids = draw(st.dictionaries(KINDS, st.sampled_from([ANA, EVE, "+1", "+2"]), max_size=3))
    trait = st.sampled_from(["email", "phone", "plan"])
    return did(
        type=(kind := draw(st.sampled_from(["identify", "track", "page", "screen", "group", "alias"]))),
        user_id=user,
        anonymous_id=draw(st.sampled_from(["a1", "a2", None])),
        other_ids=other_ids,
        previous_id="a7" if kind == "alias" else None,
        traits=draw(st.dictionaries(trait, words, max_size=2))
        | draw(st.just({}) | st.fixed_dictionaries({"consents": st.just({"sms": True})})),
        trait_changes=draw(
            st.dictionaries(
                st.sampled_from(["append", "remove", "set_once", "increment"]),
                st.dictionaries(trait, words, max_size=2),
                max_size=2,
            )
        ),
    )


@given(st.lists(forged(), max_size=8))
@settings(deadline=None)
def test_whatever_a_browser_says_addresses_and_withdrawals_of_a_known_person_stay(
    events: list[Event],
) -> None:
    ana = known(plan="gold", phone="+1")
    ana.does(did(other_ids={"phone": "+1"}))
    before = ana.profile

    only_other_ids = [event for event in events if (event.user_id, event.anonymous_id) == (None, None)]
    after = fold(before, events, Workspace(), NOON, trust="browser").states
    alone = fold(before, only_other_ids, Workspace(), NOON, trust="browser").states

    for states in (after, alone):
        assert {trait: states.traits.values.get(trait) for trait in ("email", "phone")} == {
            "email": ANA,
            "phone": "+1",
        }
        assert states.consents.channels["sms"].given is False
        addresses = [key for key in states.identities.known if key.startswith(("email:", "phone:"))]
        assert sorted(addresses) == [f"email:{ANA}", "phone:+1"]
    assert alone.traits.values["plan"] == "gold"
    assert not any(key.startswith("anonymous:") for key in alone.identities.known)
