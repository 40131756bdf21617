"""Athena's SQL for the laptop, where the emulator answers with DuckDB and knows no views.

The dialect is translated by sqlglot. A view becomes a common table expression, and so does the table beneath it,
because the emulator takes the columns of an empty lake for text, `properties` too.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.scope import traverse_scope

from cli import lake_functions, lake_strictness, lake_types
from shared import lake_schema

PREFIX = "lake_"
"""Before the name of a table or view, so that its expression and the emulator's table differ."""

RETYPED = {
    lake_schema.EVENTS.name: "cast(properties as map(varchar, varchar)) as properties",
    lake_schema.REJECTED.name: "cast(received_at as timestamp) as received_at",
}
"""By table: the column whose type the emulator does not know while the table is empty."""


class NotAQuery(ValueError):
    """Not one statement that reads, or one that Athena would refuse; the text says why."""


def for_the_laptop(sql: str, views: Mapping[str, str]) -> str:
    """The DuckDB statement that means `sql`, one query in Athena's dialect; `views` are selects by name.

    Raises NotAQuery (a ValueError), also with the place of a mistake in the syntax.
    """
    query = _query(sql)
    typed = lake_types.typed(_named_as_by_athena(query.copy()))
    if (refused := lake_strictness.objection(sql, query, typed)) is not None:
        raise NotAQuery(refused)
    query = _translated(query if typed is None else typed)
    selects = {name: _query(select) for name, select in views.items()}
    used = _redirect(query, {*RETYPED, *selects})
    wanted: dict[str, exp.Expression] = {}
    for name in sorted(used & set(selects)):
        beneath = _redirect(selects[name], set(RETYPED))
        wanted |= {table: _typed_table(table) for table in beneath}
        wanted[name] = _translatable(selects[name])
    _put_first(query, {table: _typed_table(table) for table in used & set(RETYPED)} | wanted)
    return str(query.sql(dialect="duckdb", comments=False))


def _typed_table(name: str) -> exp.Expression:
    return sqlglot.parse_one(f"select * replace ({RETYPED[name]}) from {name}", read="duckdb")  # noqa: S608


def _query(sql: str) -> exp.Query:
    try:
        statements = [statement for statement in sqlglot.parse(sql, read="athena") if statement is not None]
    except sqlglot.errors.SqlglotError as error:
        raise NotAQuery(_without_colours(error)) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise NotAQuery("on the laptop one SELECT at a time can be run")
    return statements[0]


def _without_colours(error: sqlglot.errors.SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if not details:
        return str(error)
    first = details[0]
    return f"{first['description'].rstrip('.')} at line {first['line']}, column {first['col']}"


def _redirect(query: exp.Query, names: set[str]) -> set[str]:
    """Point each reference to one of `names` to its expression; returns those that were there.

    A common table expression of the query's own with such a name is no reference.
    """
    found = set()
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and source.name.lower() in names:
                name = source.name.lower()
                found.add(name)
                if not source.alias:
                    source.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
                source.set("this", exp.to_identifier(PREFIX + name))
                source.set("db", None)
                source.set("catalog", None)
    return found


def _translated(query: exp.Query) -> exp.Query:
    try:
        query = lake_functions.in_duckdbs_words(query)
    except lake_functions.NotHere as error:
        raise NotAQuery(f"on the laptop there is no {error} as Athena has it") from error
    return _in_utc(query)


def _translatable(query: exp.Query) -> exp.Query:
    """With types, which tell sqlglot a division of integers."""
    return _in_utc(annotate_types(query, dialect="athena"))


def _in_utc(typed: exp.Query) -> exp.Query:
    """`AT TIME ZONE` of a plain time, which here is UTC."""
    for shift in list(typed.find_all(exp.AtTimeZone)):
        plain = shift.this
        if not isinstance(plain, exp.CurrentTimestamp) and not plain.is_type(exp.DataType.Type.TIMESTAMPTZ):
            shift.set("this", exp.AtTimeZone(this=plain.copy(), zone=exp.Literal.string("UTC")))
    return typed


def _named_as_by_athena(query: exp.Query) -> exp.Query:
    """Athena calls the third column `_col2` if it is an expression without a name."""
    first = query
    while isinstance(first, exp.SetOperation):
        first = first.left
    if isinstance(first, exp.Select) and not first.is_star:
        first.set(
            "expressions",
            [
                column if _has_a_name(column) else exp.alias_(column, f"_col{position}")
                for position, column in enumerate(first.expressions)
            ],
        )
    return query


def _has_a_name(column: exp.Expression) -> bool:
    return column.is_star or isinstance(column, (exp.Alias, exp.Column, exp.Dot))


def _put_first(query: exp.Query, expressions: Mapping[str, exp.Expression]) -> None:
    if not expressions:
        return
    ahead = [
        exp.CTE(this=select, alias=exp.TableAlias(this=exp.to_identifier(PREFIX + name)))
        for name, select in expressions.items()
    ]
    own = query.args.get("with_")
    if own is None:
        query.set("with_", exp.With(expressions=ahead))
    else:
        own.set("expressions", [*ahead, *own.expressions])
