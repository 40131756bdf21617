"""Identities as keys: their order, their spelling, and what may be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import identity
from shared.events import Event, system_event
from shared.text.visible_text import trimmed
from tests.fakes.folding import NOON, did

kinds = st.sampled_from(["email", "phone", "device", "acme", "zeta", "b2"])
values = st.text() | st.text(st.sampled_from("+0123456789 ()-\u200b\x00nulNUL\u0660\uff0b\"'"), max_size=20)
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
        ("phone", "+44 (0)20 7946 0958", "+442079460958"),
        ("phone", "0532 123 45 67", "0532 123 45 67"),
        ("device", " D-1\u200b", "D-1"),
        ("user", "\ufeff u 1\u00a0", "u 1"),
        ("facebook", "A.B", "A.B"),
    ],
)
def test_an_address_has_one_spelling(kind: str, value: str, spelt: str) -> None:
    assert identity.normalised(kind, value) == spelt


@given(kinds, values)
def test_the_one_spelling_is_its_own(kind: str, value: str) -> None:
    once = identity.normalised(kind, value)
    assert identity.normalised(kind, once) == once


@given(kinds | st.sampled_from(["user", "anonymous"]), values)
def test_a_value_is_judged_as_its_one_spelling_is(kind: str, value: str) -> None:
    assert identity.named(kind, value) == identity.named(kind, identity.normalised(kind, value))
    found = identity.named(kind, value)
    assert found is None or found == identity.normalised(kind, found) == identity.named(kind, found)


FILLERS = (
    "null", "NULL", "None", "nil", "NaN", "undefined", "guest", "anonymous", "distinctid", "distinct_id", "id", "email",
    "not_authenticated", "true", "False", "[object Object]", "0", "000-000", "0.0", "--", "?", "",
)  # fmt: skip
WRAPPINGS = (
    "{}",
    "({})",
    "<{}>",
    '"{}"',
    "'{}'",
    "[{}]",
    "{{{{{}}}}}",
    '\\"{}\\"',
    "\u201c{}\u201d",
    "\uff08{}\uff09",
)
AROUND = (
    "{}",
    " {} ",
    "\u00a0{}",
    "{}\x00",
    "\u200b{}\ufeff",
    "\u202a{}\u202c",
    "\t{}\r\n",
    "\u3000{}\u2800",
)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("around", AROUND)
def test_a_filler_names_nobody_whatever_is_around_it(wrapping: str, around: str) -> None:
    for filler in FILLERS:
        value = around.format(wrapping.format(filler))
        full_width = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in value)
        for kind in ("user", "anonymous", "email", "device", "acme", "phone"):
            assert identity.named(kind, value) is None, (kind, value)
            assert identity.named(kind, full_width) is None, (kind, full_width)


@pytest.mark.parametrize(
    "value",
    [
        "u1",
        "0u",
        "idun",
        "(a)",
        '"u1"',
        "-5",
        "nullable",
        "user-1",
        "\u2764",
        "\u0645\u06cc\u200c\u0634\u0648\u062f",
        "1.0",
        "C++",
    ],
)
def test_what_only_resembles_a_filler_is_an_id(value: str) -> None:
    assert identity.named("user", value) == value


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


LIKE_AN_ID = st.text(st.sampled_from("aZnul019-_ .\"'(){}\t\x00\x7f\u200bé"), max_size=8) | st.sampled_from(
    [
        f"{before}{word}{after}"
        for word in identity.PLACEHOLDERS
        for before in ("", "0", "N")
        for after in ("", "\x00", "0")
    ]
)


@given(LIKE_AN_ID)
def test_an_id_that_is_read_at_a_glance_is_read_as_any_other(value: str) -> None:
    seen = trimmed(value)
    expected = None if identity.is_placeholder(seen) else seen
    assert identity.named("user", value) == expected
    assert identity.named("email", value) == (
        None if expected is None else identity.normalised("email", seen)
    )
