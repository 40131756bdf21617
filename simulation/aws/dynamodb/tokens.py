"""Expressions, cut into tokens, and the paths and names in them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.aws.dynamodb.values import Item, Value, invalid

TOKEN = re.compile(r"\s*([#:]?[A-Za-z0-9_]+|<=|>=|<>|[=<>(),.+\-\[\]])")

RESERVED = frozenset((Path(__file__).parent / "reserved_words.txt").read_text().split())
"""Words that may not name an attribute unless through ExpressionAttributeNames.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html"""

LARGEST_EXPRESSION = 4 * 1024
"""Bytes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

Names = Mapping[str, str]
"""ExpressionAttributeNames."""
Values = Mapping[str, Value]
"""ExpressionAttributeValues."""
Path_ = tuple[str, ...]
"""An attribute, or one in maps within it; each part is a name, or a placeholder as in `#name`."""


class Tokens:
    """The tokens of an expression, taken one by one."""

    def __init__(self, expression: str) -> None:
        if len(expression.encode()) > LARGEST_EXPRESSION:
            raise invalid("Expression size has exceeded the maximum allowed size")
        self._expression = expression
        self._tokens: list[str] = []
        at, end = 0, len(expression.rstrip())
        while at < end:
            found = TOKEN.match(expression, at)
            if found is None:
                raise self.unknown(expression[at:])
            self._tokens.append(found[1])
            at = found.end()
        self._at = 0

    @property
    def next(self) -> str:
        """The next token, or an empty text at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        token = self.next
        self._at += 1
        return token

    def took(self, *wanted: str) -> bool:
        """Take the next token if it is one of these; words in any case."""
        if self.next.upper() in wanted:
            self._at += 1
            return True
        return False

    def check_parentheses(self) -> None:
        """Raises AwsError if those that were just opened have nothing in them but others."""
        if self.next != "(":
            return
        depth = 0
        for at in range(self._at, len(self._tokens)):
            depth += {"(": 1, ")": -1}.get(self._tokens[at], 0)
            if not depth:
                if self._tokens[at + 1 : at + 2] == [")"]:
                    raise invalid("The expression has redundant parentheses")
                return

    def expect(self, wanted: str) -> None:
        if not self.took(wanted):
            raise self.unknown(f"{self.next or 'the end'} instead of {wanted}")

    def path(self) -> Path_:
        parts = [self._name()]
        while self.took("."):
            parts.append(self._name())
        return tuple(parts)

    def value(self) -> str:
        token = self.take()
        if not token.startswith(":"):
            raise self.unknown(token)
        return token

    def end(self) -> None:
        if self.next:
            raise self.unknown(self.next)

    def unknown(self, what: str) -> NotImplementedError:
        return NotImplementedError(f"DynamoDB expression, at {what!r}: {self._expression}")

    def _name(self) -> str:
        token = self.take()
        if token[:1] == "#":
            return token
        if not token[:1].isalpha():
            raise self.unknown(token)
        if token.upper() in RESERVED:
            raise invalid(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        return token


def named(path: Path_, names: Names) -> Path_:
    """The path with its placeholders replaced."""
    if not any(part[0] == "#" for part in path):
        return path
    try:
        return tuple(names[part] if part[0] == "#" else part for part in path)
    except KeyError as missing:
        raise invalid(
            f"An expression attribute name used in the document path is not defined; attribute name: {missing.args[0]}"
        ) from None


def value_at(item: Item, path: Path_) -> Value | None:
    found = item.get(path[0])
    for part in path[1:]:
        if found is None or "M" not in found:
            return None
        found = found["M"].get(part)
    return found


def given(values: Values, name: str) -> Value:
    try:
        return values[name]
    except KeyError:
        raise invalid(
            f"An expression attribute value used in expression is not defined; attribute value: {name}"
        ) from None


def check_all_used(asked: Mapping[str, Any], *expressions: str) -> None:
    """DynamoDB refuses names and values that no expression uses."""
    for kind, what in (("ExpressionAttributeNames", "keys"), ("ExpressionAttributeValues", "keys")):
        placeholders = asked.get(kind)
        if placeholders is None:
            continue
        if not placeholders:
            raise invalid(f"{kind} must not be empty")
        used = _placeholders(expressions)
        unused = placeholders.keys() - used
        if unused:
            raise invalid(
                f"Value provided in {kind} unused in expressions: {what}: {{{', '.join(sorted(unused))}}}"
            )


def _placeholders(expressions: tuple[str, ...]) -> set[str]:
    return {found for expression in expressions for found in PLACEHOLDER.findall(expression)}


PLACEHOLDER = re.compile(r"[#:][A-Za-z0-9_]+")
