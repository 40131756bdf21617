"""The type of each part of a query: the lake's columns are known, and what most functions make of them."""

from __future__ import annotations

from typing import Any, cast

from sqlglot import exp
from sqlglot.dialects import Athena
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from shared.lake import schema

SCHEMA = {
    name: {column: schema.ATHENA_TYPES[glue] for column, glue in (*table.columns, *schema.PARTITIONS)}
    for table in schema.TABLES
    for name in (table.name, table.view)
}
"""The types of the columns, by table or view."""


def _as_its_argument(annotator: Any, expression: exp.Expression) -> exp.Expression:
    return annotator._annotate_by_args(expression, "this")


def _by_name(annotator: Any, expression: exp.Expression) -> exp.Expression:
    """The type of a function that sqlglot does not know."""
    known = FUNCTIONS.get(expression.name.lower(), exp.DType.UNKNOWN)
    annotator._set_type(expression, known)
    return expression


FUNCTIONS = {
    "with_timezone": exp.DType.TIMESTAMPTZ,
    "at_timezone": exp.DType.TIMESTAMPTZ,
    "to_iso8601": exp.DType.VARCHAR,
    "url_extract_host": exp.DType.VARCHAR,
    "url_extract_path": exp.DType.VARCHAR,
    "url_extract_parameter": exp.DType.VARCHAR,
}
MEANINGS: dict[Any, Any] = {
    **Athena.EXPRESSION_METADATA,
    **{
        with_zone: {"returns": exp.DType.TIMESTAMPTZ}
        for with_zone in (exp.AtTimeZone, exp.FromISO8601Timestamp, exp.UnixToTime, exp.CurrentTimestamp)
    },
    **{
        as_argument: {"annotator": _as_its_argument}
        for as_argument in (
            exp.ArgMin,
            exp.ArgMax,
            exp.TimestampTrunc,
            exp.DateTrunc,
            exp.DateAdd,
            exp.FirstValue,
        )
    },
    **{
        as_argument: {"annotator": _as_its_argument}
        for as_argument in (exp.LastValue, exp.Lag, exp.Lead, exp.NthValue)
    },
    exp.Anonymous: {"annotator": _by_name},
}
"""What sqlglot makes of the type of each part, and what it does not know of Athena's."""


class Unclear(ValueError):
    """sqlglot cannot tell what the query's names mean; the text says why."""


def typed(query: exp.Query) -> exp.Query:
    """The query with its columns named in full, `*` expanded, and a type at each node where one is known.

    Raises Unclear.
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
        annotated = annotate_types(
            cast("exp.Query", qualified), schema=dict(SCHEMA), expression_metadata=MEANINGS, dialect="athena"
        )
    except SqlglotError as error:
        raise Unclear(str(error)) from error
    for element in annotated.find_all(exp.Bracket):
        if element.this.is_type(exp.DataType.Type.MAP) and len(element.this.type.expressions) == 2:
            element.type = element.this.type.expressions[1]
    return annotated
