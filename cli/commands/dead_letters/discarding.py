"""`discard`: what nobody will retry."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.commands.dead_letters.options import OfCause, WhichOnes, fail_if
from cli.console import console
from cli.dead_letters import work
from cli.dead_letters.asking import are_missing, confirm
from cli.dead_letters.choosing import meant_by
from cli.dead_letters.discarding import written_to
from cli.dead_letters.looking import waiting
from cli.dead_letters.outcome import Redriven
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from shared.text.counting import number_of


def discard(
    which: WhichOnes = None,
    everything: Annotated[bool, typer.Option("--all", help="All of every place.")] = False,
    cause: OfCause = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="The file that they are written to first. Without it: one with the time in its name, here.",
        ),
    ] = None,
    no_file: Annotated[bool, typer.Option("--no-file", help="Keep nothing of them.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Discard what nobody will retry. Each is written to a file first, whole: there is personal data in it."""
    if no_file and to:
        raise Problem("--no-file keeps nothing, and --to says where to keep it", "Leave one of them out.")
    stack = Stack.load(stage)
    meant = meant_by(which, stack, everything=everything, cause=cause)
    if not yes:
        confirm(meant, as_json=as_json)
    file = None if no_file else to or Path(f"discarded-{datetime.now(UTC):%Y%m%dT%H%M%S}.jsonl")
    outcomes: list[Redriven] = []
    try:
        with written_to(file) as lines:
            for choice in meant:
                said = Redriven(choice.place.name, waiting(choice.place))
                outcomes.append(said)
                work.discard(choice, stack, said, lines)
    finally:
        count = sum(one.brought_back - one.not_deleted for one in outcomes)
        if as_json:
            rows = [{"name": one.name, "discarded": one.brought_back - one.not_deleted} for one in outcomes]
            print_json({"places": rows, "discarded": count, "file": str(file) if file else None})
        else:
            kept = f", now only in {file}" if file and count else ""
            console.print(f"{number_of(count, 'dead letter')} discarded{kept}", markup=False, soft_wrap=True)
            if others := sum(one.of_others.total() for one in outcomes):
                console.print(f"{others} left: they {next(iter(outcomes[0].of_others), 'are of others')}")
    fail_if(are_missing(meant), any(one.not_deleted or one.not_received for one in outcomes))
