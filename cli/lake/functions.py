"""Athena's functions that DuckDB has by another name, with another meaning, or not at all, in its own words.

What sqlglot translates by itself is not here. A function that DuckDB would answer differently, and that is not worth a
translation, is refused: a wrong answer is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import TypeAlias

from sqlglot import exp

from cli.lake.casts import as_athena_casts

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
    begin, end = (
        exp.Cast(this=side.copy(), to=exp.DataType.build("timestamp"))
        for side in (node.expression, node.this)
    )
    return _call("date_sub", unit, begin, end)


def _still_a_date(node: Value) -> Value | None:
    """A date with days added, or cut to its week, is a date in Athena and a timestamp in DuckDB."""
    unit = node.args.get("unit") or getattr(node.args.get("expression"), "args", {}).get("unit")
    by_days = unit is not None and unit.name.upper() in {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
    if not (by_days and node.this.is_type(T.DATE)) or isinstance(node.parent, exp.Cast):
        return None
    return exp.cast(node.copy(), T.DATE)


def _cast(node: Value) -> Value | None:
    """Athena's way to cast. A timestamp as text; a literal has the digits it was written with."""
    if not node.is_type(*exp.DataType.TEXT_TYPES):
        return as_athena_casts(node)
    if node.this.is_type(T.TIMESTAMPTZ):
        return _call("strftime", node.this, MILLISECONDS + " UTC")
    is_time = node.this.is_type(T.TIMESTAMP) and node.find(exp.Column) is not None
    return _call("strftime", node.this, MILLISECONDS) if is_time else None


def _extracted(node: Value) -> Value:
    """Null where nothing is found; DuckDB says the empty text."""
    found = _call("regexp_matches", node.this, node.expression)
    group = node.args.get("group")
    extracted = _call("regexp_extract", node.this, node.expression, *([group] if group is not None else []))
    return exp.If(this=found, true=extracted)


def _whole(node: Value) -> Value | None:
    """Of integers. sqlglot goes by way of a double, which has 53 bits."""
    both = node.this.is_type(*exp.DataType.INTEGER_TYPES) and node.expression.is_type(
        *exp.DataType.INTEGER_TYPES
    )
    return exp.IntDiv(this=node.this.copy(), expression=node.expression.copy()) if both else None


def _days(node: Value) -> Value | None:
    """A list of dates without a step is by days."""
    if node.args.get("step") is not None or not node.args["start"].is_type(T.DATE):
        return None
    by_days = node.copy()
    by_days.set("step", exp.Interval(this=_value("1"), unit=exp.var("DAY")))
    return by_days


def _replaced(node: Value) -> Value | None:
    """`$1` is DuckDB's `\\1`."""
    replacement = node.args.get("replacement")
    if not (isinstance(replacement, exp.Literal) and "$" in replacement.name):
        return None
    changed = node.copy()
    changed.set("replacement", exp.Literal.string(replacement.name.replace("$", "\\")))
    return changed


def _reduced(node: Value) -> Value | None:
    """DuckDB's has no last function: what it makes of the state, it makes of what DuckDB answers."""
    finish = node.args.get("finish")
    if finish is None:
        return None
    if not isinstance(finish, exp.Lambda) or len(finish.expressions) != 1 or finish.this.find(exp.Lambda):
        raise NotHere("reduce with such a last function")
    reduced = node.copy()
    reduced.set("finish", None)
    name = finish.expressions[0].name.lower()
    finished = exp.paren(finish.this.copy())
    for state in list(finished.find_all(exp.Identifier)):
        if state.name.lower() == name:
            place = state.parent if isinstance(state.parent, exp.Column) else state
            place.replace(exp.paren(reduced.copy()))
    return finished


def _element(node: Value) -> Value | None:
    """`m['k']` fails where there is no such key, unlike `element_at(m, 'k')`. A row's fields have numbers."""
    if node.this.is_type(T.STRUCT) and len(node.expressions) == 1:
        return _call("struct_extract_at", node.this, node.expressions[0])
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
    """printf, in which a value for `%s` must be text."""
    signs = re.findall(r"%[-+ 0#,]*\d*(?:\.\d+)?([a-zA-Z%])", node.this.name)
    kinds = [sign for sign in signs if sign != "%"] if isinstance(node.this, exp.Literal) else []
    values = [
        exp.cast(value.copy(), T.VARCHAR) if kind in ("s", "S") else value
        for value, kind in zip_longest(node.expressions, kinds[: len(node.expressions)])
    ]
    return _call("printf", node.this, *values)


