"""Any place of any recorded request, nested nearly as deep as JSON may be: what only looks at it must not descend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.fuzz import corpus
from tests.fuzz.sent import Sent

LEVELS = 1_000
"""Python goes as deep, JSON's reader 24 levels deeper."""

NESTED = ("[" * LEVELS + "]" * LEVELS, '{"a":' * LEVELS + "1" + "}" * LEVELS)
HERE = "nested here"


def sample(count: int, seed: int) -> Iterator[Sent]:
    """Of 6,456 requests, each made when it is its turn."""
    documents = [(sent, corpus.document_of(sent.body)) for sent in corpus.payloads()]
    places = [
        (sent, document, path, nested)
        for sent, document in documents
        for path in _paths(document)
        for nested in NESTED
    ]
    for sent, document, path, nested in Random(seed).sample(places, min(count, len(places))):
        body = json.dumps(_with(document, path))
        yield sent.but(body=body.replace(json.dumps(HERE), nested).encode())


def _paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Of lists the first place only."""
    if path:
        yield path
    steps: Any = document.items() if isinstance(document, dict) else ()
    for step, value in enumerate(document[:1]) if isinstance(document, list) else steps:
        yield from _paths(value, (*path, step))


def _with(document: Any, path: tuple[Any, ...]) -> Any:
    """A copy with the word at the path, as deep as it goes."""
    if not path:
        return HERE
    step, *more = path
    copy = document.copy()
    copy[step] = _with(document[step], tuple(more))
    return copy
