"""Conditions as authors write them, checked with exact error locations.

A condition is a mapping with one subject and its operators, `{property: amount, at_least: 1000}` (several
operators must all hold), or `all`, `any`, `not` over other conditions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, TypeAdapter

from shared.conditions.comparisons import (
    Authored,
    ConsentIs,
    ContextIs,
    CounterIs,
    FirstIs,
    LastIs,
    PropertyIs,
    TraitIs,
)
from shared.conditions.compiling import SUBJECTS


class All(Authored):
    conditions: Annotated[tuple[Condition, ...], Field(alias="all", min_length=1, max_length=100)]


class Any_(Authored):  # noqa: N801  the name `Any` is taken
    conditions: Annotated[tuple[Condition, ...], Field(alias="any", min_length=1, max_length=100)]


class Not(Authored):
    condition: Condition = Field(alias="not")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


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
        custom_error_message=f"a condition has one of {_listed(SUBJECTS)}, or {_listed(('all', 'any', 'not'))}",
    ),
]

for _form in (All, Any_, Not):
    _form.model_rebuild()


CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
