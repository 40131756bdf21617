"""The one condition language of campaigns, segments and journeys: checked, compiled, then asked about facts.

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

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from shared.conditions.comparisons import Operators
from shared.conditions.compiling import Counted, Facts, Matcher, compiled
from shared.conditions.model import CONDITION, KINDS, All, Any_, Not
from shared.conditions.operators import OPERATORS
from shared.conditions.problems import Problem, problems

__all__ = ["Counted", "Facts", "Matcher", "Problem", "describe", "json_schema", "matcher", "problems"]


def matcher(where: Mapping[str, Any] | None) -> Matcher:
    """The compiled condition of an author; None holds always. Raises ValueError for a document with `problems`.

    The same document is compiled once. The matcher never raises.
    """
    if where is None:
        return compiled(None)
    try:
        return _checked(orjson.dumps(where, option=orjson.OPT_SORT_KEYS))
    except orjson.JSONEncodeError as error:
        raise ValueError(f"not a condition: {error}") from error


def describe(where: Mapping[str, Any] | None) -> str:
    """The condition as a sentence, for explanations. Raises ValueError for a document with `problems`."""
    return "always" if where is None else _words(CONDITION.validate_python(where))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a condition, for editors."""
    return CONDITION.json_schema(by_alias=True)


@lru_cache(maxsize=4096)
def _checked(document: bytes) -> Matcher:
    where = orjson.loads(document)
    CONDITION.validate_python(where)
    return compiled(where)


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
