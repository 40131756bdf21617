"""Trait changes: a number added, values put into a list or taken out, a value set unless there is one.

Each depends on what is stored, so it cannot be said as a plain trait; it is applied after those of its event.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from shared.plan.errors import shown
from shared.plan.reasons import Code, Reason

LARGEST = 2**63 - 1
"""A whole number beyond it, or its negative, is not kept: few readers of JSON could read it."""


class NotApplicable(Exception):
    """The change does not fit what is stored; the message says why."""


def changed(
    values: Mapping[str, Any], changes: Mapping[str, Mapping[str, Any]], not_traits: tuple[str, ...]
) -> dict[str, Any] | Reason:
    """The traits after the changes, or why one of them cannot be made. The words have an order, whatever the sender's.

    `not_traits` are names that no change may have.
    """
    for word in changes:
        if word not in WORDS:
            sentence = f"there is no such change; there are {', '.join(WORDS)}"
            return Reason(Code.MALFORMED, f"trait_changes.{shown(word)}", sentence)
    after = dict(values)
    for word, change in WORDS.items():
        for trait, said in changes.get(word, {}).items():
            field = f"trait_changes.{word}.{shown(trait)}"
            if trait in not_traits:
                return Reason(
                    Code.WRONG_TYPE, field, f"{trait} is no trait and is said only in traits.{trait}"
                )
            try:
                value = change(after.get(trait), said)
            except NotApplicable as reason:
                return Reason(Code.WRONG_TYPE, field, str(reason))
            if value is not None:
                after[trait] = value
    return after


def _set_once(stored: Any, said: Any) -> Any:
    return said if stored is None else stored


def _increment(stored: Any, said: Any) -> Any:
    if not _is_number(said):
        raise NotApplicable("increment adds a number")
    if not _is_number(0 if stored is None else stored):
        raise NotApplicable("increment adds to a number, and the trait is none")
    total = (stored or 0) + said
    if not (math.isfinite(total) and abs(total) <= LARGEST):
        raise NotApplicable("the sum is larger than a trait may be")
    return total


def _append(stored: Any, said: Any) -> Any:
    before = _listed(stored, "append puts values into a list, and the trait is an object")
    new = _listed(said, None)
    known = set(map(_json, before))
    added = list({_json(value): value for value in new if _json(value) not in known}.values())
    return [*before, *added] if new else stored


def _remove(stored: Any, said: Any) -> Any:
    before = _listed(stored, "remove takes values out of a list, and the trait is an object")
    gone = set(map(_json, _listed(said, None)))
    kept = [value for value in before if _json(value) not in gone]
    return kept if len(kept) < len(before) else stored


WORDS: dict[str, Callable[[Any, Any], Any]] = {
    "set_once": _set_once, "increment": _increment, "append": _append, "remove": _remove,
}  # fmt: skip
"""What may be said, in the order it is done: the new value from the stored one (None, where there is none) and the
said."""


def _listed(value: Any, no_object: str | None) -> list[Any]:
    """The values of a list; a single value is a list of one. With `no_object`, an object raises NotApplicable."""
    if value is None:
        return []
    if no_object is not None and isinstance(value, dict):
        raise NotApplicable(no_object)
    return value if isinstance(value, list) else [value]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _json(value: Any) -> bytes:
    """What two values are compared by: 1 is not true."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
