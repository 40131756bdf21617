"""The condition language: each operator, missing values, and the laws that hold for any facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conditions.matcher import Facts, describe, json_schema, matcher

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Counter:
    count: int
    first: datetime
    last: datetime


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


FACTS = Facts(
    now=NOW,
    properties={
        "amount": 1500,
        "price": 9.5,
        "currency": "USD",
        "gift": True,
        "zip": "01234",
        "note": None,
        "empty": "",
        "tags": ["new", "sale", 3],
        "products": [{"sku": "A-1"}, {"sku": "B-2"}],
        "utm.source": "mail",
        "ordered": "2026-11-20T10:00:00Z",
        "birthday": "1990-05-01",
        "renewal": "2026-12-24",
        "huge": 10**400,
    },
    context={"device": {"type": "ios"}, "locale": "de-AT"},
    traits={"plan": "gold", "address": {"city": "Graz"}},
    consents={"sms": True, "push": False},
    counters={
        "Add To Cart": Counter(3, days_ago(30), days_ago(2)),
        "Login": Counter(1, NOW, NOW + timedelta(minutes=3)),
    },
)

HOLD: list[dict[str, Any]] = [
    {"property": "amount", "is": 1500},
    {"property": "amount", "is": 1500.0},
    {"property": "amount", "is_not": 1499},
    {"property": "amount", "in": [1, 1500]},
    {"property": "amount", "not_in": [1, "1500"]},
    {"property": "amount", "at_least": 1500, "at_most": 1500},
    {"property": "amount", "more_than": 1499.99, "less_than": 1500.01},
    {"property": "huge", "more_than": 1.5},
    {"property": "gift", "is": True},
    {"property": "currency", "is": "usd", "ignore_case": True},
    {"property": "currency", "in": ["eur", "usd"], "ignore_case": True},
    {"property": "currency", "like": "U?D"},
    {"property": "currency", "like": "u*", "ignore_case": True},
    {"property": "currency", "contains": "SD"},
    {"property": "currency", "starts_with": "us", "ends_with": "d", "ignore_case": True},
    {"property": "tags", "contains": "sale"},
    {"property": "tags", "contains": "SALE", "ignore_case": True},
    {"property": "tags", "contains": 3},
    {"property": "products.1.sku", "is": "B-2"},
    {"property": "utm.source", "is": "mail"},
    {"property": "note", "exists": False},
    {"property": "empty", "exists": True},
    {"property": "ordered", "after": "2026-11-20", "before": "2026-11-21T00:00:00+02:00"},
    {"property": "ordered", "after": date(2026, 11, 20)},
    {"property": "ordered", "within_days": 2},
    {"property": "birthday", "older_than_days": 365 * 18},
    {"property": "birthday", "is": date(1990, 5, 1)},
    {"context": "device.type", "is": "ios"},
    {"context": "locale", "starts_with": "de"},
    {"trait": "address.city", "is": "Graz"},
    {"consent": "sms", "is": True},
    {"consent": "push", "is": False},
    {"consent": "email", "exists": False},
    {"consent": "email", "is_not": False},
    {"counter": "Add To Cart", "at_least": 3},
    {"counter": "Never Done", "is": 0},
    {"counter": "Never Done", "less_than": 1},
    {"last": "Add To Cart", "within_days": 7},
    {"first": "Add To Cart", "older_than_days": 29, "before": "2026-11-01"},
    {"last": "Login", "within_days": 0},
    {"last": "Never Done", "exists": False},
    {
        "all": [
            {"trait": "plan", "is": "gold"},
            {"any": [{"trait": "plan", "is": "x"}, {"not": {"trait": "y", "is": 1}}]},
        ]
    },
]

FAIL: list[dict[str, Any]] = [
    {"property": "amount", "is": "1500"},
    {"property": "zip", "is": 1234},
    {"property": "zip", "at_least": 1},
    {"property": "gift", "is": 1},
    {"property": "gift", "at_least": 1},
    {"property": "gift", "is": "true"},
    {"property": "currency", "is": "usd"},
    {"property": "currency", "like": "US"},
    {"property": "currency", "like": "[U]SD"},
    {"property": "currency", "at_least": 0},
    {"property": "amount", "contains": "15"},
    {"property": "tags", "contains": "sal"},
    {"property": "tags", "is": "new"},
    {"property": "products.2.sku", "exists": True},
    {"property": "products.sku", "exists": True},
    {"property": "currency.code", "exists": True},
    {"property": "amount", "exists": False},
    {"property": "note", "is": "x"},
    {"property": "renewal", "within_days": 60},
    {"property": "ordered", "within_days": 1},
    {"property": "amount", "before": "2999-01-01"},
    {"property": "amount", "at_least": 1000, "less_than": 1500},
    {"consent": "push", "is": True},
    {"consent": "email", "is": False},
    {"counter": "Never Done", "at_least": 1},
    {"last": "Never Done", "within_days": 36500},
    {"all": [{"trait": "plan", "is": "gold"}, {"trait": "plan", "is": "silver"}]},
    {"any": [{"trait": "plan", "is": "silver"}]},
    {"not": {"trait": "plan", "is": "gold"}},
]


@pytest.mark.parametrize("where", HOLD, ids=str)
def test_a_condition_that_is_true_holds(where: dict[str, Any]) -> None:
    assert matcher(where)(FACTS)


@pytest.mark.parametrize("where", FAIL, ids=str)
def test_a_condition_that_is_not_true_does_not_hold(where: dict[str, Any]) -> None:
    assert not matcher(where)(FACTS)


def test_no_condition_holds_always() -> None:
    assert matcher(None)(Facts(now=NOW))


OPERANDS: list[tuple[str, Any, bool]] = [
    ("is", "a", False),
    ("is_not", "a", True),
    ("in", ["a"], False),
    ("not_in", ["a"], True),
    ("more_than", 1, False),
    ("at_least", 1, False),
    ("less_than", 1, False),
    ("at_most", 1, False),
    ("contains", "a", False),
    ("starts_with", "a", False),
    ("ends_with", "a", False),
    ("like", "*", False),
    ("before", "2026-01-01", False),
    ("after", "2026-01-01", False),
    ("within_days", 1, False),
    ("older_than_days", 1, False),
    ("exists", False, True),
    ("exists", True, False),
]


@pytest.mark.parametrize(("operator", "operand", "holds"), OPERANDS)
@pytest.mark.parametrize(
    "facts", [Facts(now=NOW), Facts(now=NOW, properties={"a": None})], ids=["absent", "null"]
)
def test_a_missing_value_holds_only_for_what_denies_it(
    operator: str, operand: Any, holds: bool, facts: Facts
) -> None:
    assert matcher({"property": "a", operator: operand})(facts) is holds


def test_the_same_document_is_compiled_once() -> None:
    assert matcher({"property": "a", "is": 1, "is_not": 2}) is matcher(
        {"is_not": 2, "is": 1, "property": "a"}
    )


def test_a_wrong_document_is_refused() -> None:
    with pytest.raises(ValueError):
        matcher({"property": "a", "at_most": "x"})
    with pytest.raises(ValueError):
        matcher({"property": "a", "at_most": object()})


def test_a_pattern_of_many_stars_is_fast_on_a_text_that_almost_matches() -> None:
    where = {"property": "a", "like": "*".join("a" * 60) + "*b"}
    assert not matcher(where)(Facts(now=NOW, properties={"a": "a" * 5000}))


def test_a_condition_is_described_in_words() -> None:
    where = {
        "all": [
            {"property": "amount", "at_least": 1000, "less_than": 5000},
            {"any": [{"trait": "plan", "in": ["gold", "silver"]}, {"consent": "sms", "is": True}]},
            {"not": {"last": "Login", "within_days": 7}},
            {"trait": "email", "exists": False},
        ]
    }
    assert describe(where) == (
        "property amount is at least 1000 and property amount is less than 5000 "
        'and (trait plan is one of "gold", "silver" or consent sms is true) '
        "and not (last Login is within the last days: 7) and trait email is missing"
    )
    assert describe(None) == "always"


def test_the_json_schema_names_every_subject_and_operator() -> None:
    text = str(json_schema())
    for word in (
        "property",
        "trait",
        "consent",
        "counter",
        "first",
        "last",
        "context",
        "all",
        "any",
        "not",
        "at_least",
    ):
        assert f"'{word}'" in text


TIME = ("before", "after", "within_days", "older_than_days")
names = st.sampled_from(["a", "b", "a.b", "0", "sms"])
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.datetimes().map(str)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)
)
moments = st.datetimes(timezones=st.sampled_from([UTC]) | st.timezones())
counters = st.builds(Counter, st.integers(0, 9), moments, moments)
facts_of_any_kind = st.builds(
    Facts,
    now=moments,
    properties=st.dictionaries(names, values, max_size=3),
    context=st.dictionaries(names, values, max_size=3),
    traits=st.dictionaries(names, values, max_size=3),
    consents=st.dictionaries(names, st.booleans(), max_size=2),
    counters=st.dictionaries(names, counters, max_size=2),
)

numbers = st.integers(-5, 5) | st.floats(-5, 5)
texts = st.text(min_size=1, max_size=5) | st.sampled_from(["*", "[a", "?-]", "a*b*", "**"])
operators = st.one_of(
    st.tuples(st.sampled_from(["is", "is_not"]), st.booleans() | numbers | texts),
    st.tuples(st.sampled_from(["in", "not_in"]), st.lists(numbers | texts, min_size=1, max_size=3)),
    st.tuples(st.sampled_from(["more_than", "at_least", "less_than", "at_most"]), numbers),
    st.tuples(st.sampled_from(["contains", "starts_with", "ends_with", "like"]), texts),
    st.tuples(st.sampled_from(["before", "after"]), st.dates().map(str)),
    st.tuples(
        st.sampled_from(["within_days", "older_than_days"]), st.integers(0, 36_500) | st.floats(0, 100)
    ),
    st.tuples(st.just("exists"), st.booleans()),
)
time_operators = operators.filter(lambda one: one[0] in (*TIME, "exists"))
paths = st.sampled_from(["a", "b", "a.b", "a.0", "a.b.0", "..", "0"])
comparisons = st.builds(
    lambda kind, path, operator, ignore_case: {
        kind: path,
        operator[0]: operator[1],
        "ignore_case": ignore_case,
    },
    st.sampled_from(["property", "trait", "context"]),
    paths,
    operators,
    st.booleans(),
)
times = st.builds(
    lambda kind, path, operator: {kind: path, operator[0]: operator[1]},
    st.sampled_from(["first", "last"]),
    paths,
    time_operators,
)
conditions = st.recursive(
    comparisons | times,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda many: {"all": many})
        | st.lists(inner, min_size=1, max_size=3).map(lambda many: {"any": many})
        | inner.map(lambda one: {"not": one})
    ),
    max_leaves=6,
)


@given(conditions, facts_of_any_kind)
def test_a_matcher_answers_whatever_the_facts_are(where: dict[str, Any], facts: Facts) -> None:
    assert matcher(where)(facts) in (True, False)


@given(conditions, facts_of_any_kind)
def test_not_is_the_opposite(where: dict[str, Any], facts: Facts) -> None:
    assert matcher({"not": where})(facts) is not matcher(where)(facts)


@given(st.lists(conditions, min_size=1, max_size=4), facts_of_any_kind)
def test_all_is_and_any_is_or(many: list[dict[str, Any]], facts: Facts) -> None:
    answers = [matcher(where)(facts) for where in many]
    assert matcher({"all": many})(facts) is all(answers)
    assert matcher({"any": many})(facts) is any(answers)


@given(comparisons, facts_of_any_kind)
def test_is_not_and_not_in_are_the_opposites(where: dict[str, Any], facts: Facts) -> None:
    for one, other in (("is", "is_not"), ("in", "not_in")):
        if one in where:
            opposite = {other if name == one else name: operand for name, operand in where.items()}
            assert matcher(opposite)(facts) is not matcher(where)(facts)


@given(conditions)
def test_every_condition_can_be_described(where: dict[str, Any]) -> None:
    assert describe(where)
