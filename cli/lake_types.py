"""The type of each part of a query: the lake's columns are known, and what most functions make of them."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from shared import lake_schema

SCHEMA = {
    name: {
        column: lake_schema.ATHENA_TYPES[glue] for column, glue in (*table.columns, *lake_schema.PARTITIONS)
    }
    for table in lake_schema.TABLES
    for name in (table.name, table.view)
}
"""The types of the columns, by table or view."""


def typed(query: exp.Query) -> exp.Query | None:
    """The query with its columns named in full, `*` expanded, and a type at each node where one is known.

    None where sqlglot cannot tell what its names mean.
    """
    try:
        qualified = qualify(
            query.copy(),
            schema=dict(SCHEMA),
            dialect="athena",
            validate_qualify_columns=False,
            expand_alias_refs=False,
            quote_identifiers=False,
            identify=False,
        )
        annotated = annotate_types(qualified, schema=dict(SCHEMA), dialect="athena")
    except SqlglotError:
        return None
    for element in annotated.find_all(exp.Bracket):
        if element.this.is_type(exp.DataType.Type.MAP) and len(element.this.type.expressions) == 2:
            element.type = element.this.type.expressions[1]
    return annotated if isinstance(annotated, exp.Query) else None
