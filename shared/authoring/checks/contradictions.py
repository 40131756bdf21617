"""Comparisons that can never hold together: those of one value that must all hold, wherever `all` gathers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shared.authoring.checks.comparisons import (
    Comparison,
    beyond_counting,
    beyond_the_plan,
    exclude_each_other,
    never_hold,
    possible_values,
)
from shared.authoring.checks.condition_leaves import Leaf, comparisons_at
from shared.authoring.findings import Path
from shared.workspace.model import PropertyDefinition

A_PAIR = 2


class Contradiction(NamedTuple):
    """What never holds, after the subject's name, and where the comparison stands that is one too many."""

    subject: str
    sentence: str
    path: Path
    related: Path | None


def contradictions(
    where: Mapping[str, Any] | None, properties: Mapping[str, PropertyDefinition]
) -> Iterator[Contradiction]:
    """At most one for each subject of each branch. `where` is a campaign's condition, in which `matcher.problems` found
    nothing, or None; `properties` are those of the event's definition, by name."""
    if where is not None:
        yield from _within(where, (), {}, properties)


Known = Mapping[tuple[str, str], Sequence[Comparison]]


def _within(
    where: Mapping[str, Any], path: Path, known: Known, properties: Mapping[str, PropertyDefinition]
) -> Iterator[Contradiction]:
    """What the branch adds to what must hold already; every comparison of an `any` stands for itself."""
    own = list(_joined(where, path))
    together: dict[tuple[str, str], Sequence[Comparison]] = dict(known)
    for leaf in own:
        subject = (leaf.kind, leaf.subject)
        before = together.get(subject, ())
        together[subject] = (*before, *_comparisons(leaf))
    for subject in dict.fromkeys((leaf.kind, leaf.subject) for leaf in own):
        definition = properties.get(subject[1]) if subject[0] == "property" else None
        yield from _of_one(subject, together[subject], len(known.get(subject, ())), definition)
    for branch, at in _branches(where, path):
        yield from _within(branch, at, together, properties)
    for branch, at in _negated(where, path):
        yield from _within(branch, at, {}, properties)


def _joined(where: Mapping[str, Any], path: Path) -> Iterator[Leaf]:
    yield from comparisons_at(where, path)
    for index, inner in enumerate(where.get("all", ())):
        yield from _joined(inner, (*path, "all", index))


def _branches(where: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    for index, inner in enumerate(where.get("any", ())):
        yield inner, (*path, "any", index)
    for index, inner in enumerate(where.get("all", ())):
        yield from _branches(inner, (*path, "all", index))


def _negated(where: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    if "not" in where:
        yield where["not"], (*path, "not")
    for index, inner in enumerate(where.get("all", ())):
        yield from _negated(inner, (*path, "all", index))


def _comparisons(leaf: Leaf) -> Iterable[Comparison]:
    return [
        Comparison((*leaf.path, name), name, value, leaf.ignore_case)
        for name, value in leaf.operators.items()
    ]


def _of_one(
    subject: tuple[str, str],
    found: Sequence[Comparison],
    said_before: int,
    definition: PropertyDefinition | None,
) -> Iterator[Contradiction]:
    """At most one: the first pair that never holds, or all of them together. So many stand further out."""
    name = subject[1]
    for at, later in enumerate(found):
        for earlier in found[:at] if at >= said_before else ():
            if exclude_each_other(earlier, later, definition):
                sentence = f"is never {earlier} and {later} at once"
                yield Contradiction(name, sentence, later.path, earlier.path)
                return
        beyond = beyond_the_plan(later, definition) or beyond_counting(later, subject[0])
        if beyond is not None and at >= said_before:
            yield Contradiction(name, f"{later} never holds: {beyond}", later.path, None)
            return
    values = possible_values(found, definition)
    if values is not None and len(found) > A_PAIR and never_hold(found, values):
        listed = ", ".join(map(str, found))
        yield Contradiction(name, f"never holds {listed} together", found[-1].path, None)
