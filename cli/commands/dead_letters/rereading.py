"""`reread`: what came onto the stream in a period, once more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.commands.dead_letters.options import fail_if
from cli.dead_letters import work
from cli.dead_letters.output import print_reread
from cli.dead_letters.rereading import Reread
from cli.json_output import print_json
from cli.moments import moment
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack


def reread(
    since: Annotated[
        str, typer.Option("--from", help="The first arrival: 24h ago, 2026-12-01T10:30 or RFC 3339.")
    ],
    until: Annotated[str, typer.Option("--until", help="The last arrival, likewise.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Put what came onto the stream in a period on it again, where a batch was given up and not set aside.

    Other people's records of the period come along; they are recognised for 24 hours after they first came. Exit code 1
    means that the stream did not take all of them.
    """
    now = datetime.now(UTC)
    first, last = moment(since, now), moment(until, now)
    if not first <= last <= now:
        raise Problem("--from and --until are two times in the past, in their order")
    stack = Stack.load(stage)
    said = Reread()
    try:
        work.reread(stack, first, last, said, dry_run=dry_run)
    finally:
        if as_json:
            print_json(vars(said))
        else:
            print_reread(said, dry_run=dry_run)
    fail_if(said.not_taken > 0, said.refused > 0)
