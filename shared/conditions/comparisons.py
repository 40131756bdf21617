"""The comparisons of a condition: for each kind of subject, the operators that it may have."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from shared.conditions.operands import Days, Instant, Number, Path, Pattern, Scalar, Scalars, Text
from shared.messaging.channels import Channel


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
