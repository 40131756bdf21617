"""`retry`: try again what failed for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.dead_letters.options import OfCause, WhichOnes, fail_if, plain
from cli.dead_letters import work
from cli.dead_letters.asking import are_missing
from cli.dead_letters.choosing import meant_by
from cli.dead_letters.discarding import written_to
from cli.dead_letters.looking import waiting
from cli.dead_letters.outcome import Redriven
from cli.dead_letters.output import print_dry, report
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.stacks import Stack


def retry(
    which: WhichOnes = None,
    everything: Annotated[bool, typer.Option("--all", help="All of every place.")] = False,
    cause: OfCause = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    watch: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=3600,
            show_default=False,
            help=f"Seconds to watch whether they fail again. Without it, {work.WATCHED_SECONDS} for records of "
            "process and 0 for others, which are tried for minutes before they are dead letters again.",
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            help="Write dead letters that can never be retried to this file, one line each, and "
            "delete them there."
        ),
    ] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Try again: records go to the stream, messages to their queue, entries to the bus.

    What comes meanwhile waits for the next time, and so does what fails again. It may be stopped at any time, and twice
    does no harm. Exit code 1 means that something of what was chosen is still there, or there again.
    """
    stack = Stack.load(stage)
    meant = meant_by(which, stack, everything=everything, cause=cause)
    if dry_run:
        judged = [work.dry_run(choice, stack) for choice in meant]
        if as_json:
            print_json([plain(one) for one in judged])
        else:
            print_dry(judged)
        fail_if(are_missing(meant))
        return
    outcomes: list[Redriven] = []
    try:
        with written_to(save) as file:
            for choice in meant:
                said = Redriven(choice.place.name, waiting(choice.place))
                outcomes.append(said)
                work.retry(choice, stack, said, file, watch)
    finally:  # what was retried before AWS was away, or somebody stopped it, is said, too
        if as_json:
            print_json([plain(one) for one in outcomes])
        for one, choice in () if as_json else zip(outcomes, meant, strict=False):  # it may have been stopped
            report(one, choice, save, stack.stage)
    fail_if(are_missing(meant), not all(one.is_all for one in outcomes))
