"""People are found by any of their ids, and read as plain JSON."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from shared.fold.profile import Changes, CircularPointers, Pointer, Profile
from shared.stored import people
from simulation.ports.profiles import FakeProfiles
from tests.fakes.folding import NOON, Person, did, identified


def stored(*items: Profile | Pointer) -> FakeProfiles:
    profiles = FakeProfiles()
    for item in items:
        profiles.save(Changes(pointers=(item,)) if isinstance(item, Pointer) else Changes((item,)), at=NOON)
    return profiles


@pytest.mark.parametrize("typed", ["u1", "user:u1", "a1", "anonymous:a1", "older", "anonymous:older"])
def test_a_person_is_found_by_each_id_they_have(typed: str) -> None:
    profiles = stored(
        Profile("user:u1"), Pointer("anonymous:a1", "user:u1"), Pointer("anonymous:older", "anonymous:a1")
    )

    found = people.find(profiles, typed)

    assert found is not None
    assert found.key == "user:u1"


@pytest.mark.parametrize(
    "typed",
    [
        "Ana@Shop.example",
        "email:ANA@shop.example",
        "+47 22 33 44 55",
        "phone:+47-2233-4455",
        "D1",
        "device:D1",
        "acme:7",
    ],
)
def test_a_person_is_found_by_an_address_a_device_or_a_vendors_id(typed: str) -> None:
    profiles = stored(
        Profile("email:ana@shop.example"),
        *(Pointer(key, "email:ana@shop.example") for key in ("phone:+4722334455", "device:D1", "acme:7")),
    )

    found = people.find(profiles, typed)

    assert found is not None
    assert found.key == "email:ana@shop.example"


@pytest.mark.parametrize("typed", ["u2", "user:u2", "", "user:", "device:u1", "robot:u1"])
def test_nobody_is_found_by_an_id_nobody_has(typed: str) -> None:
    assert people.find(stored(Profile("user:u1")), typed) is None


def test_a_user_id_goes_before_an_anonymous_id_of_the_same_value() -> None:
    found = people.find(stored(Profile("user:x"), Profile("anonymous:x")), "x")

    assert found is not None
    assert found.key == "user:x"


def test_an_id_that_looks_like_a_key_is_found_too() -> None:
    found = people.find(stored(Profile("user:user:7")), "user:7")

    assert found is not None
    assert found.key == "user:user:7"


@pytest.mark.parametrize("length", [1, 2, 32, 33, 200])
def test_a_person_is_found_however_many_pointers_lead_there(length: int) -> None:
    chain = [Pointer(f"user:{n}", f"user:{n + 1}") for n in range(length)]
    profiles = stored(*chain, Profile(f"user:{length}"))

    found = people.find(profiles, "user:0")

    assert found is not None
    assert found.key == f"user:{length}"


@pytest.mark.parametrize("length", [1, 2, 3])
def test_pointers_in_a_circle_are_an_error(length: int) -> None:
    circle = [Pointer(f"user:{n}", f"user:{(n + 1) % length}") for n in range(length)]

    with pytest.raises(CircularPointers, match="circle"):
        people.find(stored(*circle), "user:0")


def test_what_a_person_left_behind_is_looked_for_under_every_absorbed_key() -> None:
    assert people.keys_of(Profile("user:u1", absorbed=("anonymous:a1",))) == ("user:u1", "anonymous:a1")


def test_a_presented_person_has_traits_consents_and_counters() -> None:
    person = Person()
    person.does(identified(email="ann@example.com", consents={"sms": True, "push": False}))
    person.does(did("View Item"), did("View Item", at=NOON + timedelta(seconds=5)))

    shown = people.presented(person.profile)

    assert shown["key"] == "user:u1"
    assert shown["traits"] == {"email": "ann@example.com"}
    assert shown["consents"] == {"sms": True, "push": False}
    assert shown["counters"]["View Item"] == {
        "count": 2,
        "first": "2026-11-21T12:00:00.000Z",
        "last": "2026-11-21T12:00:05.000Z",
    }
    assert shown["sessions"]["current"]["events"] == 3


def test_a_presented_person_is_json_also_when_nothing_is_known() -> None:
    shown = orjson.loads(orjson.dumps(people.presented(Profile("anonymous:a1"))))

    assert shown["identities"] == ["anonymous:a1"]
    assert shown["devices"] == []
    assert shown["sessions"] == {"current": None}
    assert shown["due_at"] is None


def test_every_part_of_the_fold_explains_itself_on_the_card() -> None:
    explained = people.presented(Profile("user:u1"))["explained"]

    assert {"identities", "traits", "consents", "counters", "sessions"} <= explained.keys()
    assert all(isinstance(text, str) for text in explained.values())
