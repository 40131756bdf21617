"""Comparisons that can never hold together: those of one value that must all hold, wherever `all` gathers them.

A limited set of values (`is`, `in`, what the plan allows) is tried; numbers, times and ages are intervals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from shared.authoring.checks.condition_leaves import SUBJECTS, Leaf
from shared.authoring.findings import Path
from shared.conditions.operators import OPERATORS, instant, missing
from shared.workspace.model import PropertyDefinition

LOWER = {"at_least": False, "more_than": True}
UPPER = {"at_most": False, "less_than": True}
"""Whether the bound itself is left out."""

YOUNGER, OLDER = "within_days", "older_than_days"
AFTER, BEFORE = "after", "before"
AGES_AND_TIMES = (YOUNGER, OLDER, AFTER, BEFORE)

A_PAIR = 2


class Comparison(NamedTuple):
    """One operator of a leaf. `path` leads to it from the condition's top."""

    path: Path
    operator: str
    operand: Any
    ignore_case: bool

    def __str__(self) -> str:
        return f"`{self.operator}: {_written(self.operand)}`"

    def holds_for(self, value: object) -> bool:
        operand = tuple(self.operand) if isinstance(self.operand, list) else self.operand
        if self.operator in AGES_AND_TIMES:
            return True  # those are compared with each other
        return OPERATORS[self.operator].test(operand, self.ignore_case)(
            value, datetime.min.replace(tzinfo=UTC)
        )


class Contradiction(NamedTuple):
    """What never holds, after the subject's name, and where the comparison stands that is one too many."""

    subject: str
    sentence: str
    path: Path
    related: Path | None


def contradictions(
    where: Mapping[str, Any] | None, properties: Mapping[str, PropertyDefinition]
) -> Iterator[Contradiction]:
    """Of a document without problems. `properties` are those of the event's definition."""
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
    for kind in SUBJECTS:
        if kind in where:
            operators = {name: value for name, value in where.items() if name not in (kind, "ignore_case")}
            yield Leaf(path, kind, where[kind], operators, bool(where.get("ignore_case")))
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
            if _exclude_each_other(earlier, later, definition):
                sentence = f"is never {earlier} and {later} at once"
                yield Contradiction(name, sentence, later.path, earlier.path)
                return
        beyond = _beyond_the_plan(later, definition) or _beyond_counting(later, subject[0])
        if beyond is not None and at >= said_before:
            yield Contradiction(name, f"{later} never holds: {beyond}", later.path, None)
            return
    values = _possible(found, definition)
    if values is not None and len(found) > A_PAIR and _never_hold(found, values):
        listed = ", ".join(map(str, found))
        yield Contradiction(name, f"never holds {listed} together", found[-1].path, None)


def _exclude_each_other(one: Comparison, other: Comparison, definition: PropertyDefinition | None) -> bool:
    if any(each.operator == "exists" and each.operand is False for each in (one, other)):
        return not all(missing(each.operator, each.operand) for each in (one, other))
    values = _possible((one, other), definition)
    if values is not None:
        return _never_hold((one, other), values)
    for first, second in ((one, other), (other, one)):
        match first.operator, second.operator:
            case (("at_least" | "more_than"), ("at_most" | "less_than")):
                return _is_empty(first, second, definition)
            case "after", "before":
                begin, end = instant(first.operand), instant(second.operand)
                return begin is not None and end is not None and begin >= end
            case "older_than_days", "within_days":
                return timedelta(days=first.operand) >= timedelta(days=second.operand)
            case ("starts_with", "starts_with") | ("ends_with", "ends_with"):
                return not _may_share_an_end(first, second)
    return False


def _possible(found: Sequence[Comparison], definition: PropertyDefinition | None) -> list[Any] | None:
    """The only values that may hold, as far as that is known; None when there may be any."""
    if definition is not None and definition.type in ("list", "object"):
        return None
    for one in found:
        if one.operator == "is" and not one.ignore_case:
            return [one.operand]
        if one.operator == "in" and not one.ignore_case:
            return list(one.operand)
    if definition is not None and definition.allowed is not None:
        return list(definition.allowed)
    return [True, False] if definition is not None and definition.type == "boolean" else None


def _never_hold(found: Sequence[Comparison], values: Iterable[Any]) -> bool:
    """Neither for one of these values, nor where there is none."""
    return not any(all(one.holds_for(value) for one in found) for value in values) and not all(
        missing(one.operator, one.operand) for one in found
    )


def _is_empty(lower: Comparison, upper: Comparison, definition: PropertyDefinition | None) -> bool:
    least, most = lower.operand, upper.operand
    is_open = LOWER[lower.operator] or UPPER[upper.operator]
    if definition is not None and definition.type == "integer":
        first = least // 1 + 1 if LOWER[lower.operator] else -(-least // 1)
        last = -(-most // 1) - 1 if UPPER[upper.operator] else most // 1
        return bool(first > last)
    return bool(least >= most if is_open else least > most)


def _may_share_an_end(one: Comparison, other: Comparison) -> bool:
    first, second = one.operand, other.operand
    if one.ignore_case or other.ignore_case:
        first, second = first.casefold(), second.casefold()
    if one.operator == "starts_with":
        return bool(first.startswith(second) or second.startswith(first))
    return bool(first.endswith(second) or second.endswith(first))


def _beyond_the_plan(one: Comparison, definition: PropertyDefinition | None) -> str | None:
    """A number that the definition's `minimum` and `maximum` leave no room for."""
    if definition is None:
        return None
    if definition.maximum is not None:
        most = Comparison((), "at_most", definition.maximum, ignore_case=False)
        is_above = one.operator in LOWER and _is_empty(one, most, definition)
        if is_above or (one.operator == "is" and not most.holds_for(one.operand)):
            return f"the plan's `maximum` is {definition.maximum:g}"
    if definition.minimum is not None:
        least = Comparison((), "at_least", definition.minimum, ignore_case=False)
        is_below = one.operator in UPPER and _is_empty(least, one, definition)
        if is_below or (one.operator == "is" and not least.holds_for(one.operand)):
            return f"the plan's `minimum` is {definition.minimum:g}"
    return None


def _beyond_counting(one: Comparison, kind: str) -> str | None:
    if kind != "counter" or one.operator not in UPPER:
        return None
    zero = Comparison((), "at_least", 0, ignore_case=False)
    return "a count is never below 0" if _is_empty(zero, one, None) else None


def _written(operand: object) -> str:
    if isinstance(operand, bool):
        return str(operand).lower()
    if isinstance(operand, list | tuple):
        return f"[{', '.join(map(_written, operand))}]"
    return str(operand)
