"""Identities as keys: their order, their spelling, and what may be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import identity
from shared.events import Event, system_event
from tests.fakes.folding import NOON, did

kinds = st.sampled_from(["email", "phone", "device", "acme", "zeta", "b2"])
ids = st.none() | st.sampled_from(["x", "y", ""])


@given(ids, ids, st.dictionaries(kinds, st.text(max_size=5), max_size=4))
def test_the_strongest_key_is_the_first(
    user: str | None, anonymous: str | None, other: dict[str, str]
) -> None:
    keys = identity.keys(user, anonymous, other)
    if keys:
        assert identity.strongest(user, anonymous, other) == keys[0]
        assert did(user_id=user, anonymous_id=anonymous, other_ids=other).identities == keys
    else:
        with pytest.raises(ValueError):
            identity.strongest(user, anonymous, other)


def test_known_kinds_come_by_strength_and_vendors_by_alphabet() -> None:
    other = {"zeta": "1", "device": "2", "acme": "3", "phone": "4", "email": "5"}
    assert identity.keys("u", "a", other) == (
        "user:u", "anonymous:a", "email:5", "phone:4", "device:2", "acme:3", "zeta:1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "spelt"),
    [
        ("email", " Ana@Shop.Example\n", "ana@shop.example"),
        ("phone", "+90 (532) 123-45.67", "+905321234567"),
        ("phone", "0532\u00a0123\u201345\u201367", "05321234567"),
        ("device", " D-1 ", " D-1 "),
        ("facebook", "A.B", "A.B"),
    ],
)
def test_an_address_has_one_spelling(kind: str, value: str, spelt: str) -> None:
    assert identity.normalised(kind, value) == spelt


@given(kinds, st.text())
def test_the_one_spelling_is_its_own(kind: str, value: str) -> None:
    once = identity.normalised(kind, value)
    assert identity.normalised(kind, once) == once


@pytest.mark.parametrize("kind", ["user", "anonymous", "", "Email", "9x", "a-b", "a:b", "x" * 32, "a\n"])
def test_what_is_no_kind_of_other_ids_makes_no_event(kind: str) -> None:
    assert not identity.is_other_kind(kind)
    with pytest.raises(ValidationError):
        did(other_ids={kind: "x"})


@given(
    st.sampled_from("xy"),
    st.sampled_from("xy"),
    st.dictionaries(kinds, st.text(min_size=1, max_size=9), min_size=1),
)
def test_a_key_names_its_person_again(user: str, anonymous: str, other: dict[str, str]) -> None:
    for key in identity.keys(user, anonymous, other):
        event = Event.model_validate({**did(user_id=None).said(), **identity.naming(key)})
        assert event.identities == (key,)


def test_an_event_of_ours_names_the_person_as_its_cause_did() -> None:
    cause = did(user_id=None, other_ids={"email": "ana@shop.example"})
    said = system_event("Session Started", cause, {}, NOON)
    assert said.identities == cause.identities
