"""The comparisons inside of a condition document, as the author wrote them, with their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.authoring.findings import Path
from shared.conditions.compiling import SUBJECTS


class Leaf(NamedTuple):
    """`kind` is what is compared, `subject` which one, `operators` how; `path` leads to it from the top."""

    path: Path
    kind: str
    subject: str
    operators: dict[str, Any]
    ignore_case: bool


def leaves(where: Mapping[str, Any] | None) -> Iterator[Leaf]:
    """The comparisons of a condition, from the top down; none of None. `where` is a condition in which
    `matcher.problems` found nothing."""
    return _leaves(where, ()) if where is not None else iter(())


def _leaves(where: Mapping[str, Any], path: Path) -> Iterator[Leaf]:
    for word in ("all", "any"):
        for index, inner in enumerate(where.get(word, ())):
            yield from _leaves(inner, (*path, word, index))
    if "not" in where:
        yield from _leaves(where["not"], (*path, "not"))
    yield from comparisons_at(where, path)


def comparisons_at(where: Mapping[str, Any], path: Path) -> Iterator[Leaf]:
    """What this mapping itself compares, without what `all`, `any` and `not` hold: one at most."""
    for kind in SUBJECTS:
        if kind in where:
            operators = {
                name: operand for name, operand in where.items() if name not in (kind, "ignore_case")
            }
            yield Leaf(path, kind, where[kind], operators, bool(where.get("ignore_case")))
