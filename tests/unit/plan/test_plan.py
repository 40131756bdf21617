"""The tracking plan at work: policies, and one reason per broken rule."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.plan.errors import MOST
from shared.plan.reasons import Code, Reason
from shared.plan.tracking_plan import Plan
from shared.workspace.model import EventDefinition, Policy, PropertyDefinition, Workspace

PURCHASE = EventDefinition(
    id="Complete Purchase",
    name="Purchase",
    properties={
        "amount": PropertyDefinition(type="number", required=True, minimum=0),
        "currency": PropertyDefinition(type="string", required=True, allowed=("USD", "EUR")),
        "coupon": PropertyDefinition(type="string", pattern="^[A-Z]+$"),
        "express": PropertyDefinition(type="boolean"),
    },
)
SCREEN = EventDefinition(id="screen", name="Screen", properties={"name": PropertyDefinition(type="string")})
PLAN = Plan(Workspace(version=1, events=(PURCHASE, SCREEN)))
GOOD = {"amount": 39, "currency": "USD"}
POLICIES: tuple[Policy, ...] = ("strict", "lenient", "observe")


def reasons(properties: dict[str, Any], policy: Policy = "strict", name: str = PURCHASE.id) -> list[Reason]:
    return PLAN.check(name, "track", properties, policy)[1]


def kept(properties: dict[str, Any], policy: Policy, name: str = PURCHASE.id) -> dict[str, Any]:
    return PLAN.check(name, "track", properties, policy)[0]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_good_event_passes_with_its_values_coerced(policy: Policy) -> None:
    assert PLAN.check(PURCHASE.id, "track", {"amount": "39", "currency": "USD"}, policy) == (GOOD, [])


@pytest.mark.parametrize(
    ("properties", "code", "field"),
    [
        ({"currency": "USD"}, Code.MISSING_PROPERTY, "properties.amount"),
        ({"amount": None, "currency": "USD"}, Code.MISSING_PROPERTY, "properties.amount"),
        ({**GOOD, "amount": "dear"}, Code.WRONG_TYPE, "properties.amount"),
        ({**GOOD, "express": 1}, Code.WRONG_TYPE, "properties.express"),
        ({**GOOD, "amount": -1}, Code.VALUE_NOT_ALLOWED, "properties.amount"),
        ({**GOOD, "currency": "JPY"}, Code.VALUE_NOT_ALLOWED, "properties.currency"),
        ({**GOOD, "coupon": "lower"}, Code.VALUE_NOT_ALLOWED, "properties.coupon"),
        ({**GOOD, "colour": "red"}, Code.UNKNOWN_PROPERTY, "properties.colour"),
    ],
)
def test_each_broken_rule_has_its_code_and_field(properties: dict[str, Any], code: Code, field: str) -> None:
    (reason,) = reasons(properties)
    assert (reason.code, reason.field) == (code, field)


def test_the_sentence_names_field_and_rule_and_never_the_value() -> None:
    (reason,) = reasons({"amount": "ana@example.test", "currency": "USD"})
    assert reason.message == "properties.amount must be a number, at least 0; a string came"


def test_every_broken_property_has_one_reason() -> None:
    found = reasons({"amount": True, "coupon": "no", "colour": 1})
    assert sorted(reason.field for reason in found) == [
        "properties.amount",
        "properties.colour",
        "properties.coupon",
        "properties.currency",
    ]


def test_the_reasons_of_one_event_are_bounded() -> None:
    assert len(reasons({**GOOD, **{f"p{i}": i for i in range(5_000)}})) == MOST


def test_strict_refuses_an_unknown_event() -> None:
    (reason,) = reasons({}, name="Purchase Completed")
    assert (reason.code, reason.field) == (Code.UNKNOWN_EVENT, "name")
    assert "Purchase Completed" in reason.message


def test_lenient_keeps_what_is_undefined_as_text() -> None:
    undefined = {"colour": "red", "size": 39.5, "gift": True, "note": None, "items": [{"sku": 1}]}
    as_text = {"colour": "red", "size": "39.5", "gift": "true", "note": None, "items": '[{"sku":1}]'}
    assert kept({**GOOD, **undefined}, "lenient") == {**GOOD, **as_text}
    assert kept(undefined, "lenient", "Never Defined") == as_text


def test_lenient_still_holds_what_is_defined() -> None:
    assert [reason.code for reason in reasons({**GOOD, "amount": "dear"}, "lenient")] == [Code.WRONG_TYPE]


def test_observe_reports_and_keeps_everything_as_it_came() -> None:
    odd = {"amount": "dear", "colour": 1}
    assert kept(odd, "observe") == odd
    assert {reason.code for reason in reasons(odd, "observe")} == {
        Code.WRONG_TYPE,
        Code.UNKNOWN_PROPERTY,
        Code.MISSING_PROPERTY,
    }
    assert kept({"a": 1}, "observe", "Never Defined") == {"a": 1}


def test_pages_and_screens_are_checked_only_when_defined() -> None:
    assert PLAN.check("page", "page", {"a": 1}, "strict") == ({"a": 1}, [])
    assert PLAN.check("screen", "screen", {"name": []}, "strict")[1][0].code is Code.WRONG_TYPE
    assert PLAN.check("identify", "identify", {"a": 1}, "strict") == ({"a": 1}, [])


def test_nesting_that_cannot_be_written_is_malformed_not_an_error() -> None:
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    for name in (PURCHASE.id, "Never Defined"):
        assert [reason.code for reason in reasons({**GOOD, "deep": deep}, "lenient", name)] == [
            Code.MALFORMED
        ]


@given(
    properties=st.dictionaries(
        st.sampled_from(["amount", "currency", "coupon", "express", "other"]) | st.text(),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**63), 2**64)
            | st.floats()
            | st.text(alphabet=st.characters(codec="utf-8")),
            lambda inner: st.lists(inner, max_size=3),
        ),
    ),
    policy=st.sampled_from(POLICIES),
)
def test_any_properties_are_either_kept_writable_or_given_reasons(
    properties: dict[str, Any], policy: Policy
) -> None:
    before = dict(properties)
    found, why = PLAN.check(PURCHASE.id, "track", properties, policy)
    assert properties == before or any(value != value for value in before.values())
    assert found is properties if why else orjson.dumps(found)
