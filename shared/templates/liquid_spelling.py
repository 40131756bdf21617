"""Write values into a message as Liquid does, and never as Python does.

`true` and not `True`, nothing for nil, the items of a list one after another, an object as JSON, numbers without
exponents. Filters that work on text get their values already converted. A template's output is converted at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

import orjson
from liquid import Markup
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.cycle_tag import CycleNode, CycleTag
from liquid.builtin.tags.echo_tag import EchoNode, EchoTag
from liquid.context import RenderContext
from liquid.exceptions import FilterArgumentError
from liquid.expression import Expression
from liquid.stringify import to_liquid_string
from liquid.token import Token
from liquid.undefined import Undefined

from shared.events import utc_text
from shared.text.numbers import finite, number

ON_NUMBERS = frozenset(
    {"abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"}
)
ON_VALUES = frozenset(
    {
        "compact", "concat", "default", "find", "find_index", "first", "has", "json", "last", "map", "reject",
        "reverse", "size", "sort", "sort_natural", "sum", "uniq", "where",
    }
)  # fmt: skip
"""Filters that get unconverted values. All others work on text."""


def spelled(value: Any) -> Any:
    """The text of a value. Text, HTML and missing values are returned unchanged."""
    if isinstance(value, (str, Undefined, range)) or hasattr(value, "__html__"):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, (list, tuple)):
        texts = [spelled(one) for one in value]
        if any(isinstance(text, Markup) for text in texts):
            return Markup("").join(texts)
        return "".join(map(str, texts))
    if isinstance(value, dict):
        return _json(value)
    if isinstance(value, datetime):
        return utc_text(value) if value.tzinfo is not None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def spelling(name: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter so that it gets converted values."""
    if name in ON_NUMBERS:
        return lambda *values, **options: _finite(apply(*map(_number, values), **options))
    if name == "sum":
        return lambda *values, **options: _finite(apply(*values, **options))
    if name == "join":
        return lambda value, *rest, **options: apply(_spelled_items(value), *map(spelled, rest), **options)
    if name == "slice":
        return lambda value, *rest, **options: apply(
            value if isinstance(value, list) else spelled(value), *rest, **options
        )
    if name in ON_VALUES:
        return apply
    return lambda value, *rest, **options: apply(
        spelled(value) if not isinstance(value, int) or isinstance(value, bool) else value,
        *(one if isinstance(one, int) and not isinstance(one, bool) else spelled(one) for one in rest),
        **options,
    )


def _escaped(text: str, context: RenderContext) -> str:
    """As the sandbox wants values of this part; its HTML is escaped by Liquid itself, and comes as Markup."""
    if context.autoescape:
        return text
    escape: Callable[[str], str] = context.env.escape  # type: ignore[attr-defined]  # a Sandbox, whose module this serves
    return escape(text)


class SpelledOutput(OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = to_liquid_string(spelled(self.expression.evaluate(context)), context.autoescape)
        return buffer.write(_escaped(text, context))


class SpelledEcho(SpelledOutput, EchoNode):
    pass


class _Spelled(Expression):
    """An expression whose value is converted to text."""

    __slots__ = ("inner",)

    def __init__(self, inner: Expression) -> None:
        super().__init__(inner.token)
        self.inner = inner

    def __str__(self) -> str:
        return str(self.inner)

    def evaluate(self, context: RenderContext) -> object:
        value = spelled(self.inner.evaluate(context))
        return _escaped(value, context) if isinstance(value, str) else value

    def children(self) -> Iterable[Expression]:
        return [self.inner]


class SpelledCycle(CycleNode):
    def __init__(self, token: Token, group: Expression | None, args: list[Expression]) -> None:
        super().__init__(token, group, [_Spelled(one) for one in args])


class SpelledCycleTag(CycleTag):
    node_class = SpelledCycle


class OutputTag(Output):
    node_class = SpelledOutput


class SpelledEchoTag(EchoTag):
    node_class = SpelledEcho


def _spelled_items(value: Any) -> Any:
    """The items of a list as text. Lists inside it too, because `join` flattens them."""
    if isinstance(value, (list, tuple)):
        return [_spelled_items(one) for one in value]
    return spelled(value) if not isinstance(value, range) else [str(one) for one in value]


def _number(value: Any) -> Any:
    """The number of a value. Text that is not a number counts as 0, as in Liquid."""
    if isinstance(value, str):
        return number(value.strip()) or 0
    return 0 if value is None else value


def _finite(result: Any) -> Any:
    if isinstance(result, float) and finite(result) is None:
        raise FilterArgumentError("the result is not a number", token=None)
    return result


def _plain(value: float) -> str:
    """The number without an exponent, and a `_Whole` without a decimal point."""
    text = str(value)
    return format(Decimal(text), "f") if "e" in text else text


def _json(value: dict[str, Any]) -> str:
    try:
        return orjson.dumps(value, default=_for_json).decode()
    except TypeError as error:  # an integer beyond 64 bits, or too deep
        raise FilterArgumentError(f"cannot be written as JSON: {error}", token=None) from error


def _for_json(value: Any) -> Any:
    """The value for JSON: a `_Whole`, which is a subclass of float, becomes an int."""
    return int(value) if isinstance(value, float) else str(value)
