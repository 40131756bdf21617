"""`headrace ledger`: whether everything that came in is accounted for, and which records are not."""

from __future__ import annotations

from datetime import UTC, datetime
from tempfile import gettempdir
from typing import Annotated

import typer

from cli.json_output import print_json
from cli.ledger import output, reading
from cli.ledger.progress import bar
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.failures import Unavailable

app = typer.Typer()


@app.command()
def ledger(
    since: Annotated[
        str | None,
        typer.Option(
            help="The hour to begin with: 24h, 7d, 2026-11-21. Without it: 24h here, 1h on AWS.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="Up to then: 2h, 2026-11-22. What was done later counts as waiting. Without it: now.",
            show_default=False,
        ),
    ] = None,
    lake: Annotated[bool, typer.Option(help="Compare the rows of the lake too.")] = True,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Say whether everything that came in is accounted for: received, folded, archived, sent, by source and hour.

    What is not is named, and the exit code is 1. What is still on its way counts as waiting.
    """
    stack = Stack.load(stage)
    now = datetime.now(UTC)
    begin = moment(since or ("24h" if stack.stage == "local" else "1h"), now)
    end = min(moment(until, now), now) if until else now
    if begin > now:
        raise typer.BadParameter(
            "that is in the future; it is when the time to look at began", param_hint="--since"
        )
    if begin >= end:
        raise typer.BadParameter("no time is left: it must come after --since", param_hint="--until")
    try:
        with bar(shown=not as_json) as progress:
            found = reading.read(stack, begin, end, now, with_lake=lake, progress=progress)
    except Unavailable as error:
        raise Problem(f"AWS does not answer: {error}") from error
    except OSError as error:
        raise Problem(
            f"The log lines cannot be read, or not be put into {gettempdir()}: {error.strerror}",
            "An hour of a million events takes some 200 MB there. TMPDIR names another folder.",
        ) from error
    if as_json:
        print_json(output.as_json(found))
    else:
        output.show(found)
    if not found.is_balanced:
        raise typer.Exit(1)
