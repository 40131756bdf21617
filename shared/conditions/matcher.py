"""The one condition language of campaigns, segments and journeys: compiled once, then asked about facts.

    all:
      - {property: amount, at_least: 1000}
      - {trait: plan, in: [gold, platinum]}
      - {consent: sms, is: true}
      - {counter: Add To Cart, at_least: 3}
      - {last: Add To Cart, within_days: 7}
      - not: {context: device.type, is: ios}

For a missing value only `exists: false`, `is_not` and `not_in` hold. A counter is never missing, but
0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Protocol

import orjson

from shared.conditions.model import (
    CONDITION,
    KINDS,
    All,
    Any_,
    ConsentIs,
    ContextIs,
    CounterIs,
    FirstIs,
    LastIs,
    Not,
    Operators,
    PropertyIs,
    TraitIs,
)
from shared.conditions.operators import OPERATORS, missing
from shared.conditions.problems import Problem, problems

__all__ = ["Counted", "Facts", "Matcher", "Problem", "describe", "json_schema", "matcher", "problems"]


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


def matcher(where: Mapping[str, Any] | None) -> Matcher:
    """The compiled condition; None holds always. Raises ValueError for a document with `problems`.

    The same document is compiled once. The matcher never raises.
    """
    if where is None:
        return _always
    try:
        return _compiled(orjson.dumps(where, option=orjson.OPT_SORT_KEYS))
    except orjson.JSONEncodeError as error:
        raise ValueError(f"not a condition: {error}") from error


def describe(where: Mapping[str, Any] | None) -> str:
    """The condition as a sentence, for explanations. Raises ValueError for a document with `problems`."""
    return "always" if where is None else _words(CONDITION.validate_python(where))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a condition, for editors."""
    return CONDITION.json_schema(by_alias=True)


def _always(_: Facts) -> bool:
    return True


@lru_cache(maxsize=4096)
def _compiled(document: bytes) -> Matcher:
    return _matcher(CONDITION.validate_python(orjson.loads(document)))


def _matcher(condition: object) -> Matcher:
    match condition:
        case All(conditions=conditions):
            every = [_matcher(one) for one in conditions]
            return lambda facts: all(holds(facts) for holds in every)
        case Any_(conditions=conditions):
            some = [_matcher(one) for one in conditions]
            return lambda facts: any(holds(facts) for holds in some)
        case Not(condition=negated):
            holds = _matcher(negated)
            return lambda facts: not holds(facts)
        case Operators():
            return _comparison(condition)
    raise TypeError(f"no condition: {condition!r}")


def _comparison(condition: Operators) -> Matcher:
    """All operators of one subject."""
    value_in = _subject(condition)
    ignore_case = bool(getattr(condition, "ignore_case", False))
    written = condition.operators
    if_missing = all(missing(name, operand) for name, operand in written.items())
    tests = [OPERATORS[name].test(operand, ignore_case) for name, operand in written.items()]

    def holds(facts: Facts) -> bool:
        value = value_in(facts)
        return if_missing if value is None else all(test(value, facts.now) for test in tests)

    return holds


def _subject(condition: Operators) -> Callable[[Facts], Any]:
    """How to find the value in the facts: None where it is missing."""
    match condition:
        case PropertyIs(subject=path):
            steps = path.split(".")
            return lambda facts: _at(facts.properties, path, steps)
        case TraitIs(subject=path):
            steps = path.split(".")
            return lambda facts: _at(facts.traits, path, steps)
        case ContextIs(subject=path):
            steps = path.split(".")
            return lambda facts: _at(facts.context, path, steps)
        case ConsentIs(subject=channel):
            return lambda facts: facts.consents.get(channel)
        case CounterIs(subject=event):
            return lambda facts: facts.counters[event].count if event in facts.counters else 0
        case FirstIs(subject=event):
            return lambda facts: _time(facts, event, "first")
        case LastIs(subject=event):
            return lambda facts: _time(facts, event, "last")
    raise TypeError(f"no subject: {condition!r}")


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


def _words(condition: object) -> str:
    match condition:
        case All(conditions=conditions):
            return " and ".join(_bracketed(one) for one in conditions)
        case Any_(conditions=conditions):
            return " or ".join(_bracketed(one) for one in conditions)
        case Not(condition=negated):
            return f"not ({_words(negated)})"
        case Operators():
            kind = next(kind for kind, form in KINDS.items() if isinstance(condition, form))
            subject = f"{kind} {getattr(condition, 'subject')}"  # noqa: B009  each form has one
            return " and ".join(f"{subject} {_operator_words(*one)}" for one in condition.operators.items())
    raise TypeError(f"no condition: {condition!r}")


def _bracketed(condition: object) -> str:
    words = _words(condition)
    return f"({words})" if isinstance(condition, All | Any_) and len(condition.conditions) > 1 else words


def _operator_words(name: str, operand: object) -> str:
    if name == "exists":
        return "exists" if operand else "is missing"
    if isinstance(operand, datetime):
        return f"{OPERATORS[name].words} {operand.isoformat()}"
    if isinstance(operand, tuple):
        return f"{OPERATORS[name].words} {', '.join(orjson.dumps(one).decode() for one in operand)}"
    return f"{OPERATORS[name].words} {orjson.dumps(operand).decode()}"
