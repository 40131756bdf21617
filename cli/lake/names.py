"""Tables and columns that a query names and the lake has not: said in a person's words, with what was perhaps meant.

DuckDB would say of a table that is missing that `pg_views` may have been meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from cli.lake import sources
from cli.lake.types import SCHEMA
from shared.lake import schema

MAPS = frozenset(name for name, glue in schema.COLUMNS if glue.startswith("map"))
FEW = 12
"""So many columns of a subquery are listed; a table's are many more."""

NAMED = (exp.Alias, exp.Column, exp.Dot)
"""What a query around can name; an expression without a name it cannot, in Athena."""

SHOW = "`headrace query 'show tables'`"


def objection(query: exp.Query, database: str | None) -> str | None:
    """Which name means nothing; None if all do. `database` is the lake's own; None takes any."""
    scopes = list(traverse_scope(query))
    for scope in scopes:
        for table in _tables(scope):
            if (refused := _of_table(table, database)) is not None:
                return refused
    if (refused := sources.objection(query, scopes)) is not None:
        return refused
    for scope in scopes:
        for column in scope.columns:
            if column.find_ancestor(exp.Query) is not scope.expression:
                continue  # of a subquery: its own scope's
            if (refused := _of_column(column, scope)) is not None:
                return refused
    return None


def _tables(scope: Scope) -> Iterator[exp.Table]:
    own = _common_tables(scope.expression)
    for source in scope.sources.values():
        named = isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)
        if named and (source.db or source.name.lower() not in own):
            yield source


def _common_tables(node: exp.Expression) -> set[str]:
    """Names that WITH gives, here and around: of a recursive one the scope itself has no source."""
    found: set[str] = set()
    around: exp.Expression | None = node
    while around is not None:
        with_ = around.args.get("with_") if isinstance(around, exp.Query) else None
        found |= {cte.alias.lower() for cte in with_.expressions} if with_ is not None else set()
        around = around.parent
    return found


def _of_table(table: exp.Table, database: str | None) -> str | None:
    name, schema = table.name.lower(), table.db.lower()
    if schema == "information_schema":
        return f"On the laptop there is no information_schema: ask {SHOW} and {_describe('events')}"
    if table.catalog and table.catalog.lower() != "awsdatacatalog":
        return f"There is no catalog `{table.catalog}`: leave it out"
    if schema and database is not None and schema != database:
        return f"There is no database `{table.db}`: the lake's is `{database}`, which you may leave out"
    if name in SCHEMA:
        return None
    listed = ", ".join(SCHEMA)
    return f"There is no table `{table.name}`.{_meant(table.name, SCHEMA)} There are {listed}."


def _of_column(column: exp.Column, scope: Scope) -> str | None:
    if not isinstance(column.this, exp.Identifier) or _is_of_a_lambda(column):
        return None
    name = column.name.lower()
    if name.startswith("$"):
        return f'The laptop has none of Athena\'s hidden columns, such as "{column.name}"'
    if column.table:
        return _of_named_table(column, name, scope)
    known: list[str] = []
    for columns in _reachable(scope):
        if columns is None or name in columns:
            return None
        known += columns
    if name in _given(column, scope):
        return None
    tables = sorted(source.name.lower() for source in scope.sources.values() if isinstance(source, exp.Table))
    return _missing(column.name, known, tables)


def _of_named_table(column: exp.Column, name: str, scope: Scope) -> str | None:
    table = column.table.lower()
    around: Scope | None = scope
    while around is not None:
        by_name = {alias.lower(): source for alias, source in around.sources.items()}
        if table in by_name:
            columns = _columns(by_name[table])
            if columns is None or name in columns:
                return None
            source = by_name[table]
            return _missing(column.name, columns, [source.name] if isinstance(source, exp.Table) else [table])
        around = around.parent
    for columns in _reachable(scope):
        if columns is None or table in columns:  # a field of a row, which has any name
            is_map = columns is not None and table in MAPS
            written = f"element_at({column.table}, '{column.name}')"
            return f"`{column.table}` is a map: write {written}" if is_map else None
    here = [alias for scope_ in (scope,) for alias in scope_.sources]
    return f"`{column.table}` is no table of this query.{_meant(column.table, here)}"


