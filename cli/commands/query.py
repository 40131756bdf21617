"""`headrace query`: SQL over the lake, in Athena's dialect on every target."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli import lake_dialect
from cli.lake_queries import NamedQuery, named_queries, views
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.queries import AthenaQueries
from shared.events import utc_text
from shared.lake_rows import time_text
from shared.ports import QueryFailed, QueryResult, Unavailable

app = typer.Typer()


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
    stage: OnStage = None,
) -> None:
    """Ask the lake: SQL in Athena's dialect, or a named query.

    Example: headrace query "select name, count(*) as events from events where dt >= '2026-11-01' group by name"
    """
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
        sys.stdout.write(as_json(result) + "\n")
    else:
        show(result)


def ask(sql: str, stack: Stack) -> QueryResult:
    """Run Athena's SQL on the stack's lake. Raises Problem, with the engine's own reason, when it cannot be run."""
    queries = AthenaQueries(database=stack["GlueDatabase"], workgroup=stack["AthenaWorkgroup"])
    try:
        with Console(stderr=True).status("Asking the lake …"):
            return queries.run(in_dialect_of(stack.stage, sql))
    except lake_dialect.NotAQuery as error:
        raise Problem(f"This is not a query: {error}") from error
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


def in_dialect_of(stage: str, sql: str) -> str:
    return lake_dialect.for_the_laptop(sql, views()) if stage == "local" else sql.strip().rstrip(";")


def as_json(result: QueryResult) -> str:
    """A list of objects: numbers are numbers, times RFC 3339."""
    objects = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    options = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATETIME
    return orjson.dumps(objects, default=_plain, option=options).decode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


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


def show(result: QueryResult) -> None:
    """The rows on the terminal."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for position, column in enumerate(result.columns):
        numbers = all(isinstance(row[position], (int, float, Decimal, type(None))) for row in result.rows)
        table.add_column(Text(column), justify="right" if numbers and result.rows else "left")
    for row in result.rows:
        table.add_row(*(_cell(value) for value in row))
    Console().print(table)
    Console(stderr=True).print(f"{len(result.rows)} row{'s' if len(result.rows) != 1 else ''}", style="dim")


def _cell(value: object) -> Text:
    if value is None:
        return Text("")
    if isinstance(value, datetime):
        return Text(utc_text(value))
    return Text(str(value))
