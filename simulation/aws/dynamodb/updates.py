"""Update expressions, parsed once: SET, REMOVE and ADD, as far as the adapters use them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from simulation.aws.dynamodb.tokens import Names, Path_, Tokens, Values, given, named, value_at
from simulation.aws.dynamodb.values import EXACT, Item, Value, comparable, invalid, kind, number, numeral

Operand = Callable[[Item, Names, Values], Value]


class Update(NamedTuple):
    sets: tuple[tuple[Path_, Operand], ...]
    removes: tuple[Path_, ...]
    adds: tuple[tuple[Path_, str], ...]

    def paths(self, names: Names) -> list[Path_]:
        """Raises AwsError if two of them overlap."""
        found = [named(path, names) for path in (*(one for one, _ in self.sets), *self.removes)]
        found += [named(path, names) for path, _ in self.adds]
        tops = [path[0] for path in found]
        if len(set(tops)) < len(tops):
            for at, one in enumerate(found):
                for other in found[:at]:
                    if one[: len(other)] == other or other[: len(one)] == one:
                        raise invalid("Invalid UpdateExpression: Two document paths overlap with each other")
        return found

    def applied(self, item: Item, names: Names, values: Values) -> Item:
        """The item afterwards. Every operand is of the item before."""
        after = dict(item)
        for path, operand in self.sets:
            _put(after, named(path, names), operand(item, names, values))
        for path in self.removes:
            _remove(after, named(path, names))
        for path, name in self.adds:
            where = named(path, names)
            _put(after, where, _sum(value_at(item, where), given(values, name)))
        return after


@lru_cache(maxsize=1024)
def update(expression: str) -> Update:
    tokens = Tokens(expression)
    sets: list[tuple[Path_, Operand]] = []
    removes: list[Path_] = []
    adds: list[tuple[Path_, str]] = []
    while tokens.next:
        clause = tokens.take().upper()
        if clause not in ("SET", "REMOVE", "ADD"):
            raise tokens.unknown(clause)
        while True:
            path = tokens.path()
            if clause == "SET":
                tokens.expect("=")
                sets.append((path, _operand(tokens)))
            elif clause == "REMOVE":
                removes.append(path)
            else:
                adds.append((path, tokens.value()))
            if not tokens.took(","):
                break
    return Update(tuple(sets), tuple(removes), tuple(adds))


def _operand(tokens: Tokens) -> Operand:
    left = _single(tokens)
    if tokens.took("+"):
        right = _single(tokens)
        return lambda item, names, values: _calculated(
            left(item, names, values), right(item, names, values), 1
        )
    if tokens.took("-"):
        right = _single(tokens)
        return lambda item, names, values: _calculated(
            left(item, names, values), right(item, names, values), -1
        )
    return left


def _single(tokens: Tokens) -> Operand:
    if tokens.next.startswith(":"):
        name = tokens.value()
        return lambda item, names, values: given(values, name)
    if tokens.next == "if_not_exists":
        tokens.take()
        tokens.expect("(")
        path = tokens.path()
        tokens.expect(",")
        otherwise = _single(tokens)
        tokens.expect(")")
        return lambda item, names, values: (
            value_at(item, named(path, names)) or otherwise(item, names, values)
        )
    path = tokens.path()

    def stored(item: Item, names: Names, values: Values) -> Value:  # noqa: ARG001
        found = value_at(item, named(path, names))
        if found is None:
            raise invalid("The provided expression refers to an attribute that does not exist in the item")
        return found

    return stored


def _calculated(left: Value, right: Value, sign: int) -> Value:
    if "N" not in left or "N" not in right:
        raise invalid("An operand in the update expression has an incorrect data type")
    total = EXACT.fma(number(right["N"]), sign, number(left["N"]))
    return {"N": numeral(number(str(total)))}


def _sum(stored: Value | None, added: Value) -> Value:
    form = kind(added)
    if form not in ("N", "NS", "SS", "BS"):
        raise invalid(f"Incorrect operand type for operator or function; operator: ADD, operand type: {form}")
    if stored is None:
        return added
    if kind(stored) != form:
        raise invalid("An operand in the update expression has an incorrect data type")
    if form == "N":
        return _calculated(stored, added, 1)
    found = {comparable({form[0]: one}): one for one in (*stored[form], *added[form])}
    return {form: list(found.values())}


def _put(item: Item, path: Path_, value: Value) -> None:
    """Maps on the way are replaced by others, because the item before shares them."""
    for part in path[:-1]:
        inner = item.get(part)
        if inner is None or "M" not in inner:
            raise invalid("The document path provided in the update expression is invalid for update")
        copied = dict(inner["M"])
        item[part] = {"M": copied}
        item = copied
    item[path[-1]] = value


def _remove(item: Item, path: Path_) -> None:
    if len(path) > 1:
        raise NotImplementedError("REMOVE of an attribute within a map")
    item.pop(path[0], None)
