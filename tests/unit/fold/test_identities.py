"""Which ids a person remembers, and what may join them: at each limit, below it and above."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import identity
from shared.fold import JOINS_PER_RECORD, fold
from shared.fold.budgets import MOST_ABSORBED, MOST_KEYS
from shared.fold.parts import identities
from shared.fold.parts.identities import BYTES, REMEMBERED, Identities
from shared.fold.profile import Pointer, Profile, Seen, mark_key
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did


def by(*anonymous: str) -> Person:
    """`u1` after events with these anonymous ids."""
    person = Person()
    for name in anonymous:
        person.does(did(anonymous_id=name))
    return person


def known(person: Person) -> tuple[str, ...]:
    return person.profile.states.identities.known


# what is remembered


@pytest.mark.parametrize(
    ("count", "forgotten"),
    [(REMEMBERED - 2, []), (REMEMBERED - 1, []), (REMEMBERED, ["a0"]), (REMEMBERED + 1, ["a0", "a1"])],
)
def test_the_ids_named_longest_ago_are_forgotten_first(count: int, forgotten: list[str]) -> None:
    names = [f"a{n}" for n in range(count)]
    person = by(*names)
    kept = [f"anonymous:{name}" for name in names if name not in forgotten]
    assert known(person) == (*kept[:-1], "user:u1", kept[-1])


def test_an_id_that_is_named_again_is_remembered_longer_than_one_named_since() -> None:
    person = by(*(f"a{n}" for n in range(REMEMBERED - 1)))
    person.does(did(anonymous_id="a0"))
    person.does(did(anonymous_id="new"))
    assert "anonymous:a0" in known(person)
    assert "anonymous:a1" not in known(person)


def test_naming_the_same_ids_again_leaves_what_is_remembered_as_it_is() -> None:
    person = by("a1")
    before = person.profile.states.identities
    person.does(did(anonymous_id="a1"))
    assert person.profile.states.identities is before


@pytest.mark.parametrize(("spare", "first_is_kept"), [(-1, False), (0, True), (1, True)])
def test_of_long_ids_fewer_are_remembered(spare: int, *, first_is_kept: bool) -> None:
    """Three ids of 200 characters, and a last one that just fits, or does not, beside the user id."""
    names = [f"{n:02}" + "x" * (200 - len("anonymous:") - 2) for n in range(3)]
    left = BYTES - 3 * (200 + 3) - len("user:u1") - len("anonymous:") - 2 * 3
    person = by(*names, "y" * (left - spare))
    assert (f"anonymous:{names[0]}" in known(person)) is first_is_kept
    assert f"anonymous:{names[1]}" in known(person)
    assert "user:u1" in known(person)


def test_whoever_stays_keeps_their_own_ids_before_those_of_whoever_joins() -> None:
    one = Identities(("user:u1", "anonymous:a1"), known_user=True)
    other = Identities(tuple(f"anonymous:o{n}" for n in range(REMEMBERED)))
    both = identities.merge(one, other)
    assert both.known[-2:] == one.known
    assert both.known[:-2] == other.known[2:]
    assert both.known_user
    assert identities.merge(other, one).known_user


# what joins


def test_somebody_reached_by_two_ids_of_one_event_joins_once() -> None:
    old = Person(key="user:a")
    old.does(*(did(user_id="a") for _ in range(5)))
    alias = did(type="alias", name="alias", user_id="b", previous_id="a")
    strangers: dict[str, Profile | Pointer] = {
        "user:a": old.profile,
        "user:b": Pointer("user:b", "user:a"),
    }
    person = Person()

    outcome = person.does(alias, strangers=strangers)

    assert outcome.joined.count("user:a") == 1
    assert person.profile.states.counters.events["View Item"].count == 5


def test_what_a_refused_event_joined_is_not_joined() -> None:
    """The next event that names it joins it."""
    person = Person()
    person.does(did(traits={"email": "ann@shop.example"}))
    changing = did(anonymous_id="a1", traits={"email": "eve@evil.example"})
    outcome = person.does(changing, did(anonymous_id="a1"), trust="browser")
    assert [refusal.index for refusal in outcome.decisions.refused] == [0]
    assert outcome.joined == ("anonymous:a1",)


@pytest.mark.parametrize("count", [JOINS_PER_RECORD - 1, JOINS_PER_RECORD, JOINS_PER_RECORD + 1])
def test_so_many_ids_join_in_one_record_and_the_others_at_their_next_event(count: int) -> None:
    events = [did(anonymous_id=f"a{n}") for n in range(count)]
    assert len(Person().does(*events).joined) == min(count, JOINS_PER_RECORD)


def _somebody(key: str, keys: int) -> Profile:
    """Of whom so many partition keys are remembered."""
    seen = {mark_key(f"{key}-{n}"): Seen("1", NOON) for n in range(keys)}
    return Profile(key, seen=seen)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (MOST_KEYS // 2, MOST_KEYS - MOST_KEYS // 2),
        (MOST_KEYS - 1, 1),
        (1, MOST_KEYS - 1),
        (MOST_KEYS - 1, 0),
    ],
)
@pytest.mark.parametrize(("more", "joins"), [(-1, True), (0, True), (1, False)])
def test_nobody_takes_in_more_partition_keys_than_an_item_may_hold(
    mine: int, theirs: int, more: int, *, joins: bool
) -> None:
    profile, stranger = _somebody("user:u1", mine + more), _somebody("anonymous:a1", theirs)
    assert _joined(profile, stranger) is joins


@pytest.mark.parametrize("theirs", [0, 1, 40])
@pytest.mark.parametrize(("more", "joins"), [(-1, True), (0, True), (1, False)])
def test_nobody_absorbs_more_people_than_an_item_may_hold(theirs: int, more: int, *, joins: bool) -> None:
    """A visitor's UUID takes 18 bytes, the visitor who joins 15."""
    stranger = Profile("anonymous:a1", absorbed=tuple(f"anonymous:{uuid4()}" for _ in range(theirs)))
    room = MOST_ABSORBED - 18 * theirs - len('"anonymous:a1",')
    count, rest = divmod(room + more, 18)
    last = "x" * (rest + 18 - len('"user:",'))
    mine = (*(f"anonymous:{uuid4()}" for _ in range(count - 1)), f"user:{last}")
    assert _joined(Profile("user:u1", absorbed=mine), stranger) is joins


