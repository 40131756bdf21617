"""`headrace query`: SQL over the lake, in Athena's dialect on every target."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import orjson
import typer
from rich.console import Console

from cli import lake_dialect, lake_structures, query_output
from cli.lake_queries import NamedQuery, named_queries, views
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.queries import AthenaQueries
from shared.lake_rows import time_text
from shared.ports import QueryFailed, QueryResult, Unavailable

app = typer.Typer()

CANNOT_BE_JSON = re.compile("cannot cast|TYPE_MISMATCH", re.IGNORECASE)
"""What Athena says of a map, array or row with values that JSON has no form for, such as bytes."""


@app.command()
def query(
    sql: Annotated[
        str | None, typer.Argument(help="A SELECT over events (each event once) or events_raw.")
    ] = None,
    named: Annotated[str | None, typer.Option(help="A query of --list instead.")] = None,
    event: Annotated[str, typer.Option(help="For a named query: only this event.")] = "",
    property_: Annotated[
        str | None, typer.Option("--property", help="For top_property_values: which one.")
    ] = None,
    since: Annotated[str, typer.Option(help="For a named query: 24h, 7d, 2026-11-21 or a time.")] = "7d",
    until: Annotated[str | None, typer.Option(help="For a named query: the moment it ends before.")] = None,
    top: Annotated[int, typer.Option(min=1, help="For top_property_values: how many.")] = 10,
    list_: Annotated[bool, typer.Option("--list", help="The named queries and what they answer.")] = False,
    json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")] = False,
    stage: OnStage = None,
) -> None:
    """Ask the lake: SQL in Athena's dialect, or a named query. On a terminal the answer is a table, or records where it
    is too wide; in a pipe or file, tab-separated lines with nothing cut.

    Example: headrace query "select name, count(*) as events from events where dt >= '2026-11-01' group by name"
    """
    if json and as_csv:
        raise Problem("The answer is either JSON or CSV: --json or --csv")
    if list_:
        _list(named_queries().values(), as_json=json)
        return
    if (sql is None) == (named is None):
        raise Problem("Say what to ask: a SELECT, or --named with one of the queries of --list")
    if named is not None:
        now = datetime.now(UTC)
        values: dict[str, str | int] = {
            "since": str(time_text(moment(since, now))),
            "until": str(time_text(moment(until, now) if until else now + timedelta(days=1))),
            "event": event,
            "top": top,
        }
        if property_ is not None:
            values["property"] = property_
        sql = _filled(named, values)
    result = ask(str(sql), Stack.load(stage))
    if json:
        sys.stdout.write(query_output.as_json(result) + "\n")
    elif as_csv:
        query_output.write_csv(result, sys.stdout)
    else:
        query_output.show(result)


def ask(sql: str, stack: Stack) -> QueryResult:
    """Run Athena's SQL on the stack's lake; maps, arrays and rows of the answer are dictionaries and lists.

    Raises Problem, with the engine's own reason, when it cannot be run.
    """
    queries = AthenaQueries(database=stack["GlueDatabase"], workgroup=stack["AthenaWorkgroup"])
    sql = sql.strip().rstrip(";")
    try:
        with Console(stderr=True).status("Asking the lake …"):
            return _answer(sql, lambda one: queries.run(in_dialect_of(stack.stage, one)))
    except lake_dialect.NotAQuery as error:
        raise Problem(
            f"The query was refused: {error}",
            "What Athena refuses, and what a laptop lacks: docs/lake.md, “On the laptop”.",
        ) from error
    except QueryFailed as error:
        if stack.stage != "local":
            raise Problem(f"The query failed: {error}") from error
        reason = str(error).partition("\n\nLINE ")[0]  # what follows quotes the translated query
        raise Problem(
            f"The query failed: {reason}",
            "On the laptop DuckDB stands in for Athena: docs/lake.md says what it lacks.",
        ) from error
    except Unavailable as error:
        raise Problem(f"Athena does not answer: {error}") from error


def _answer(sql: str, run: Callable[[str], QueryResult]) -> QueryResult:
    changed = _with_json(sql, run) if lake_structures.may_have_some(sql) else None
    if changed is not None:
        try:
            return changed.read(run(changed.sql))
        except QueryFailed as error:
            if not CANNOT_BE_JSON.search(str(error)):
                raise
    return run(sql)


def _with_json(sql: str, run: Callable[[str], QueryResult]) -> lake_structures.Rewritten | None:
    try:
        described = run(lake_structures.asked_for_types(sql))
    except (QueryFailed, lake_dialect.NotAQuery):  # as the query itself will, which says it of its own lines
        return None
    return lake_structures.rewritten(sql, described.columns, described.types)


def in_dialect_of(stage: str, sql: str) -> str:
    return lake_dialect.for_the_laptop(sql, views()) if stage == "local" else sql


def _filled(name: str, values: dict[str, str | int]) -> str:
    known = named_queries()
    if name not in known:
        raise Problem(f"There is no query named {name}", f"There are: {', '.join(known)}")
    try:
        return known[name].filled(values)
    except KeyError as missing:
        raise Problem(f"The query {name} needs --{missing.args[0]}") from None


def _list(queries: Iterable[NamedQuery], *, as_json: bool) -> None:
    if as_json:
        listed = [
            {"name": query.name, "parameters": sorted(set(query.parameters)), "answers": query.answers}
            for query in queries
        ]
        sys.stdout.write(orjson.dumps(listed, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    for query in queries:
        options = " ".join(f"[cyan]--{name}[/cyan]" for name in sorted(set(query.parameters)))
        Console().print(f"[bold]{query.name}[/bold]  {options}\n  {query.answers}\n")
