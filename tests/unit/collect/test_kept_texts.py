"""Nothing that a client wrote at length is still held once it is answered, by whatever cache, table or object."""

from __future__ import annotations

import functools
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fakes.collect_stage import Stage

PAYLOADS = Path(__file__).parents[2] / "payloads"

LONG = "/" + "Long " * 200
MARK = "Long Long "


def lengthened(value: Any) -> Iterator[Any]:
    """The JSON value once for each of its texts and names, with that one made long."""
    if isinstance(value, str):
        yield value + LONG
    elif isinstance(value, list):
        for at, one in enumerate(value):
            for other in lengthened(one):
                yield [*value[:at], other, *value[at + 1 :]]
    elif isinstance(value, dict):
        for name, one in value.items():
            for other in lengthened(one):
                yield {**value, name: other}
        yield {name + LONG: one for name, one in value.items()} | value


def held(cache: Any) -> Iterator[str | bytes]:
    """The texts a cache holds, in what it was asked and what it answered."""
    waiting: list[Any] = [cache]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen or (callable(one) and one is not cache):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes):
            yield one
        elif one is cache or isinstance(one, tuple | list | dict):
            waiting += gc.get_referents(one)


CACHE = type(functools.lru_cache(print))


FAKES = ("stream", "_workspaces", "_secrets")
"""Of the stage: they stand for what is outside, and keep what they are given."""


def attributes(one: Any, seen: set[int]) -> Iterator[Any]:
    """What objects of ours hold in their attributes, and those in theirs."""
    if id(one) in seen:
        return
    seen.add(id(one))
    for name, value in vars(one).items():
        if name in FAKES:
            continue
        yield value
        if type(value).__module__.startswith(("functions.", "shared.")) and hasattr(value, "__dict__"):
            yield from attributes(value, seen)


def globals_of_ours() -> list[Any]:
    """Lists, tables and sets that modules of ours have, whatever they were made for."""
    ours = [
        module for name, module in list(sys.modules.items()) if name.startswith(("functions.", "shared."))
    ]
    return [one for module in ours for one in vars(module).values() if isinstance(one, dict | list | set)]


def is_long(text: str | bytes) -> bool:
    return MARK in text if isinstance(text, str) else MARK.encode() in text


@pytest.mark.parametrize("protocol", sorted(folder.name for folder in PAYLOADS.iterdir()))
def test_no_cache_holds_a_long_text_of_a_request(protocol: str) -> None:
    for file in sorted((PAYLOADS / protocol).glob("*.json")):
        stage = Stage()
        asked = orjson.loads(file.read_bytes())["request"]
        for one in lengthened({name: asked[name] for name in asked if name != "method"}):
            body = one["text"] if "text" in one else one.get("body", b"")
            stage.request(
                asked.get("method", "POST"),
                one["path"],
                body,
                one.get("headers", {}),
                query=one.get("query", ""),
            )
    caches = [one for one in gc.get_objects() if isinstance(one, CACHE)]
    assert len(caches) > 10
    assert len(globals_of_ours()) > 10
    for one in (*caches, *globals_of_ours(), *attributes(stage.resources, set())):
        assert [text for text in held(one) if is_long(text)] == []
