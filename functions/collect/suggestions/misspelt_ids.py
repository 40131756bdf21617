"""Which field may have been meant to name the person of an event that names nobody: "did you mean userId?".

Only for what is refused, and bounded. Names are given, never what they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from functions.collect.adapter.field_names import Words
from functions.collect.adapter.rejection import Rejection
from functions.collect.suggestions.plan_names import LONGEST
from shared.identity import is_placeholder
from shared.plan.errors import shown
from shared.plan.reasons import Code, Reason
from shared.text.spelling import closest, letters

MOST_FIELDS = 50
"""Of an object that are looked at."""

MOST_EVENTS = 20
"""Of a request: the others have the same client."""

SHORT = 4
"""Characters of a name that is close to too many others: `eid` is an event's, and no misspelt `uid`."""

ELSEWHERE = {
    "user_id": ("customerid", "distinctid", "externalid", "extid", "identity", "uid", "user", "userid"),
    "anonymous_id": ("anonid", "anonymous", "anonymousid", "clientid", "deviceid", "objectid", "visitorid"),
}
"""The letters of what other formats and other people call the two ids of a person."""


class Came(NamedTuple):
    """A field with something in it, by its dotted path."""

    path: str
    name: str


def added(rejected: list[Rejection], raw: Sequence[Any], document: object, words: Words) -> list[Rejection]:
    """The same, with what may have been meant behind the sentences of the first events that name nobody. `raw` are the
    request's items by position; some formats name a person beside them, in `document`."""
    if not words.ids:
        return rejected
    looked_at, made = 0, []
    for one in rejected:
        if looked_at < MOST_EVENTS and any(reason.code is Code.NO_IDENTITY for reason in one.reasons):
            looked_at += 1
            meant = _meant(raw[one.position], document, words)
            if meant is not None:
                one = one._replace(reasons=[_suggesting(reason, *meant) for reason in one.reasons])
        made.append(one)
    return made


def _suggesting(reason: Reason, came: str, meant: str) -> Reason:
    if reason.code is not Code.NO_IDENTITY:
        return reason
    return reason._replace(message=f"{reason.message}; {came} came, did you mean {meant}?")


def _meant(raw: Any, document: object, words: Words) -> tuple[str, str] | None:
    """The field that came and the one that may have been meant: first what has the same letters, then what others call
    so, then what is spelled nearly so."""
    came = [one for one in _came(raw, document) if one.path not in words.ids]
    by_letters = {letters(path.rpartition(".")[2]): path for path in reversed(words.ids)}
    for known in (by_letters, _called_elsewhere(words)):
        for one in came:
            if letters(one.name) in known:
                return one.path, known[letters(one.name)]
    long = [path for path in words.ids if len(path) > SHORT]
    for one in came:
        if one.path == one.name and len(one.name) > SHORT and (near := closest(one.name, long)) is not None:
            return one.path, near
    return None


def _called_elsewhere(words: Words) -> dict[str, str]:
    return {
        name: words.fields[field]
        for field, names in ELSEWHERE.items()
        if field in words.fields
        for name in names
    }


def _came(raw: object, document: object) -> Iterator[Came]:
    """The event's own fields, those of the objects in it, and what came beside the events."""
    yield from _fields(raw, "")
    if isinstance(raw, dict):
        for name, inner in list(raw.items())[:MOST_FIELDS]:
            yield from _fields(inner, f"{shown(str(name))}.")
    if document is not raw:
        yield from _fields(document, "")


def _fields(found: object, before: str) -> Iterator[Came]:
    if not isinstance(found, dict):
        return
    for name, value in list(found.items())[:MOST_FIELDS]:
        if isinstance(name, str) and len(name) <= LONGEST and _names_somebody(value):
            yield Came(before + shown(name), name)


def _names_somebody(value: object) -> bool:
    if isinstance(value, str):
        return not is_placeholder(value)
    return isinstance(value, int) and not isinstance(value, bool)