def _matching(compared: Callable[[Value, Value], Value]) -> Callable[[Value], Value]:
    """How many of an array's values a lambda is true of, compared with how many there are."""

    def change(node: Value) -> Value:
        array, condition = node.expressions
        true_of = exp.ArrayFilter(this=array.copy(), expression=condition.copy())
        return exp.paren(compared(exp.ArraySize(this=true_of), array))

    return change


def _map_of(node: Value) -> Value | None:
    """Of a key that comes again Athena keeps the first value; DuckDB wants each key once."""
    if isinstance(node.parent, (exp.Filter, exp.Window)) or len(node.expressions) != 2:
        raise NotHere("map_agg with FILTER or OVER")
    keys, values = (exp.ArrayAgg(this=column.copy()) for column in node.expressions)
    once = _call("list_distinct", keys)
    place = _call("list_position", keys, exp.to_identifier("one_key"))
    value_of = exp.Lambda(
        this=_call("list_extract", values, place), expressions=[exp.to_identifier("one_key")]
    )
    return _call("map", once, _call("list_transform", once, value_of))


def _iso(node: Value) -> Value | None:
    [at] = node.expressions
    if at.is_type(T.TIMESTAMPTZ):
        return _call("strftime", at, ISO_8601 + "Z")
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
    """A map, rows, or several arrays, as a table: DuckDB unnests one array in FROM, and any number in a SELECT.

    Raises NotHere if the names after AS are not as many as Athena's columns.
    """
    alias = unnest.args.get("alias")
    if alias is None:
        return
    has_rows = [_fields(value) for value in unnest.expressions]
    columns: list[Value] = []
    for value, fields in zip(unnest.expressions, has_rows, strict=True):
        if value.is_type(T.MAP):
            columns += [_unnested(_call("map_keys", value)), _unnested(_call("map_values", value))]
        elif fields:
            columns += [_call("struct_extract_at", _unnested(value), n + 1) for n in range(fields)]
        else:
            columns.append(_unnested(value))
    if all(value.is_type(T.ARRAY, T.MAP) for value in unnest.expressions):
        _check_names(unnest, len(columns))
    if unnest.args.get("offset"):
        if any(has_rows) or any(value.is_type(T.MAP) for value in unnest.expressions):
            raise NotHere("unnest of rows or maps WITH ORDINALITY")
        return
    if len(columns) == 1 or len(columns) != len(alias.columns):
        return
    named = [exp.alias_(column, name.name) for column, name in zip(columns, alias.columns, strict=True)]
    table = exp.Lateral(
        this=exp.Subquery(this=exp.Select(expressions=named)),
        alias=exp.TableAlias(this=alias.this.copy() if alias.this else exp.to_identifier("unnested")),
    )
    unnest.replace(table)


def _unnested(array: Value) -> Value:
    return _call("unnest", array)


def _fields(array: Value) -> int:
    """How many fields the rows of an array have; 0 if it has no rows, or if that is not known."""
    inner = (
        array.type.expressions[0]
        if array.is_type(T.ARRAY) and array.type and array.type.expressions
        else None
    )
    return len(inner.expressions) if isinstance(inner, exp.DataType) and inner.is_type(T.STRUCT) else 0


def _check_names(unnest: exp.Unnest, columns: int) -> None:
    names = [name.name for name in unnest.args["alias"].columns]
    if isinstance(unnest.args.get("offset"), exp.Identifier):
        names = [name for name in names if name != unnest.args["offset"].name]
    elif unnest.args.get("offset"):
        columns += 1
    if names and len(names) != columns:
        raise NotHere(
            f"unnest with {len(names)} name{'s' * (len(names) != 1)} for {columns} columns ({', '.join(names)})"
        )


BY_KIND: Mapping[type[exp.Expression], Callable[[Value], Value | None]] = {
    exp.DateDiff: _difference,
    exp.DateAdd: _still_a_date,
    exp.Add: _still_a_date,
    exp.Sub: _still_a_date,
    exp.TimestampTrunc: _still_a_date,
    exp.DateTrunc: _still_a_date,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Reduce: _reduced,
    exp.GenerateSeries: _days,
    exp.Div: _whole,
    exp.CurrentTimezone: lambda _: _value("UTC"),
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
