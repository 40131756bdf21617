"""What a query of the laptop may read from: the lake's tables, its own subqueries and the lists and rows written in it.

DuckDB has functions in the place of a table that read files, the network or its own settings. The emulator runs them as
whoever started it, and Athena has none of them: each is refused, whatever its name.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

READ_FROM = (exp.Table, exp.Subquery, exp.Unnest, exp.Values, exp.Lateral, exp.Paren)
IN_LATERAL = (exp.Subquery, exp.Unnest)

NOT_OF_THE_LAKE = frozenset({
    "currval", "current_connection_id", "current_query", "current_query_id", "current_setting",
    "current_transaction_id", "error", "getenv", "getvariable", "in_search_path", "json_deserialize_sql",
    "json_execute_serialized_sql", "json_serialize_sql", "nextval", "query", "query_table", "setseed", "setval",
    "sleep_ms", "stats", "txid_current", "write_log",
})  # fmt: skip
"""DuckDB's functions that say or change something of DuckDB or its machine. Athena has none of them."""
BEGINNINGS = ("__internal_", "duckdb_", "parquet_", "pg_", "pragma_", "read_", "sniff_")
"""Of the names of others, that a later DuckDB may take in the place of a value too."""


def objection(query: exp.Query, scopes: list[Scope]) -> str | None:
    """What would be read that is not of the lake; None where nothing is. `scopes` are all of the query's."""
    for node in query.walk():
        if (refused := _of_source(node)) is not None:
            return f"A query reads from tables: there is no `{refused}` to read from"
        if isinstance(node, exp.Func) and _is_not_of_the_lake(name := _function(node)):
            return f"On the laptop there is no function `{name}`"
    looked_up = {id(table) for scope in scopes for table in scope.tables}
    for table in query.find_all(exp.Table):
        if (
            id(table) not in looked_up
        ):  # nobody has said that it is one of the lake's, and DuckDB may open a file
            return f"The table `{table.name}` cannot be read in that place"
    return None


def _of_source(node: exp.Expression) -> str | None:
    """How the source begins that is none: a function, mostly."""
    if isinstance(node, exp.TableFromRows):
        return "table(…)"
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        return _named(node.this)
    if isinstance(node, exp.Lateral) and not isinstance(node.this, IN_LATERAL):
        return _named(node.this)
    if isinstance(node, (exp.From, exp.Join)) and not isinstance(node.this, READ_FROM):
        return _named(node.this)
    return None


def _named(source: exp.Expression) -> str:
    return f"{_function(source)}(…)" if isinstance(source, exp.Func) else source.sql(dialect="athena")[:60]


def _function(node: exp.Func) -> str:
    name = node.name if isinstance(node, exp.Anonymous) else node.sql(dialect="athena").partition("(")[0]
    return str(name).lower()


def _is_not_of_the_lake(function: str) -> bool:
    return function in NOT_OF_THE_LAKE or function.startswith(BEGINNINGS)
