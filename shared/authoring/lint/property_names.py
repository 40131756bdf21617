"""Names of properties: a lowercase letter or a digit first, one case, one spelling and one type for one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding, Place
from shared.authoring.lint.case_styles import CAMEL, MIXED_ONLY, SNAKE, rewritten, styles
from shared.authoring.lint.consistency import odd_ones
from shared.authoring.lint.words import same_letters
from shared.workspace.model import PropertyType

NUMERIC = ("integer", "number")


class Property(NamedTuple):
    event: str
    name: str
    type: PropertyType
    place: Place
    is_own: bool


def properties(compiled: Compiled) -> list[Property]:
    """In the order of the plan, those of the catalogues last."""
    found = [
        Property(
            event.id,
            name,
            definition.type,
            compiled.place("events", event.id, "properties", name),
            event.id not in compiled.borrowed,
        )
        for event in compiled.workspace.events
        for name, definition in event.properties.items()
    ]
    return sorted(found, key=lambda one: not one.is_own)


def check(compiled: Compiled) -> Iterator[Finding]:
    found = properties(compiled)
    yield from _first_letters(found)
    yield from _cases(found)
    yield from _spellings(found)
    yield from _types([one for one in found if not _has_no_type(one, compiled)])


def _has_no_type(one: Property, compiled: Compiled) -> bool:
    """Whether its type is one that stands in for what could not be read."""
    return compiled.is_doubtful("events", one.event, "properties", one.name)


def starts_rightly(name: str) -> bool:
    return name[0].islower() or name[0].isdigit()


def _first_letters(found: list[Property]) -> Iterator[Finding]:
    usual = SNAKE if any("_" in one.name for one in found) else CAMEL
    for one in found:
        if one.is_own and not starts_rightly(one.name):
            message = (
                f'property `{one.name}` of "{one.event}" does not start with a lowercase letter or a digit'
            )
            advice = f"Call it `{rewritten(one.name, usual)}`."
            yield Finding(one.place, "property-start", "error", message, advice)


def _cases(found: list[Property]) -> Iterator[Finding]:
    first = _first_by_name(found)
    own = [name for name, one in first.items() if one.is_own and starts_rightly(name)]
    others = [name for name, one in first.items() if not one.is_own]
    for odd in odd_ones(own, others, styles, MIXED_ONLY):
        usual, one = first[odd.usual], first[odd.name]
        message = (
            f'property names mix cases: `{odd.name}` of "{one.event}" is not {odd.usual_form} '
            f'like `{odd.usual}` of "{usual.event}" at {usual.place}'
        )
        advice = f"Call it `{rewritten(odd.name, odd.usual_form)}`."
        yield Finding(one.place, "property-case", "warning", message, advice, (usual.place,))


def _spellings(found: list[Property]) -> Iterator[Finding]:
    spelled: dict[str, Property] = {}
    for one in _first_by_name(found).values():
        before = spelled.setdefault(same_letters(one.name), one)
        if before.name != one.name and (before.is_own or one.is_own):
            later, earlier = (one, before) if one.is_own else (before, one)
            message = (
                f'`{later.name}` of "{later.event}" and `{earlier.name}` of "{earlier.event}" at {earlier.place} '
                "are one name in two spellings"
            )
            yield Finding(
                later.place, "same-property", "warning", message, "Keep one spelling.", (earlier.place,)
            )


def _types(found: list[Property]) -> Iterator[Finding]:
    first: dict[str, Property] = {}
    for one in sorted(found, key=lambda one: one.is_own):
        before = first.setdefault(one.name, one)
        if one.is_own and _kind(before.type) != _kind(one.type):
            message = (
                f'`{one.name}` is of type {one.type} in "{one.event}" '
                f'and of type {before.type} in "{before.event}" at {before.place}'
            )
            advice = "Give it one type, or another name, so that it can be compared across events."
            yield Finding(one.place, "property-type", "warning", message, advice, (before.place,))


def _kind(named: PropertyType) -> str:
    return "number" if named in NUMERIC else named


def _first_by_name(found: list[Property]) -> dict[str, Property]:
    first: dict[str, Property] = {}
    for one in found:
        first.setdefault(one.name, one)
    return first
