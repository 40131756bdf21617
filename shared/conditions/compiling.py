"""A condition's document → what decides it, without validating it: `apply` did, before the document was stored.

What is of an unknown shape all the same, written by newer code for example, raises ValueError here, not when the
condition is asked. This module needs no models: functions start with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from shared.conditions.operators import OPERATORS, instant, missing


class Counted(Protocol):
    """How often an event happened, when first and when last."""

    @property
    def count(self) -> int: ...
    @property
    def first(self) -> datetime: ...
    @property
    def last(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are asked about: an event, arrived `now`, and the person it happened to."""

    now: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    consents: Mapping[str, bool] = field(default_factory=dict)
    counters: Mapping[str, Counted] = field(default_factory=dict)


Matcher = Callable[[Facts], bool]


def compiled(where: Mapping[str, Any] | None) -> Matcher:
    """What decides the condition; it never raises. None holds always. Raises ValueError for an unknown shape."""
    return _always if where is None else _matcher(where)


def _always(_: Facts) -> bool:
    return True


def _matcher(document: Any) -> Matcher:
    match document:
        case {"all": [*conditions], **others} if not others:
            every = [_matcher(one) for one in conditions]
            return lambda facts: all(holds(facts) for holds in every)
        case {"any": [*conditions], **others} if not others:
            some = [_matcher(one) for one in conditions]
            return lambda facts: any(holds(facts) for holds in some)
        case {"not": negated, **others} if not others:
            holds = _matcher(negated)
            return lambda facts: not holds(facts)
        case dict():
            return _comparison(document)
    raise ValueError("a condition is a mapping")


def _comparison(document: Mapping[str, Any]) -> Matcher:
    """All operators of one subject."""
    written = dict(document)
    subject = next((kind for kind in SUBJECTS if kind in written), None)
    if subject is None:
        raise ValueError("no condition with a subject that is known here")
    path = written.pop(subject)
    if not isinstance(path, str):
        raise ValueError(f"the name of a {subject} is a text")
    value_in = SUBJECTS[subject](path)
    ignore_case = written.pop("ignore_case", False) is True
    if_missing = all(missing(name, operand) for name, operand in written.items() if name in OPERATORS)
    tests = [_test(name, operand, ignore_case) for name, operand in written.items()]
    if not tests:
        raise ValueError("a condition has an operator")

    def holds(facts: Facts) -> bool:
        value = value_in(facts)
        return if_missing if value is None else all(test(value, facts.now) for test in tests)

    return holds


def _test(name: str, operand: Any, ignore_case: bool) -> Callable[[Any, datetime], bool]:
    known = OPERATORS.get(name)
    if known is None or not isinstance(operand, known.operands):
        raise ValueError("no operator that is known here, or not with what it compares with")
    if name in ("before", "after"):
        operand = instant(operand)
        if operand is None:
            raise ValueError("a time is written as ISO 8601 has it")
    elif isinstance(operand, date) and not isinstance(operand, datetime):
        operand = operand.isoformat()  # events have it as text
    try:
        return known.test(operand, ignore_case)
    except OverflowError as error:
        raise ValueError("more days than a calendar has") from error


def _of_property(path: str) -> Callable[[Facts], Any]:
    steps = path.split(".")
    return lambda facts: _at(facts.properties, path, steps)


def _of_trait(path: str) -> Callable[[Facts], Any]:
    steps = path.split(".")
    return lambda facts: _at(facts.traits, path, steps)


def _of_context(path: str) -> Callable[[Facts], Any]:
    steps = path.split(".")
    return lambda facts: _at(facts.context, path, steps)


def _of_counter(event: str) -> Callable[[Facts], Any]:
    return lambda facts: facts.counters[event].count if event in facts.counters else 0


SUBJECTS: dict[str, Callable[[str], Callable[[Facts], Any]]] = {
    "property": _of_property,
    "trait": _of_trait,
    "context": _of_context,
    "consent": lambda channel: lambda facts: facts.consents.get(channel),
    "counter": _of_counter,
    "first": lambda event: lambda facts: _time(facts, event, "first"),
    "last": lambda event: lambda facts: _time(facts, event, "last"),
}
"""How to find the value of a subject, named by a text, in the facts: None where it is missing."""


def _time(facts: Facts, event: str, which: Literal["first", "last"]) -> datetime | None:
    """A client's clock may be ahead by minutes: what is yet to come counts as now."""
    counter = facts.counters.get(event)
    return None if counter is None else min(getattr(counter, which), facts.now)


def _at(values: Mapping[str, Any], path: str, steps: Sequence[str]) -> Any:
    """The value at a dotted path, by key or list index; a key that has the dots in it comes first."""
    if path in values or len(steps) == 1:
        return values.get(path)
    value: Any = values
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
