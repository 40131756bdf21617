"""Describe the change of a value so that the difference is visible, even if both values are long."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import orjson

from shared.text.counting import number_of

LONGEST = 60
"""Characters of a value that are shown."""

BESIDE = 20
"""Characters shown before and after the difference."""

MOST_LINES = 8
"""Lines of a text whose change is shown."""

MOST_COMPARED = 1000
"""Lines between the first and the last difference. More lines are not compared, because that takes the product of their
numbers."""


def said_of(path: str, old: Any, new: Any) -> Iterator[str]:
    """Yield one line for each difference. `path` is the place of the values. None is a missing value."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*new, *(key for key in old if key not in new)]:
            yield from _of_item(f"{path}.{key}" if path else str(key), key, old.get(key), new.get(key))
    elif _are_lists_of_structures(old, new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from said_of(f"{path}[{index}]", before, after)
    elif old is None:
        yield f"{path}: {shown(new)}"
    elif new is None:
        yield f"{path}: no longer {shown(old)}"
    elif isinstance(old, str) and isinstance(new, str) and ("\n" in old or "\n" in new):
        yield from _of_lines(path, old.split("\n"), new.split("\n"))
    else:
        yield f"{path}: {_beside_each_other(_written(old), _written(new))}"


def shown(value: Any) -> str:
    """The value, cut if it is long."""
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        return str(value["type"])  # a property's definition: its type says enough
    one_line = " ".join(_written(value).split())
    return one_line if len(one_line) <= LONGEST else f"{one_line[:LONGEST]}…"


def _of_item(path: str, key: object, old: Any, new: Any) -> Iterator[str]:
    if key == "key_hashes" and old != new:
        yield "the credentials that it accepts have changed"
    else:
        yield from said_of(path, old, new)


def _are_lists_of_structures(old: Any, new: Any) -> bool:
    """Whether both are lists of structures with the same length, such as the conditions under `all`. Then each item has
    its own change."""
    return (
        isinstance(old, list | tuple)
        and isinstance(new, list | tuple)
        and len(old) == len(new)
        and any(isinstance(one, dict | list | tuple) for one in (*old, *new))
    )


def _of_lines(path: str, old: list[str], new: list[str]) -> Iterator[str]:
    """Changes of lines. Lines count from 1, in the new text, or in the old one if they are gone."""
    said = list(_lines(path, old, new))
    yield from said[:MOST_LINES]
    if len(said) > MOST_LINES:
        more = len(said) - MOST_LINES
        yield f"{path}: {number_of(more, 'more line')}"


def _lines(path: str, old: list[str], new: list[str]) -> Iterator[str]:
    for before, old_lines, after, new_lines in _blocks(old, new):
        pairs = min(len(old_lines), len(new_lines))
        for index in range(pairs):
            words = _beside_each_other(old_lines[index], new_lines[index])
            yield f"{path}, line {after + index + 1}: {words}"
        for index in range(pairs, len(new_lines)):
            yield f"{path}, line {after + index + 1} is new: {_line(new_lines[index])}"
        for index in range(pairs, len(old_lines)):
            yield f"{path}, line {before + index + 1} is gone: {_line(old_lines[index])}"


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, list[str], int, list[str]]]:
    """The differing blocks: for each side, the number of lines before the block and its lines."""
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    old_middle, new_middle = old[first : len(old) - last], new[first : len(new) - last]
    if max(len(old_middle), len(new_middle)) > MOST_COMPARED:
        yield first, old_middle, first, new_middle
        return
    matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what != "equal":
            yield first + i, old_middle[i:j], first + k, new_middle[k:m]


def _alike(one: list[str] | str, other: list[str] | str) -> int:
    """The number of equal items at the beginning."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _beside_each_other(old: str, new: str) -> str:
    """Both values if they are short, otherwise both around the first difference."""
    if max(len(old), len(new)) > LONGEST:
        first = _alike(old, new)
        last = min(_alike(old[::-1], new[::-1]), len(old) - first, len(new) - first)
        old, new = _around(old, first, len(old) - last), _around(new, first, len(new) - last)
    if _looks(old) == _looks(new):
        old, new = ascii(old), ascii(new)
    else:
        old, new = _visible(old), _visible(new)
    return f"{old} → {new}"


def _looks(text: str) -> str:
    """The text as a reader sees it. Two texts may differ only in spaces, or in how an accent is encoded."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _around(text: str, first: int, last: int) -> str:
    begin = max(0, first - BESIDE)
    end = min(len(text), last + BESIDE, begin + LONGEST)
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def _line(text: str) -> str:
    return _visible(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _visible(text: str) -> str:
    """The text, in quotes if it is empty or has invisible characters."""
    return text if text.strip() and text.isprintable() else repr(text)


def _written(value: Any) -> str:
    """The value as the author may have written it: text unchanged, anything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
