"""Maps, arrays and rows of an answer as values of their own.

Athena writes them as text that nobody can read back: `{a=1, b=[x]}` may be one value or two. So a query that answers
with some is asked for them as JSON, which Athena makes by their types. What types an answer has, Athena says of the
same query with `limit 0`, which reads nothing and costs nothing.

Text they stay where the query cannot be changed so: one that sqlglot cannot read, an `order by` that needs the value
itself, a `select *` over several tables that is ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson
import sqlglot
from sqlglot import exp
from sqlglot.dialects import Athena
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from cli.lake import types
from shared.ports.queries import QueryResult

STRUCTURED = frozenset({"map", "array", "row"})
"""Types of Athena's answers whose text is no JSON."""

PLAIN = (exp.Column, exp.Literal, exp.Cast, exp.Count, exp.CountIf, exp.ApproxDistinct, exp.Sum, exp.Avg)
"""What a column of an answer may be for its type to be known without asking, where sqlglot knows it."""


@dataclass(frozen=True)
class Rewritten:
    """The query with JSON in the columns at `positions`, whose names in the answer are others."""

    sql: str
    columns: tuple[str, ...]
    positions: frozenset[int]

    def read(self, result: QueryResult) -> QueryResult:
        """The answer to it as one to the query that was asked."""
        rows = [
            tuple(_parsed(value) if n in self.positions else value for n, value in enumerate(row))
            for row in result.rows
        ]
        return result._replace(columns=self.columns, rows=rows)


class _Column(NamedTuple):
    position: int
    name: str
    is_structured: bool


def may_have_some(sql: str) -> bool:
    """Whether an answer may have maps, arrays or rows, as far as the query itself tells."""
    query = _read(sql)
    if query is None:
        return True
    try:
        return not all(_is_plain(column) for column in types.typed(query).selects)
    except types.Unclear:
        return True


def _is_plain(column: exp.Expression) -> bool:
    value = column.unalias()
    known = value.type is not None and not value.is_type(
        exp.DataType.Type.UNKNOWN, *exp.DataType.NESTED_TYPES
    )
    return known and isinstance(value, PLAIN)


def asked_for_types(sql: str) -> str:
    """The query that answers with no rows, and so with the types of the other's columns.

    Their names too: of a subquery's columns DuckDB calls the second `x` `x_1`, so one is made only where it must be.
    """
    query = _read(sql)
    if query is not None:
        if not any(query.args.get(part) for part in ("limit", "offset", "fetch")):
            return f"{sql}\nlimit 0"
        *_, limit, last = Athena().tokenize(sql)
        if limit.token_type is TokenType.LIMIT:
            return f"{sql[: last.start]}0"
    return f"select * from (\n{sql}\n) limit 0"  # noqa: S608


def rewritten(sql: str, columns: Sequence[str], types: Sequence[str]) -> Rewritten | None:
    """The query with JSON instead of its maps, arrays and rows; None if it has none, or has to stay as it is."""
    known = [
        _Column(n, name, type_ in STRUCTURED)
        for n, (name, type_) in enumerate(zip(columns, types, strict=True))
    ]
    if not any(column.is_structured for column in known):
        return None
    query = _read(sql)
    if query is None:
        return None
    if query.args.get("order") is None:
        text, positions = _around(sql, known)
    elif isinstance(query, exp.Select) and _expand_star(query, known):
        text, positions = _within(query, known)
    else:
        return None
    return Rewritten(text, tuple(columns), frozenset(positions)) if positions else None


def _around(sql: str, columns: Sequence[_Column]) -> tuple[str, list[int]]:
    """The query as a table of another one. Its text stays as it is; its order would be lost."""
    listed = ", ".join(
        f"json_format(cast(c{n} as json)) as c{n}" if is_structured else f"c{n}"
        for n, _, is_structured in columns
    )
    names = ", ".join(f"c{column.position}" for column in columns)
    structured = [column.position for column in columns if column.is_structured]
    return f"select {listed} from (\n{sql}\n) as answer({names})", structured  # noqa: S608


def _within(query: exp.Select, columns: Sequence[_Column]) -> tuple[str, list[int]]:
    """The query with other columns. They get other names, so that `order by` still finds what was meant."""
    selected = list(query.expressions)
    order = query.args["order"]
    positions = [
        column.position
        for column in columns
        if column.is_structured and not _needed_by(order, selected[column.position], column.position)
    ]
    for group in query.find_all(exp.Group):
        if group.parent is query:
            _name_ordinals(group, selected, positions)
    for position in positions:
        value = selected[position].unalias()
        as_json = exp.Anonymous(
            this="json_format", expressions=[exp.cast(value.copy(), exp.DataType.Type.JSON)]
        )
        selected[position] = exp.alias_(as_json, f"json_{position}")
    query.set("expressions", selected)
    return query.sql(dialect="athena", comments=False), positions


def _needed_by(order: exp.Order, selected: exp.Expression, position: int) -> bool:
    """Whether the order is by that column of the answer, and not by one of the table that has the same name."""
    for term in order.expressions:
        by = term.this
        if isinstance(by, exp.Literal) and not by.is_string and int(by.this) == position + 1:
            return True
    named = {column.name.lower() for column in order.find_all(exp.Column) if not column.table}
    return isinstance(selected, exp.Alias) and selected.alias.lower() in named


def _name_ordinals(group: exp.Group, selected: Sequence[exp.Expression], positions: Sequence[int]) -> None:
    """`group by 2` of a column that becomes JSON is by its value as before."""
    for by in list(group.expressions):
        if isinstance(by, exp.Literal) and not by.is_string and int(by.this) - 1 in positions:
            by.replace(selected[int(by.this) - 1].unalias().copy())


def _expand_star(query: exp.Select, columns: Sequence[_Column]) -> bool:
    """Put the columns in the place of `*`, if there is one; False if it does not say whose columns they are."""
    stars = [
        n
        for n, column in enumerate(query.expressions)
        if column.is_star and not isinstance(column, exp.Count)
    ]
    if not stars:
        return len(query.expressions) == len(columns)
    if len(stars) > 1:
        return False
    [star] = stars
    written = query.expressions[star]
    table = written.table if isinstance(written, exp.Column) else ""
    if not table and query.args.get("joins"):
        return False
    behind = len(query.expressions) - star - 1
    meant = [
        exp.column(exp.to_identifier(column.name, quoted=True), table=table or None)
        for column in columns[star : len(columns) - behind]
    ]
    query.set("expressions", [*query.expressions[:star], *meant, *query.expressions[star + 1 :]])
    return True


def _read(sql: str) -> exp.Query | None:
    try:
        query = sqlglot.parse_one(sql, read="athena")
    except SqlglotError:
        return None
    return query if isinstance(query, exp.Query) else None


def _parsed(value: object) -> object:
    return orjson.loads(value) if isinstance(value, str) else value
