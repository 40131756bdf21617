"""Casts as Athena does them. DuckDB takes more text for a time or a number, and rounds 2.5 to 2."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

T = exp.DataType.Type
DAY = r"[-+]?\d{4,}-\d{1,2}-\d{1,2}"
FORMS: Mapping[exp.DataType.Type, str] = {
    T.TIMESTAMP: rf"\s*{DAY}( \d{{1,2}}:\d{{1,2}}(:\d{{1,2}}(\.\d+)?)?)?\s*",
    T.DATE: rf"\s*{DAY}\s*",
    **dict.fromkeys((T.TINYINT, T.SMALLINT, T.INT, T.BIGINT), r"[-+]?\d+"),
    **dict.fromkeys((T.FLOAT, T.DOUBLE), r"\s*[-+]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)\s*"),
    T.BOOLEAN: "(?i)(t|true|1|f|false|0)",
}
"""Text that Athena takes for a value of that type, as Trino's casts from varchar read it."""

WRITTEN: Mapping[exp.DataType.Type, str] = {
    T.TIMESTAMP: "; of ISO 8601 use from_iso8601_timestamp(…)",
    T.DATE: "; of a time use date(cast(… as timestamp))",
    **dict.fromkeys((T.TINYINT, T.SMALLINT, T.INT, T.BIGINT), "; of a fraction cast to double first"),
}


def as_athena_casts(node: exp.Expression) -> exp.Expression | None:
    """The cast, with an error (or null, of `try_cast`) for text that Athena does not take; None if it may stay."""
    value, type_ = node.this, node.args["to"].this
    if type_ in exp.DataType.INTEGER_TYPES and value.is_type(T.DOUBLE, T.FLOAT):
        rounded = node.copy()
        rounded.set("this", exp.Anonymous(this="round", expressions=[value.copy()]))
        return rounded
    if type_ is T.DECIMAL and not node.args["to"].expressions:
        return _decimal(node)
    if isinstance(value, exp.Literal) and re.fullmatch(FORMS.get(type_, "$^"), value.name):
        return None
    if type_ not in FORMS or not value.is_type(*exp.DataType.TEXT_TYPES):
        return None
    pattern = exp.Literal.string(FORMS[type_])
    takes = exp.Anonymous(this="regexp_full_match", expressions=[value.copy(), pattern])
    is_safe = isinstance(node, exp.TryCast) or node.find_ancestor(exp.Try) is not None
    if is_safe:
        return exp.If(this=takes, true=node.copy())
    is_fine = exp.or_(exp.Is(this=value.copy(), expression=exp.Null()), takes)
    return exp.If(this=exp.paren(is_fine), true=node.copy(), false=_failure(value, node))


def _decimal(node: exp.Expression) -> exp.Expression:
    """`decimal '12.34'` has as many digits as it is written with; of a cast without any, 38 before the point."""
    written = node.this.name.lstrip("+-") if isinstance(node.this, exp.Literal) else ""
    whole, _, fraction = written.partition(".")
    precision, scale = (len(whole + fraction), len(fraction)) if written else (38, 0)
    changed = node.copy()
    changed.set("to", exp.DataType.build(f"decimal({precision}, {scale})"))
    return changed


def _failure(value: exp.Expression, node: exp.Expression) -> exp.Expression:
    target = node.args["to"]
    before = exp.Literal.string("Value cannot be cast to " + target.sql(dialect="athena").lower() + ": ")
    said = exp.DPipe(this=before, expression=value.copy())
    advice = exp.Literal.string(WRITTEN.get(target.this, ""))
    return exp.Anonymous(this="error", expressions=[exp.DPipe(this=said, expression=advice)])
