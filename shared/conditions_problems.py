"""What is wrong with a condition document, and where the author wrote it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from shared.conditions_model import CONDITION
from shared.conditions_operators import OPERATORS

WANTED = {
    "bool_type": "true or false",
    "int_type": "a number",
    "float_type": "a number",
    "string_type": "a text",
    "tuple_type": "a list",
}


class Problem(NamedTuple):
    """`path` leads to the place: keys and indexes from the document's top."""

    path: tuple[str | int, ...]
    message: str


def problems(where: object) -> list[Problem]:
    """Everything wrong with a document, one problem per place; empty when it is right."""
    try:
        CONDITION.validate_python(where)
    except ValidationError as error:
        return _located(error.errors(include_url=False, include_input=False))
    return []


def _located(errors: list[Any]) -> list[Problem]:
    by_place: dict[tuple[str | int, ...], list[Mapping[str, Any]]] = {}
    for error in errors:
        by_place.setdefault(_path(error["loc"]), []).append(error)
    return [
        Problem(path, _sentence(found))
        for path, found in by_place.items()
        # A list whose items were all wrong is called too short as well.
        if found[0]["type"] != "too_short" or not any(_is_below(path, other) for other in by_place)
    ]


def _is_below(path: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    return len(other) > len(path) and other[: len(path)] == path


def _path(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Where the author wrote it: pydantic puts the name of the chosen form before each condition's own
    keys."""
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


def _sentence(found: list[Mapping[str, Any]]) -> str:
    """One sentence for what is wrong at one place; several errors there are alternatives of one value."""
    first = found[0]
    if first["type"] == "extra_forbidden":
        written = str(first["loc"][-1])
        close = [name for name in difflib.get_close_matches(written, OPERATORS, n=1) if name != written]
        return f"`{written}` is no operator here" + (f"; did you mean `{close[0]}`?" if close else "")
    if first["type"] in WANTED:
        kinds = dict.fromkeys(WANTED[one["type"]] for one in found if one["type"] in WANTED)
        return "should be " + ", or ".join(kinds)
    return str(first["msg"]).removeprefix("Value error, ")
