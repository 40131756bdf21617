"""Athena's functions that DuckDB has by another name, with another meaning, or not at all, in its own words.

What sqlglot translates by itself is not here. A function that DuckDB would answer differently, and that is not worth a
translation, is refused: a wrong answer is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlglot import exp

T = exp.DataType.Type
Value: TypeAlias = exp.Expression

MEANT_OTHERWISE: Mapping[type[exp.Expression], str] = {
    exp.Repeat: "repeat",
    exp.JSONValue: "json_value",
    exp.Typeof: "typeof",
}
"""Functions of the same name that answer something else in DuckDB."""
MEANT_OTHERWISE_BY_NAME = frozenset({"entropy", "json_exists"})

URL_PARTS = {
    "url_extract_protocol": "^([A-Za-z][A-Za-z0-9+.-]*):",
    "url_extract_host": "^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)",
    "url_extract_path": "^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)",
    "url_extract_query": r"^[^?#]*\?([^#]*)",
    "url_extract_fragment": "#(.*)$",
}

MILLISECONDS, ISO_8601 = "%Y-%m-%d %H:%M:%S.%g", "%Y-%m-%dT%H:%M:%S.%g"
"""How a `timestamp(3)` is written, in strftime's signs."""


class NotHere(ValueError):
    """DuckDB would answer differently; the text names the function."""


def in_duckdbs_words(query: exp.Query) -> exp.Query:
    """The query with functions that mean in DuckDB what was meant in Athena. Its nodes have types, where known.

    Raises NotHere.
    """
    for unnest in list(query.find_all(exp.Unnest)):
        _side_by_side(unnest)
    for node in list(query.walk(bfs=False))[::-1]:  # what is within a function first
        if type(node) in MEANT_OTHERWISE or (
            node.name.lower() in MEANT_OTHERWISE_BY_NAME and _is_anonymous(node)
        ):
            raise NotHere(MEANT_OTHERWISE.get(type(node), node.name.lower()))
        change = BY_NAME.get(node.name.lower()) if _is_anonymous(node) else BY_KIND.get(type(node))
        changed = change(node) if change is not None else None
        if changed is not None and changed is not node:
            changed.type = changed.type or node.type
            node.replace(changed)
    return query


def _is_anonymous(node: Value) -> bool:
    return isinstance(node, exp.Anonymous)


def _call(name: str, *arguments: Value | str | int) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[_value(argument) for argument in arguments])


def _value(argument: Value | str | int) -> Value:
    if isinstance(argument, str):
        return exp.Literal.string(argument)
    return exp.Literal.number(argument) if isinstance(argument, int) else argument.copy()


def _difference(node: Value) -> Value:
    """Whole units that have passed; DuckDB's own date_diff counts the boundaries between."""
    unit = node.args["unit"].name.lower()
    begin, end = (exp.cast(side.copy(), T.TIMESTAMP) for side in (node.expression, node.this))
    return _call("date_sub", unit, begin, end)


