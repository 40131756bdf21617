"""Athena's SQL for the laptop, where the emulator answers with DuckDB and knows no views.

The dialect is translated by sqlglot. A view becomes a common table expression, and so does the table beneath it,
because the emulator takes the columns of an empty lake for text, `properties` too.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.expressions import apply_index_offset
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.scope import traverse_scope

from cli.lake import failures, functions, names, statements, strictness, syntax, types, zones
from cli.lake.statements import NotAQuery
from shared.lake import schema

PREFIX = "lake_"
"""Before the name of a table or view, so that its expression and the emulator's table differ."""

RETYPED = {
    schema.EVENTS.name: "cast(properties as map(varchar, varchar)) as properties",
    schema.REJECTED.name: "cast(received_at as timestamp) as received_at",
}
"""By table: the column whose type the emulator does not know while the table is empty."""


def for_the_laptop(sql: str, views: Mapping[str, str], database: str | None = None) -> str:
    """The DuckDB statement that means `sql`, one query in Athena's dialect; `views` are selects by name, `database`
    the lake's own, without which any is taken.

    Raises NotAQuery (a ValueError), also with the place of a mistake in the syntax.
    """
    sql = statements.about_the_lake(sql) or sql
    query = _query(sql)
    if (refused := names.objection(query, database)) is not None:
        raise NotAQuery(refused)
    try:
        typed = types.typed(_named_as_by_athena(query.copy()))
    except types.Unclear as error:  # without types it would be translated otherwise than it is meant
        raise NotAQuery(str(error)) from error
    if (refused := strictness.objection(sql, query, typed)) is not None:
        raise NotAQuery(refused)
    query = _translated(typed)
    selects = {name: _query(select) for name, select in views.items()}
    used = _redirect(query, {*RETYPED, *selects})
    wanted: dict[str, exp.Expression] = {}
    for name in sorted(used & set(selects)):
        beneath = _redirect(selects[name], set(RETYPED))
        wanted |= {table: _typed_table(table) for table in beneath}
        wanted[name] = annotate_types(selects[name], dialect="athena")
    _put_first(query, {table: _typed_table(table) for table in used & set(RETYPED)} | wanted)
    return _in_duckdbs_sql(query)


def _in_duckdbs_sql(query: exp.Query) -> str:
    """Raises NotAQuery for what sqlglot would leave out: it warns, and the answer would be another one."""
    try:
        return str(query.sql(dialect="duckdb", comments=False, unsupported_level=ErrorLevel.RAISE))
    except sqlglot.errors.UnsupportedError as error:
        raise NotAQuery(f"on the laptop that cannot be said: {error}") from error


def _typed_table(name: str) -> exp.Expression:
    return sqlglot.parse_one(f"select * replace ({RETYPED[name]}) from {name}", read="duckdb")  # noqa: S608


def _query(sql: str) -> exp.Query:
    try:
        if (refused := syntax.objection(sql)) is not None:
            raise NotAQuery(refused)
        statements = [statement for statement in sqlglot.parse(sql, read="athena") if statement is not None]
    except sqlglot.errors.SqlglotError as error:
        raise NotAQuery(failures.of_the_parser(error)) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise NotAQuery("one SELECT (or WITH …) at a time can be asked")
    _count_from_one(statements[0])
    return statements[0]


def _count_from_one(query: exp.Query) -> None:
    """Leave the numbers of elements as they were written, in which Athena and DuckDB agree.

    sqlglot counts from 0 where it takes the value for an array, and back when it writes: by then it knows of some that
    they are maps or rows, and of some columns that they are numbers.
    """
    for element in query.find_all(exp.Bracket):
        if element.args.get("offset") is None:
            numbers = apply_index_offset(element.this, element.expressions, 1, dialect="athena")
            element.set("expressions", numbers)
            element.set("offset", 1)


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
        return functions.in_duckdbs_words(zones.in_duckdbs_times(query))
    except functions.NotHere as error:
        raise NotAQuery(f"on the laptop there is no {error} as Athena has it") from error
    except zones.ZoneLost as error:
        raise NotAQuery(
            f"the laptop keeps no zone from one part of a query to another, and `{error}` needs it: write `at time"
            " zone …` there"
        ) from error


def _named_as_by_athena(query: exp.Query) -> exp.Query:
    """Athena calls the third column `_col2` if it is an expression without a name."""
    first = query.unnest()
    while isinstance(first, exp.SetOperation):
        first = first.left.unnest()
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