def _reachable(scope: Scope) -> Iterator[list[str] | None]:
    """The columns of each source, also of the queries around a subquery; None where they are not known."""
    around: Scope | None = scope
    while around is not None:
        for source in around.sources.values():
            if not _is_only_defined(source, around):
                yield _columns(source)
        around = around.parent


def _is_only_defined(source: exp.Expression | Scope, scope: Scope) -> bool:
    """A common table that WITH names and this query does not read."""
    return (
        isinstance(source, Scope)
        and source.is_cte
        and all(source is not selected for _, selected in scope.selected_sources.values())
    )


def _columns(source: exp.Expression | Scope) -> list[str] | None:
    if isinstance(source, exp.Table):
        alias = source.args.get("alias")
        if alias is not None and alias.columns:
            return [column.name.lower() for column in alias.columns]
        return (
            [column.lower() for column in SCHEMA[source.name.lower()]]
            if source.name.lower() in SCHEMA
            else None
        )
    if not isinstance(source, Scope):
        return None
    expression = source.expression
    for node in (expression, expression.parent):
        alias = node.args.get("alias") if node is not None else None
        if isinstance(alias, exp.TableAlias) and alias.columns:
            place = node.args.get("offset") if node is not None else None
            numbered = [place.name.lower()] if isinstance(place, exp.Identifier) else []
            return [*(column.name.lower() for column in alias.columns), *numbered]
    return _selected(source) if isinstance(expression, exp.Query) else None


def _selected(scope: Scope) -> list[str] | None:
    select = scope.expression
    if isinstance(select, exp.SetOperation):
        return _selected(scope.set_operation_scopes[0]) if scope.set_operation_scopes else None
    if not isinstance(select, exp.Select):
        return None
    names: list[str] = []
    for column in select.expressions:
        if not column.is_star or isinstance(column, exp.Count):
            names += [column.alias_or_name.lower()] if isinstance(column, NAMED) else []
            continue
        table = column.table.lower() if isinstance(column, exp.Column) else ""
        for alias, (_, source) in scope.selected_sources.items():
            if table in ("", alias.lower()):
                columns = _columns(source)
                if columns is None:
                    return None
                names += columns
    return names


def _given(column: exp.Column, scope: Scope) -> set[str]:
    """Names that SELECT gives. Where they are not known, it is refused with its own words."""
    is_in_a_clause = column.find_ancestor(exp.Order, exp.Where, exp.Group, exp.Having) is not None
    if not is_in_a_clause:
        return set()
    expression = scope.expression
    while isinstance(expression, exp.SetOperation):
        expression = expression.left.unnest()
    return {selected.alias_or_name.lower() for selected in expression.selects}


def _is_of_a_lambda(column: exp.Column) -> bool:
    around = column.find_ancestor(exp.Lambda)
    while around is not None:
        names = {parameter.name.lower() for parameter in around.expressions}
        if column.name.lower() in names or column.table.lower() in names:
            return True
        around = around.find_ancestor(exp.Lambda)
    return column.find_ancestor(exp.MatchRecognize) is not None


def _describe(table: str) -> str:
    return f"`headrace query 'describe {table}'`"


def _missing(name: str, known: list[str], tables: list[str]) -> str:
    where = f" in {' or '.join(f'`{table}`' for table in tables)}" if tables else ""
    described = [table for table in tables if table in SCHEMA]
    if len(known) <= FEW:
        listed = f" There are {', '.join(known)}." if known else ""
    else:
        listed = f" All of them: {_describe(described[0])}." if described else ""
    return f"There is no column `{name}`{where}.{_meant(name, known)}{listed}"


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f" Did you mean `{close[0]}`?" if close else ""
