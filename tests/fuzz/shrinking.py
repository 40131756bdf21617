"""Making a failing request small: parts are left out for as long as the same thing fails."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz import corpus
from tests.fuzz.sent import Sent

MOST_TRIES = 3_000


def shrunk(sent: Sent, fails: Callable[[Sent], bool]) -> Sent:
    """The smallest that was found; `fails` says whether a request fails in the same way."""
    tries = 0
    smaller = True
    while smaller and tries < MOST_TRIES:
        smaller = False
        for candidate in _candidates(sent):
            tries += 1
            if size_of(candidate) < size_of(sent) and fails(candidate):
                sent, smaller = candidate, True
                break
            if tries >= MOST_TRIES:
                break
    return sent


def size_of(sent: Sent) -> int:
    return len(sent.written())


def _candidates(sent: Sent) -> Iterator[Sent]:
    for name in sorted(sent.headers):
        yield sent.but(headers={one: value for one, value in sent.headers.items() if one != name})
    for at in range(sent.query.count("&") + 1 if sent.query else 0):
        parts = sent.query.split("&")
        yield sent.but(query="&".join(parts[:at] + parts[at + 1 :]))
    document = corpus.document_of(sent.body)
    if document is not None:
        for smaller in _smaller(document):
            yield sent.but(body=json.dumps(smaller).encode("utf-8", "surrogatepass"))
    size = len(sent.body)
    for exponent in range(int(math.log2(size)) if size else 0, -1, -1):
        step = 2**exponent
        if size // step > 400:
            break
        for at in range(0, size, step):
            yield sent.but(body=sent.body[:at] + sent.body[at + step :])


def _smaller(document: Any) -> Iterator[Any]:
    """The document with one thing left out or made plainer, the largest first."""
    for path, value in sorted(_places(document), key=lambda found: -len(repr(found[1]))):
        if path:
            yield _without(document, path)
        if isinstance(value, (dict, list)) and value:
            yield _with(document, path, type(value)())
            for inner in value.values() if isinstance(value, dict) else value:
                yield _with(document, path, inner)
        elif isinstance(value, str) and len(value) > 1:
            yield _with(document, path, value[: len(value) // 2])
            yield _with(document, path, value[1:])


def _places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, document
    if len(path) > 20:
        return
    steps = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for step, value in steps:
        yield from _places(value, (*path, step))


def _without(document: Any, path: tuple[Any, ...]) -> Any:
    made = copy.deepcopy(document)
    place = made
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return made


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    made = copy.deepcopy(document)
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made