def _joined(profile: Profile, stranger: Profile) -> bool:
    event = did(anonymous_id="a1")
    return fold(profile, [event], Workspace(), NOON, strangers={stranger.key: stranger}).joined != ()


def test_several_who_join_in_one_event_are_counted_together() -> None:
    profile = _somebody("user:u1", MOST_KEYS - 30)
    strangers = {key: _somebody(key, 20) for key in ("anonymous:a1", "device:d1")}
    event = did(anonymous_id="a1", other_ids={"device": "d1"})
    outcome = fold(profile, [event], Workspace(), NOON, strangers=strangers)
    assert outcome.joined == ("anonymous:a1",)


@given(
    st.lists(
        st.text(st.sampled_from('a\x01"\\é漢👩'), min_size=1, max_size=identity.LONGEST)
        | st.sampled_from(["\x01" * identity.LONGEST, "0" * identity.LONGEST])
        | st.uuids().map(str),
        max_size=60,
    )
)
@settings(deadline=None)
def test_whatever_ids_are_named_the_slice_keeps_to_its_budget(ids: list[str]) -> None:
    """JSON writes some characters with six bytes, and an id may be of nothing else."""
    for key in ("user:u1", f"user:{ids[0]}" if ids else "user:u1"):
        ann = Person(key=key)
        for anonymous in ids:
            ann.does(did(user_id=identity.value_of(key), anonymous_id=anonymous))
            state = ann.profile.states.identities
            assert len(identities.encode(state)) <= identities.budget
            assert identities.decode(identities.encode(state)) == state


def test_an_id_that_is_too_long_to_be_remembered_leads_to_its_person_and_costs_them_no_other() -> None:
    ann, long = Person(), "\x01" * identity.LONGEST
    ann.does(did(anonymous_id="a1"))
    assert ann.does(did(anonymous_id=long)).joined == (f"anonymous:{long}",)
    assert {"user:u1", "anonymous:a1"} <= {*ann.profile.states.identities.known}
    led = {f"anonymous:{long}": Pointer(f"anonymous:{long}", "user:u1")}
    assert ann.does(did(anonymous_id=long), strangers=led).joined == ()
