"""Run Athena's SQL on a stack's lake: by Athena on AWS, by DuckDB on the laptop."""

from __future__ import annotations

import re
from collections.abc import Callable

from rich.console import Console

from cli.lake import dialect, failures, statements, structures
from cli.lake.queries import views
from cli.lake.statements import NotAQuery
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.queries import AthenaQueries
from shared.failures import Unavailable
from shared.ports.queries import QueryFailed, QueryResult

CANNOT_BE_JSON = re.compile("cannot cast|TYPE_MISMATCH", re.IGNORECASE)
"""What Athena says of a map, array or row with values that JSON has no form for, such as bytes."""

IS_A_LIST = re.compile(r"(show|describe|desc|explain)\b", re.IGNORECASE)
"""What answers with text only, and cannot be a part of another query."""


def ask(sql: str, stack: Stack) -> QueryResult:
    """Run Athena's SQL on the stack's lake; maps, arrays and rows of the answer are dictionaries and lists.

    Raises Problem, with the engine's own reason, when it cannot be run.
    """
    queries = AthenaQueries(database=stack["GlueDatabase"], workgroup=stack["AthenaWorkgroup"])
    try:
        sql = statements.alone(sql)
        with Console(stderr=True).status("Querying the lake …"):
            return _answer(sql, lambda one: queries.run(in_dialect_of(stack, one)))
    except NotAQuery as error:
        raise Problem(
            f"The query was refused: {error}",
            "For what Athena refuses and a laptop lacks, see docs/lake.md, “On the laptop”.",
        ) from error
    except QueryFailed as error:
        if stack.stage != "local":
            raise Problem(f"The query failed: {error}") from error
        raise Problem(
            f"The query failed: {failures.of_the_engine(str(error))}",
            "On the laptop DuckDB stands in for Athena: docs/lake.md says what it lacks.",
        ) from error
    except Unavailable as error:
        raise Problem(f"Athena does not answer: {error}") from error


def _answer(sql: str, run: Callable[[str], QueryResult]) -> QueryResult:
    changed = _with_json(sql, run) if not IS_A_LIST.match(sql) and structures.may_have_some(sql) else None
    if changed is not None:
        try:
            return changed.read(run(changed.sql))
        except QueryFailed as error:
            if not CANNOT_BE_JSON.search(str(error)):
                raise
    return run(sql)


def _with_json(sql: str, run: Callable[[str], QueryResult]) -> structures.Rewritten | None:
    try:
        described = run(structures.asked_for_types(sql))
    except (QueryFailed, NotAQuery):  # as the query itself will, which says it of its own lines
        return None
    return structures.rewritten(sql, described.columns, described.types)


def in_dialect_of(stack: Stack, sql: str) -> str:
    if stack.stage != "local":
        return sql
    return dialect.for_the_laptop(sql, views(), stack["GlueDatabase"])
