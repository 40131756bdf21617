"""Find the problems of a condition document, and where the author wrote them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from shared.conditions.model import CONDITION, KINDS
from shared.conditions.operators import OPERATORS
from shared.text.spelling import closest

WANTED = {
    "bool_type": "true or false",
    "int_type": "a number",
    "float_type": "a number",
    "string_type": "a text",
    "tuple_type": "a list",
}

SWITCHES = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
"""Texts that were meant as true or false."""

OTHER_NAMES = {
    "equals": "is", "equal": "is", "eq": "is", "equalto": "is", "=": "is", "==": "is", "value": "is",
    "notequals": "is_not", "notequal": "is_not", "ne": "is_not", "neq": "is_not", "!=": "is_not", "<>": "is_not",
    "isin": "in", "oneof": "in", "anyof": "in", "nin": "not_in", "noneof": "not_in",
    ">": "more_than", "gt": "more_than", "greaterthan": "more_than", "above": "more_than",
    ">=": "at_least", "gte": "at_least", "ge": "at_least", "min": "at_least", "minimum": "at_least",
    "<": "less_than", "lt": "less_than", "lessthan": "less_than", "below": "less_than",
    "<=": "at_most", "lte": "at_most", "le": "at_most", "max": "at_most", "maximum": "at_most",
    "matches": "like", "regex": "like", "pattern": "like", "includes": "contains",
    "isset": "exists", "present": "exists", "defined": "exists",
}  # fmt: skip
"""Names of operators in other systems, in lowercase without `_`."""

OTHER_SUBJECTS = {
    "and": "all", "or": "any", "none": "not", "field": "property", "attribute": "trait", "event": "counter",
}  # fmt: skip

LONGEST_SHOWN = 60


class Problem(NamedTuple):
    """A problem. `path` has the keys and indexes from the document's top to its place."""

    path: tuple[str | int, ...]
    message: str


def problems(where: object) -> list[Problem]:
    """All problems of a document, one per place; empty if there are none."""
    try:
        CONDITION.validate_python(where)
    except ValidationError as error:
        return _located(error.errors(include_url=False))
    return []


def _located(errors: list[Any]) -> list[Problem]:
    by_place: dict[tuple[str | int, ...], list[Mapping[str, Any]]] = {}
    for error in errors:
        by_place.setdefault(_path(error["loc"]), []).append(error)
    return [
        Problem(path, _sentence(path, found))
        for path, found in by_place.items()
        # A list whose items were all wrong is called too short as well.
        if found[0]["type"] != "too_short" or not any(_is_below(path, other) for other in by_place)
    ]


def _is_below(path: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    return len(other) > len(path) and other[: len(path)] == path


def _path(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The author's path of an error. pydantic puts the name of the chosen form before each condition's own keys."""
    path: list[str | int] = []
    rest = list(loc)
    while rest:
        rest.pop(0)  # the form
        if len(rest) > 1 and rest[0] in ("all", "any"):
            path += [rest.pop(0), rest.pop(0)]
        elif rest and rest[0] == "not":
            path.append(rest.pop(0))
        else:
            # Below an operator and the index in its list there are only pydantic's names of alternatives.
            path += rest[:1] + [step for step in rest[1:2] if isinstance(step, int)]
            break
    return tuple(path)


def _sentence(path: tuple[str | int, ...], found: list[Mapping[str, Any]]) -> str:
    """One sentence for what is wrong at one place; several errors there are alternatives of one value."""
    first = found[0]
    kind, came = first["type"], first["input"]
    name = next((step for step in reversed(path) if isinstance(step, str)), "a condition")
    if kind == "extra_forbidden":
        written = str(first["loc"][-1])
        return _no_operator(written, str(first["loc"][-2]))
    if kind in WANTED:
        kinds = dict.fromkeys(WANTED[one["type"]] for one in found if one["type"] in WANTED)
        return f"`{name}` should be {', or '.join(kinds)}, not {_shown(came)}{_of_another_kind(name, kinds, came)}"
    if kind == "no_subject":
        return f"{first['msg']}{_without_subject(came if isinstance(came, dict) else {})}"
    if kind == "too_short":
        return f"`{name}` needs at least one {'condition' if name in ('all', 'any') else 'value'}"
    if kind == "string_too_short":
        return f"`{name}` should not be empty"
    message = str(first["msg"]).removeprefix("Value error, ").replace("Input should", "should")
    return f"`{name}`: {_shown(came)} {message}" if path and not isinstance(came, dict) else message


def _no_operator(written: str, subject: str) -> str:
    if written in KINDS:
        return f"`{written}` cannot be combined with `{subject}`: write two conditions, both below `all`"
    known = _operators_of(subject)
    usual = OTHER_NAMES.get(written.lower().replace("_", "").replace(" ", ""))
    meant = f"; write `{usual}`" if usual in known else _meant(written, known)
    return f"`{written}` is not an operator here{meant or '; there are ' + ', '.join(f'`{one}`' for one in known)}"


def _operators_of(subject: str) -> list[str]:
    fields = KINDS[subject].model_fields if subject in KINDS else {}
    names = {field.alias or name for name, field in fields.items()}
    return [name for name in OPERATORS if name in names] or list(OPERATORS)


def _without_subject(keys: Mapping[Any, Any]) -> str:
    """What the keys may have been meant for: another system's subject, a misspelt one, or an event's property."""
    for key in map(str, keys):
        usual = OTHER_SUBJECTS.get(key.lower())
        meant = f"; write `{usual}`" if usual is not None else _meant(key, KINDS)
        if meant and key not in OPERATORS:
            return meant
    if len(keys) == 1 and isinstance(value := next(iter(keys.values())), str | int | float):
        name = next(iter(keys))
        return f"; for the event's `{name}` write `{{property: {name}, is: {_shown(value)}}}`"
    return ""


def _meant(written: str, known: Iterable[str]) -> str:
    close = closest(written, known)
    return f"; did you mean `{close}`?" if close is not None and close != written else ""


IN_A_LIST = {"is": "in", "is_not": "not_in"}
"""The operator for several values, by the operator for one."""


def _of_another_kind(name: str, kinds: Collection[str], came: object) -> str:
    """What to write for a value that came as another kind: a list behind `is`, a single value behind `in`."""
    if isinstance(came, list | tuple) and name in IN_A_LIST:
        return f"; write `{IN_A_LIST[name]}`"
    if name in IN_A_LIST.values() and WANTED["tuple_type"] in kinds and isinstance(came, str | int | float):
        return f"; write `[{_shown(came)}]`"
    return _without_quotes(kinds, came)


def _without_quotes(kinds: Collection[str], came: object) -> str:
    if not isinstance(came, str) or WANTED["string_type"] in kinds:
        return ""
    if WANTED["bool_type"] in kinds and came.lower() in SWITCHES:
        return f"; write {SWITCHES[came.lower()]}"
    is_number = WANTED["int_type"] in kinds and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", came)
    return f"; write {came} without quotes" if is_number else ""


def _shown(value: object) -> str:
    """The value as the author wrote it, cut if long; for a list or a mapping only its type."""
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = orjson.dumps(value, default=str).decode()
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
