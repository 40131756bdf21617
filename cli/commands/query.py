"""`headrace query`: SQL over the lake, in Athena's dialect on every target."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from typer.core import TyperCommand

from cli import event_names
from cli.lake import dialect, failures, query_output, statements, structures
from cli.lake.queries import NamedQuery, named_queries, views
from cli.lake.statements import NotAQuery
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.queries import AthenaQueries
from shared.failures import Unavailable
from shared.lake.rows import time_text
from shared.ports.queries import QueryFailed, QueryResult

app = typer.Typer()

CANNOT_BE_JSON = re.compile("cannot cast|TYPE_MISMATCH", re.IGNORECASE)
"""What Athena says of a map, array or row with values that JSON has no form for, such as bytes."""


BEGINS_WITH_COMMENT = re.compile(r"--(\s|[^=]*\s)")
"""No option's name has a space or line break."""

IS_A_LIST = re.compile(r"(show|describe|desc|explain)\b", re.IGNORECASE)
"""What answers with text only, and cannot be a part of another query."""


class TakesComments(TyperCommand):
    """A query may begin with a comment, `-- so`, which is no option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {one}" if BEGINS_WITH_COMMENT.match(one) else one for one in args])


@app.command(cls=TakesComments)
def query(
    sql: Annotated[
        str | None,
        typer.Argument(
            help="A SELECT over events or rejected (each event once), events_raw or rejected_raw; `-` reads it from"
            " standard input. Also `show tables`, `describe events`."
        ),
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the SELECT from a file.")] = None,
    named: Annotated[str | None, typer.Option(help="Run a query from --list instead.")] = None,
    event: Annotated[str, typer.Option(help="For a named query: only this event.")] = "",
    property_: Annotated[
        str | None, typer.Option("--property", help="For top_property_values: the property.")
    ] = None,
    since: Annotated[str, typer.Option(help="For a named query: 24h, 7d, 2026-11-21 or a time.")] = "7d",
    until: Annotated[str | None, typer.Option(help="For a named query: the time it ends before.")] = None,
    top: Annotated[int, typer.Option(min=1, help="For top_property_values: the number of values.")] = 10,
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
    if sum(given is not None for given in (sql, named, file)) != 1:
        raise Problem("Give a query: a SELECT, --file, or --named with a query from --list")
    if file is not None or sql == "-":
        sql = _read(file)
    elif named is not None:
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
    stack = Stack.load(stage)
    result = ask(str(sql), stack)
    if named is not None and event and event_names.is_nothing(result):
        _hint(event, since, stack)
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


def _read(file: Path | None) -> str:
    """The query in a file, or on standard input (None or `-`)."""
    try:
        read = sys.stdin.buffer.read() if file in (None, Path("-")) else Path(str(file)).read_bytes()
        return read.decode("utf-8-sig")
    except OSError as error:
        raise Problem(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Problem(f"{file or 'Standard input'} is not UTF-8 text") from error


def _hint(event: str, since: str, stack: Stack) -> None:
    """On standard error, which event was perhaps meant. What came is asked for by its names alone."""
    day = f"{moment(since, datetime.now(UTC)) - timedelta(days=1):%Y-%m-%d}"
    came = ask(f"select distinct name from events_raw where dt >= '{day}'", stack)  # noqa: S608
    Console(stderr=True, highlight=False).print(
        event_names.none_is_called(event, [str(name) for (name,) in came.rows]), markup=False, soft_wrap=True
    )


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
