"""Conditions as authors write them, checked with exact error locations.

A condition is a mapping with one subject and its operators, `{property: amount, at_least: 1000}` (several
operators must all hold), or `all`, `any`, `not` over other conditions.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    TypeAdapter,
    model_validator,
)

from shared.conditions.operators import instant
from shared.messaging.channels import Channel


def _instant(value: object) -> datetime:
    found = instant(value)
    if found is None:
        raise ValueError("is not a date or a time: write it as 2026-11-21 or 2026-11-21T18:10:00Z")
    return found


def _plain(value: object) -> object:
    """YAML reads an unquoted 2026-11-21 as a date; events have it as text."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Scalar = Annotated[StrictBool | Number | StrictStr, BeforeValidator(_plain)]
Scalars = Annotated[tuple[Scalar, ...], Field(min_length=1, max_length=1000)]
Text = Annotated[StrictStr, Field(min_length=1, max_length=1000)]
Pattern = Annotated[StrictStr, Field(min_length=1, max_length=200)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Days = Annotated[Number, Field(ge=0, le=36_500)]
Path = Annotated[StrictStr, Field(min_length=1, max_length=500)]


class Authored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Operators(Authored):
    """A comparison. `operators` has the operators that the author wrote, by name."""

    @property
    def operators(self) -> dict[str, Any]:
        fields = type(self).model_fields
        return {
            fields[name].alias or name: getattr(self, name)
            for name in fields
            if name in self.model_fields_set and name not in ("subject", "ignore_case")
        }

    @model_validator(mode="after")
    def _has_an_operator(self) -> Operators:
        empty = [name for name, operand in self.operators.items() if operand is None]
        if empty:
            raise ValueError(f"`{empty[0]}` needs a value; for a missing one write `exists: false`")
        if not self.operators:
            raise ValueError("an operator is missing, such as `is: USD`, `at_least: 3` or `exists: true`")
        return self


class _Value(Operators):
    """Any value of an event or a person: numbers compare with numbers, text with text, dates with dates."""

    is_: Scalar | None = Field(None, alias="is")
    is_not: Scalar | None = None
    in_: Scalars | None = Field(None, alias="in")
    not_in: Scalars | None = None
    more_than: Number | None = None
    at_least: Number | None = None
    less_than: Number | None = None
    at_most: Number | None = None
    contains: Scalar | None = None
    starts_with: Text | None = None
    ends_with: Text | None = None
    like: Pattern | None = None
    exists: StrictBool | None = None
    before: Instant | None = None
    after: Instant | None = None
    within_days: Days | None = None
    older_than_days: Days | None = None
    ignore_case: StrictBool = False


class PropertyIs(_Value):
    """A property of the event, a dotted path."""

    subject: Path = Field(alias="property")


class TraitIs(_Value):
    """A trait of the person, a dotted path."""

    subject: Path = Field(alias="trait")


class ContextIs(_Value):
    """A field of the event's context, a dotted path."""

    subject: Path = Field(alias="context")


class ConsentIs(Operators):
    """Whether the person consented to a channel; `exists: false` if they said nothing."""

    subject: Channel = Field(alias="consent")
    is_: StrictBool | None = Field(None, alias="is")
    is_not: StrictBool | None = None
    exists: StrictBool | None = None


class CounterIs(Operators):
    """How often the person did an event; 0 if never."""

    subject: Path = Field(alias="counter")
    is_: Number | None = Field(None, alias="is")
    is_not: Number | None = None
    in_: Annotated[tuple[Number, ...], Field(min_length=1, max_length=1000)] | None = Field(None, alias="in")
    not_in: Annotated[tuple[Number, ...], Field(min_length=1, max_length=1000)] | None = None
    more_than: Number | None = None
    at_least: Number | None = None
    less_than: Number | None = None
    at_most: Number | None = None


class _Time(Operators):
    exists: StrictBool | None = None
    before: Instant | None = None
    after: Instant | None = None
    within_days: Days | None = None
    older_than_days: Days | None = None


class FirstIs(_Time):
    """When the person first did an event."""

    subject: Path = Field(alias="first")


class LastIs(_Time):
    """When the person last did an event."""

    subject: Path = Field(alias="last")


class All(Authored):
    conditions: Annotated[tuple[Condition, ...], Field(alias="all", min_length=1, max_length=100)]


class Any_(Authored):  # noqa: N801  the name `Any` is taken
    conditions: Annotated[tuple[Condition, ...], Field(alias="any", min_length=1, max_length=100)]


class Not(Authored):
    condition: Condition = Field(alias="not")


def _kind(document: object) -> str | None:
    """The form of a mapping, by the first key of KINDS that it has."""
    if isinstance(document, Authored):
        return next(kind for kind, form in KINDS.items() if isinstance(document, form))
    return next((kind for kind in KINDS if kind in document), None) if isinstance(document, dict) else None


KINDS: dict[str, type[Authored]] = {
    "all": All, "any": Any_, "not": Not, "property": PropertyIs, "trait": TraitIs, "context": ContextIs,
    "consent": ConsentIs, "counter": CounterIs, "first": FirstIs, "last": LastIs,
}  # fmt: skip

Condition = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[Any_, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[PropertyIs, Tag("property")]
    | Annotated[TraitIs, Tag("trait")]
    | Annotated[ContextIs, Tag("context")]
    | Annotated[ConsentIs, Tag("consent")]
    | Annotated[CounterIs, Tag("counter")]
    | Annotated[FirstIs, Tag("first")]
    | Annotated[LastIs, Tag("last")],
    Discriminator(
        _kind,
        custom_error_type="no_subject",
        custom_error_message=(
            "a condition has one of `property`, `trait`, `context`, `consent`, `counter`, `first`, `last`, "
            "or `all`, `any`, `not`"
        ),
    ),
]

for _form in (All, Any_, Not):
    _form.model_rebuild()

CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