def _still_a_date(node: Value) -> Value | None:
    """A date with days added, or cut to its week, is a date in Athena and a timestamp in DuckDB."""
    unit = node.args.get("unit") or getattr(node.args.get("expression"), "args", {}).get("unit")
    by_days = unit is not None and unit.name.upper() in {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
    if not (by_days and node.this.is_type(T.DATE)) or isinstance(node.parent, exp.Cast):
        return None
    return exp.cast(node.copy(), T.DATE)


def _with_milliseconds(node: Value) -> Value | None:
    """A timestamp as text; a literal has the digits it was written with."""
    is_time = node.this.is_type(T.TIMESTAMP) and node.find(exp.Column) is not None
    if not (is_time and node.is_type(*exp.DataType.TEXT_TYPES)):
        return None
    return _call("strftime", node.this, MILLISECONDS)


def _extracted(node: Value) -> Value:
    """Null where nothing is found; DuckDB says the empty text."""
    found = _call("regexp_matches", node.this, node.expression)
    group = node.args.get("group")
    extracted = _call("regexp_extract", node.this, node.expression, *([group] if group is not None else []))
    return exp.If(this=found, true=extracted)


def _replaced(node: Value) -> Value | None:
    """`$1` is DuckDB's `\\1`."""
    replacement = node.args.get("replacement")
    if not (isinstance(replacement, exp.Literal) and "$" in replacement.name):
        return None
    changed = node.copy()
    changed.set("replacement", exp.Literal.string(replacement.name.replace("$", "\\")))
    return changed


def _element(node: Value) -> Value | None:
    """`m['k']` fails where there is no such key, unlike `element_at(m, 'k')`."""
    if node.args.get("safe") or not node.this.is_type(T.MAP) or node.find_ancestor(exp.Try):
        return None
    [key] = node.expressions
    safe = node.copy()
    safe.set("safe", True)
    missing = exp.DPipe(this=_value("Key not present in map: "), expression=exp.cast(key.copy(), T.VARCHAR))
    is_there = exp.or_(
        exp.Is(this=node.this.copy(), expression=exp.Null()), _call("map_contains", node.this, key)
    )
    return exp.If(this=exp.paren(is_there), true=safe, false=_call("error", missing))


def _reversed(node: Value) -> Value | None:
    return _call("list_reverse", node.this) if node.this.is_type(T.ARRAY) else None


def _without_bounds(node: Value) -> None:
    if node.this is not None:
        raise NotHere("random(a, b)")


def _no_query(node: Value) -> None:
    if node.args.get("json_query"):
        raise NotHere("json_query")


def _size(node: Value) -> Value | None:
    return _call("cardinality", node.this) if node.this.is_type(T.MAP) else None


def _sliced(node: Value) -> Value:
    """The third argument is a length in Athena, the last place in DuckDB."""
    start, length = node.args["start"], node.args["end"]
    last = exp.Sub(
        this=exp.Add(this=exp.paren(start.copy()), expression=exp.paren(length.copy())), expression=_value(1)
    )
    return _call("list_slice", node.this, start, last)


def _weekday(node: Value) -> Value | None:
    """Monday is 1 and Sunday 7."""
    if node.name.upper() not in {"DOW", "DAY_OF_WEEK"}:
        return None
    return exp.Extract(this=exp.var("isodow"), expression=node.expression.copy())


def _formatted(node: Value) -> Value:
    return _call("printf", node.this, *node.expressions)


def _matching(compared: Callable[[Value, Value], Value]) -> Callable[[Value], Value]:
    """How many of an array's values a lambda is true of, compared with how many there are."""

    def change(node: Value) -> Value:
        array, condition = node.expressions
        true_of = exp.ArrayFilter(this=array.copy(), expression=condition.copy())
        return exp.paren(compared(exp.ArraySize(this=true_of), array))

    return change


def _map_of(node: Value) -> Value | None:
    if isinstance(node.parent, exp.Filter):
        return None
    return _call("map", *(exp.ArrayAgg(this=column.copy()) for column in node.expressions))


def _iso(node: Value) -> Value | None:
    [at] = node.expressions
    return _call("strftime", at, "%Y-%m-%d" if at.is_type(T.DATE) else ISO_8601) if at.type else None


def _part_of_url(node: Value) -> Value:
    [url] = node.expressions
    pattern = URL_PARTS[node.name.lower()]
    return exp.If(this=_call("regexp_matches", url, pattern), true=_call("regexp_extract", url, pattern, 1))


def _parameter_of_url(node: Value) -> Value | None:
    url, name = node.expressions
    if not isinstance(name, exp.Literal):
        return None
    pattern = f"[?&]{re.escape(name.name)}=([^&#]*)"
    found = _call("url_decode", _call("regexp_extract", url, pattern, 1))
    return exp.If(this=_call("regexp_matches", url, pattern), true=found)


def _double(text: str) -> Callable[[Value], Value]:
    return lambda _: exp.cast(_value(text), T.DOUBLE)


def _side_by_side(unnest: exp.Unnest) -> None:
    """A map, or several arrays, as a table: DuckDB unnests one array in FROM, and any number in a SELECT."""
    alias = unnest.args.get("alias")
    maps = [value.is_type(T.MAP) for value in unnest.expressions]
    if alias is None or unnest.args.get("offset") or (len(maps) == 1 and not maps[0]):
        return
    arrays: list[Value] = []
    for value, is_map in zip(unnest.expressions, maps, strict=True):
        arrays += [_call("map_keys", value), _call("map_values", value)] if is_map else [value.copy()]
    if len(arrays) != len(alias.columns):
        return
    columns = [
        exp.alias_(_call("unnest", array), name.name)
        for array, name in zip(arrays, alias.columns, strict=True)
    ]
    table = exp.Lateral(
        this=exp.Subquery(this=exp.Select(expressions=columns)),
        alias=exp.TableAlias(this=alias.this.copy() if alias.this else exp.to_identifier("unnested")),
    )
    unnest.replace(table)


BY_KIND: Mapping[type[exp.Expression], Callable[[Value], Value | None]] = {
    exp.DateDiff: _difference,
    exp.DateAdd: _still_a_date,
    exp.Add: _still_a_date,
    exp.Sub: _still_a_date,
    exp.TimestampTrunc: _still_a_date,
    exp.DateTrunc: _still_a_date,
    exp.Cast: _with_milliseconds,
    exp.RegexpExtract: _extracted,
    exp.RegexpReplace: _replaced,
    exp.Bracket: _element,
    exp.ArraySize: _size,
    exp.ArraySlice: _sliced,
    exp.Extract: _weekday,
    exp.Format: _formatted,
    exp.Reverse: _reversed,
    exp.Rand: _without_bounds,
    exp.JSONExtract: _no_query,
}
BY_NAME: Mapping[str, Callable[[Value], Value | None]] = {
    "any_match": _matching(lambda true_of, _: exp.GT(this=true_of, expression=_value(0))),
    "none_match": _matching(lambda true_of, _: exp.EQ(this=true_of, expression=_value(0))),
    "all_match": _matching(
        lambda true_of, array: exp.EQ(this=true_of, expression=exp.ArraySize(this=array.copy()))
    ),
    "every": lambda node: exp.LogicalAnd(this=node.expressions[0].copy()),
    "map_agg": _map_of,
    "to_iso8601": _iso,
    "at_timezone": lambda node: exp.AtTimeZone(
        this=node.expressions[0].copy(), zone=node.expressions[1].copy()
    ),
    "with_timezone": lambda node: _call("timezone", node.expressions[1], node.expressions[0]),
    "arrays_overlap": lambda node: _call("list_has_any", *node.expressions),
    "array_union": lambda node: _call("list_distinct", _call("list_concat", *node.expressions)),
    "codepoint": lambda node: _call("unicode", *node.expressions),
    "to_base": lambda node: _call("lower", _call("to_base", *node.expressions)),
    "infinity": _double("infinity"),
    "nan": _double("nan"),
    "e": lambda _: _call("exp", 1),
    "url_extract_parameter": _parameter_of_url,
    **dict.fromkeys(URL_PARTS, _part_of_url),
}
