"""`headrace logs`: what the functions wrote, all of them or one stage's."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from cli.console import console
from cli.log_entries import entry, is_of_the_platform
from cli.options import AsJson, OnStage
from cli.output import reader_is_gone
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.stack import function_logs
from shared.aws.stack.function_logs import LogLine
from shared.text.counting import number_of

app = typer.Typer()

LATE = timedelta(seconds=30)
"""CloudWatch shows a line some seconds after it was written; while following, that much is read again."""
PAUSE = 2.0
LEVELS = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow", "WARN": "yellow"}


@app.command()
def logs(
    function: Annotated[
        str | None, typer.Argument(help="A function: collect, process, send-email … Without it: all.")
    ] = None,
    stage: OnStage = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Follow until Ctrl-C.")] = False,
    minutes: Annotated[int, typer.Option("--minutes", min=1, help="How far back to begin.")] = 10,
    everything: Annotated[bool, typer.Option("--all", help="Also show Lambda's own lines.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the functions' log, oldest first: time (UTC), function, level, message, fields.

    Of all functions, rounds in which nothing happened are left out. `--json` has every line as it was written.
    """
    functions = functions_named(Stack.load(stage), function)
    words = {name: word for word, name in functions.items()}
    since = datetime.now(UTC) - timedelta(minutes=minutes)
    shown: set[str] = set()
    without_news = 0
    while True:
        fresh = [line for line in _read(functions, since) if line.id not in shown]
        for line in fresh:
            if everything or not is_of_the_platform(line.text):
                if as_json:
                    _show_as_json(line, words[line.function])
                elif everything or function or entry(line.text).is_news:
                    _show(line, words[line.function])
                else:
                    without_news += 1
        shown.update(line.id for line in fresh)
        if not follow and without_news:
            said = f"{number_of(without_news, 'line')} without news left out: --all, or name the function."
            Console(stderr=True).print(said, style="dim", soft_wrap=True)
        if not follow or reader_is_gone():
            return
        since = max(since, datetime.now(UTC) - LATE)
        time.sleep(PAUSE)


def functions_named(stack: Stack, wanted: str | None) -> dict[str, str]:
    """Physical names by the words people use: the output SendEmailFunction is `send-email`."""
    all_of_them = {
        _words(output.removesuffix("Function")): name
        for output, name in stack.outputs.items()
        if output.endswith("Function")
    }
    if wanted is None:
        return all_of_them
    chosen = {
        word: name for word, name in all_of_them.items() if word == wanted or word.startswith(wanted + "-")
    }
    if not chosen:
        raise Problem(f"There is no function {wanted}", f"There are: {', '.join(sorted(all_of_them))}")
    return chosen


def _words(camel: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in camel).lstrip("-")


def _read(functions: dict[str, str], since: datetime) -> list[LogLine]:
    lines = [line for name in functions.values() for line in function_logs.lines(name, since)]
    return sorted(lines, key=lambda line: line.at)


def _show_as_json(line: LogLine, word: str) -> None:
    print(json.dumps({"at": line.at.isoformat(), "function": word, "text": line.text}))


def _show(line: LogLine, word: str) -> None:
    said = entry(line.text)
    shown = Text.assemble(
        (f"{line.at:%H:%M:%S}.{line.at.microsecond // 1000:03}", "dim"),
        f" {word:14} ",
        (f"{said.level:7} ", LEVELS.get(said.level, "dim")),
        said.message,
    )
    for name, value in said.fields.items():
        shown.append(f"  {name}=", "dim")
        shown.append(_field(value))
    console.print(shown, soft_wrap=True)
    for more in said.more.splitlines():
        console.print(f"    {more}", style="dim", markup=False, soft_wrap=True)


def _field(value: object) -> str:
    """A number without the fraction that it does not have; text as it is; the rest as JSON."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, default=str)
