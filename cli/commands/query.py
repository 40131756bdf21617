"""`headrace query`: SQL over the lake, in Athena's dialect on every target."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from typer.core import TyperCommand

from cli import event_names
from cli.lake import query_output
from cli.lake.asking import ask
from cli.lake.queries import NamedQuery, named_queries
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.lake.rows import time_text

app = typer.Typer()

BEGINS_WITH_COMMENT = re.compile(r"--(\s|[^=]*\s)")
"""No option's name has a space or line break."""


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
