"""What each property type accepts, and what it makes of a value of another JSON type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import SchemaValidator, ValidationError

from shared.plan.property_types import problem, property_schema
from shared.workspace.model import PropertyDefinition, PropertyType

ACCEPTED: list[tuple[PropertyType, Any, Any]] = [
    ("string", "39", "39"),
    ("string", 39, "39"),
    ("string", 1.5, "1.5"),
    ("integer", 39, 39),
    ("integer", "39", 39),
    ("integer", "-7", -7),
    ("integer", 39.0, 39),
    ("integer", 2**63 - 1, 2**63 - 1),
    ("number", 1500, 1500),
    ("number", 39.5, 39.5),
    ("number", "39", 39),
    ("number", "39.5", 39.5),
    ("number", "1e3", 1000.0),
    ("number", "9007199254740993", 9007199254740993),
    ("boolean", True, True),
    ("boolean", "true", True),
    ("boolean", "False", False),
    ("date", "2026-11-21", date(2026, 11, 21)),
    ("date", "2026-11-21T00:00:00", date(2026, 11, 21)),
    ("datetime", "2026-11-21T18:10:00Z", datetime(2026, 11, 21, 18, 10, tzinfo=UTC)),
    ("datetime", "2026-11-21T21:10:00+03:00", datetime(2026, 11, 21, 18, 10, tzinfo=UTC)),
    ("list", [1, "a"], [1, "a"]),
    ("object", {"a": [1]}, {"a": [1]}),
]

REFUSED: list[tuple[PropertyType, Any]] = [
    ("string", True),
    ("string", ["a"]),
    ("string", {}),
    ("integer", 1.5),
    ("integer", "1.5"),
    ("integer", True),
    ("integer", "39 euros"),
    ("integer", " 39"),
    ("integer", "1_000"),
    ("integer", 2**63),
    ("integer", "9" * 30),
    ("number", True),
    ("number", float("nan")),
    ("number", float("inf")),
    ("number", "nan"),
    ("number", "inf"),
    ("number", "1e999"),
    ("number", "1,5"),
    ("number", "1" * 400),
    ("boolean", 1),
    ("boolean", "yes"),
    ("boolean", "1"),
    ("date", 20261121),
    ("date", "1700000000"),
    ("date", "2026-11-21T18:10:00Z"),
    ("date", "2026-02-30"),
    ("datetime", 1700000000),
    ("datetime", "1700000000"),
    ("datetime", "yesterday"),
    ("list", "[1]"),
    ("list", {"0": 1}),
    ("object", "{}"),
    ("object", [["a", 1]]),
]


def read(definition: PropertyDefinition, value: Any) -> Any:
    return SchemaValidator(property_schema(definition)).validate_python(value)


@pytest.mark.parametrize(("type_", "came", "kept"), ACCEPTED)
def test_an_unambiguous_value_is_accepted(type_: PropertyType, came: Any, kept: Any) -> None:
    found = read(PropertyDefinition(type=type_), came)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(("type_", "came"), REFUSED)
def test_what_would_lose_or_guess_something_is_refused(type_: PropertyType, came: Any) -> None:
    with pytest.raises(ValidationError):
        read(PropertyDefinition(type=type_), came)


@pytest.mark.parametrize(
    "type_", ["string", "integer", "number", "boolean", "date", "datetime", "list", "object"]
)
def test_null_is_no_value(type_: PropertyType) -> None:
    assert read(PropertyDefinition(type=type_), None) is None
    with pytest.raises(ValidationError):
        read(PropertyDefinition(type=type_, required=True), None)


@pytest.mark.parametrize(
    ("definition", "accepted", "refused"),
    [
        (
            PropertyDefinition(type="number", minimum=1.5, maximum=3),
            [1.5, 2, "3"],
            [1, 1.4, "1", 3.1, 4, "4"],
        ),
        (PropertyDefinition(type="integer", minimum=1.5), [2, "2"], [1, "1", 1.0]),
        (PropertyDefinition(type="string", pattern="^[A-Z]{3}$"), ["USD"], ["usd", "USDT", ""]),
        (PropertyDefinition(type="string", allowed=("a", "b")), ["a"], ["c", "A"]),
        (PropertyDefinition(type="number", allowed=(1, 2.5)), [1, 1.0, "2.5"], [2, True]),
        (PropertyDefinition(type="date", allowed=("2026-01-01",)), ["2026-01-01"], ["2026-01-02"]),
        (PropertyDefinition(type="list", allowed=("s", "m")), [[], ["s", "m"]], [["xl"], "s"]),
    ],
)
def test_limits_hold_for_the_value_however_it_came(
    definition: PropertyDefinition, accepted: list[Any], refused: list[Any]
) -> None:
    for value in accepted:
        read(definition, value)
    for value in refused:
        with pytest.raises(ValidationError):
            read(definition, value)


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (PropertyDefinition(type="string", pattern="("), "no regular expression"),
        (PropertyDefinition(type="string", pattern="(?=a)"), "no regular expression"),
        (PropertyDefinition(type="number", allowed=("dear",)), "'dear' is not a number"),
        (PropertyDefinition(type="integer", minimum=5, allowed=(1,)), "1 is not an integer"),
    ],
)
def test_a_definition_nothing_can_be_checked_by_has_a_problem(
    definition: PropertyDefinition, says: str
) -> None:
    assert says in (problem(definition) or "")


def test_a_good_definition_has_no_problem() -> None:
    assert problem(PropertyDefinition(type="string", pattern="^a", allowed=("a", "ab"))) is None


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text()
    | st.from_regex(r"-?\d+(\.\d+)?")
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
types = st.sampled_from(["string", "integer", "number", "boolean", "date", "datetime", "list", "object"])


@given(type_=types, value=values)
def test_whatever_is_accepted_can_be_written_and_numbers_keep_their_value(
    type_: PropertyType, value: Any
) -> None:
    try:
        found = read(PropertyDefinition(type=type_), value)
    except ValidationError:
        return
    if type_ in ("integer", "number") and found is not None:
        assert type(found) in (int, float)
        assert found == (
            float(value) if isinstance(value, str) and type(found) is float else type(found)(value)
        )
    if type_ not in ("list", "object", "string"):
        assert orjson.dumps(found)
