"""What Athena refuses and DuckDB takes: on the laptop it is refused as well, or it would fail only on AWS.

Athena compares and calculates with values of one kind only: a time is no text, and `'2026-01-01'` is text. It knows the
names that a SELECT gives its columns only in ORDER BY. What sqlglot cannot tell the type of is let through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp
from sqlglot.dialects import Athena
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.tokens import TokenType

T = exp.DataType.Type
KINDS: Mapping[str, frozenset[exp.DataType.Type]] = {
    "text": frozenset(exp.DataType.TEXT_TYPES),
    "a number": frozenset(exp.DataType.NUMERIC_TYPES),
    "a time": frozenset({T.TIMESTAMP, T.TIMESTAMPTZ, T.TIMESTAMPLTZ, T.TIMESTAMPNTZ, T.DATETIME, T.DATE}),
    "a boolean": frozenset({T.BOOLEAN}),
    "a map": frozenset({T.MAP}),
    "an array": frozenset({T.ARRAY, T.LIST}),
}
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
UNITS = frozenset({"MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
OF_A_TIME = (
    *(exp.DateDiff, exp.DateAdd, exp.TimestampTrunc, exp.DateTrunc, exp.TimeToStr, exp.TimeToUnix, exp.Year),
    *(exp.Month, exp.Day, exp.Hour, exp.Minute, exp.Second, exp.Quarter, exp.WeekOfYear, exp.DayOfWeekIso),
    *(exp.DayOfMonth, exp.DayOfYear, exp.YearOfWeek, exp.LastDay, exp.Extract, exp.AtTimeZone),
)
"""Functions that take a time, and no text that looks like one."""
DUCKDBS_OWN: Mapping[type[exp.Expression], str] = {
    exp.ILike: "ILIKE: compare lower(…) by LIKE",
}


class Pair(NamedTuple):
    """Two values that Athena wants to be of one kind, and what puts them together."""

    one: exp.Expression
    other: exp.Expression
    whole: exp.Expression


def objection(sql: str, query: exp.Query, typed: exp.Query) -> str | None:
    """What Athena would refuse the query for; None if nothing is known. `typed` is the query with types."""
    if any(token.token_type is TokenType.DCOLON for token in Athena().tokenize(sql)):
        return "Athena has no `::`: write cast(… as …)"
    for node in query.find_all(*DUCKDBS_OWN):
        return f"Athena has no {DUCKDBS_OWN[type(node)]}"
    for select in query.find_all(exp.Select):
        distinct = select.args.get("distinct")
        if distinct is not None and distinct.args.get("on") is not None:
            return "Athena has no DISTINCT ON: number the rows by row_number() and take the first"
    if any(star.args.get("except_") or star.args.get("replace") for star in query.find_all(exp.Star)):
        return "Athena's `*` is all columns: name those that you want"
    return (
        _of_kinds(typed) or _of_times(typed) or _of_conditions(typed) or _of_maps(typed) or _of_names(typed)
    )


def _of_kinds(query: exp.Query) -> str | None:
    for one, other, whole in _pairs(query):
        kinds = _kind(one), _kind(other)
        if None in kinds or kinds[0] == kinds[1]:
            continue
        return (
            f"Athena does not compare {kinds[0]} with {kinds[1]}, as in `{_text(whole)}`{_advice(one, other)}"
        )
    for whole in query.find_all(*ARITHMETIC):
        for side in (whole.left, whole.right):
            if _kind(side) == "text":
                return f"Athena does not calculate with text, as in `{_text(whole)}`: cast it to a number"
        if isinstance(whole, (exp.Add, exp.Sub)) and {_kind(whole.left), _kind(whole.right)} == {
            "a time",
            "a number",
        }:
            days = whole.right if _kind(whole.right) == "a number" else whole.left
            written = f"interval '{days.name}' day" if isinstance(days, exp.Literal) else "date_add('day', …)"
            return f"Athena does not add a number to a time, as in `{_text(whole)}`: write {written}"
    for whole in query.find_all(exp.DPipe):
        for side in (whole.left, whole.right):
            if _kind(side) not in ("text", "an array", None):
                return f"Athena joins text with text only, not as in `{_text(whole)}`: cast the other value to varchar"
    return None


def _of_times(query: exp.Query) -> str | None:
    for whole in query.find_all(*OF_A_TIME):
        unit = whole.args.get("unit")
        if unit is not None and unit.name.upper() not in UNITS:
            return f"Athena has no unit `{unit.name.lower()}`: there are {', '.join(sorted(UNITS)).lower()}"
        asked = [whole.expression] if isinstance(whole, exp.Extract) else [whole.this]
        asked += [whole.expression] if isinstance(whole, exp.DateDiff) else []
        for time in asked:
            if _kind(time) in ("text", "a number"):
                return (
                    f"Athena wants a time there, not {_kind(time)}, in `{_text(whole)}`{_made_a_time(time)}"
                )
    return None


def _made_a_time(value: exp.Expression) -> str:
    if _kind(value) == "a number":
        return ": from_unixtime(…) makes one"
    return (
        f": write date {_text(value)}" if isinstance(value, exp.Literal) else f": write date({_text(value)})"
    )


def _of_conditions(query: exp.Query) -> str | None:
    for node in query.find_all(exp.Where, exp.Having, exp.And, exp.Or, exp.Not, exp.If, exp.Filter, exp.Join):
        conditions = {
            exp.And: (node.args.get("this"), node.args.get("expression")),
            exp.Or: (node.args.get("this"), node.args.get("expression")),
            exp.Join: (node.args.get("on"),),
            exp.Filter: (),
        }.get(type(node), (node.args.get("this"),))
        if isinstance(node.parent, exp.Case) and node.parent.this is not None:
            continue
        for condition in conditions:
            kind = _kind(condition) if condition is not None else None
            if kind not in (None, "a boolean"):
                return f"Athena wants a condition there, not {kind}: `{_text(condition)}`"
    return None


def _of_maps(query: exp.Query) -> str | None:
    for term in query.find_all(exp.Ordered):
        if _kind(term.this) == "a map":
            return f"Athena does not order by a map: `{_text(term.this)}`"
    for cast in query.find_all(exp.Cast):
        if _kind(cast.this) in ("a map", "an array") and cast.to.is_type(*exp.DataType.TEXT_TYPES):
            instead = f"json_format(cast({_text(cast.this)} as json))"
            return f"Athena does not cast {_kind(cast.this)} to text: write {instead}"
    for union in query.find_all(exp.SetOperation):
        left, right = union.left.unnest(), union.right.unnest()
        if (
            isinstance(left, exp.Query)
            and isinstance(right, exp.Query)
            and not (left.is_star or right.is_star)
        ):
            if len(left.selects) != len(right.selects):
                return f"the two sides of {union.key.upper()} have {len(left.selects)} and {len(right.selects)} columns"
            for one, other in zip(left.selects, right.selects, strict=True):
                kinds = _kind(one.unalias()), _kind(other.unalias())
                if None not in kinds and kinds[0] != kinds[1]:
                    both, value = f"{kinds[1]} under {kinds[0]}", _text(other.unalias())
                    return f"Athena does not put {both} in {union.key.upper()}: `{value}`"
    return None


def _pairs(query: exp.Query) -> Iterator[Pair]:
    for node in query.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In):
        if isinstance(node, exp.Between):
            yield Pair(node.this, node.args["low"], node)
            yield Pair(node.this, node.args["high"], node)
        elif isinstance(node, exp.In):
            yield from (Pair(node.this, value, node) for value in node.expressions)
        else:
            yield Pair(node.left, node.right, node)


def _kind(value: exp.Expression) -> str | None:
    value = value.unnest()
    if isinstance(value, (exp.Any, exp.All)):  # `= any (select …)`: the type is that of what is selected
        return None
    type_ = value.type.this if value.type is not None else None
    return next((kind for kind, types in KINDS.items() if type_ in types), None)


def _advice(one: exp.Expression, other: exp.Expression) -> str:
    for value, beside in ((one, other), (other, one)):
        if _kind(value) == "a time" and isinstance(beside, exp.Literal):
            written = "date" if value.is_type(T.DATE) else "timestamp"
            return f": write {written} {beside.sql(dialect='athena')}" if beside.is_string else ""
    return ": cast one of them"


def _of_names(query: exp.Query) -> str | None:
    for scope in traverse_scope(query):
        select = scope.expression
        if not isinstance(select, exp.Select):
            continue
        given = {column.alias.lower() for column in select.expressions if isinstance(column, exp.Alias)}
        for clause in ("where", "group", "having"):
            part = select.args.get(clause)
            for column in part.find_all(exp.Column) if part is not None else ():
                is_own = column.find_ancestor(exp.Select) is select and not column.find_ancestor(exp.Lambda)
                if is_own and not column.table and column.name.lower() in given:
                    advice = ", or its number" if clause == "group" else ""
                    where = {"where": "WHERE", "group": "GROUP BY", "having": "HAVING"}[clause]
                    return f"Athena does not know `{column.name}` in {where}: repeat what it names{advice}"
    return None


def _text(whole: exp.Expression) -> str:
    """As it was typed, but for its spaces and the tables of its columns."""
    shown = whole.copy()
    for column in shown.find_all(exp.Column):
        column.set("table", None)
    return str(shown.sql(dialect="athena", normalize_functions=False))
