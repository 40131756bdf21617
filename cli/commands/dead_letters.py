"""`headrace dead-letters`: what could not be done, and bringing it back once the reason is mended."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.console import console
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.dead_letters.places import Holds, Place, chosen, places
from cli.dead_letters.retrying import Redriven, Save, redrive_bucket, redrive_queue
from cli.dead_letters.ways import ways
from cli.stacks import Stack
from shared.aws.queues import dead_letter_queues, given_up
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.aws.queues.queue_depth import depth
from shared.events import utc_text
from shared.failures import Unavailable

app = typer.Typer(invoke_without_command=True, add_completion=False)

LOOKED_AT = 50
"""Of each queue, for the age of the oldest and what went wrong."""

MOST_COUNTED = 10_000
"""Objects of the bucket."""

AT_THE_END = {"local": 1}
"""Seconds to wait for a message that may still come; on AWS a queue is many servers, and they are all asked."""


@app.callback()
def dead_letters(context: typer.Context, as_json: AsJson = False, stage: OnStage = None) -> None:
    """Show what could not be done: where it waits, how much, since when, and what it is. `redrive` brings it back."""
    if context.invoked_subcommand is not None:
        return
    rows = [_row(place) for place in places(Stack.load(stage))]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None, header_style="dim")
    for heading in ("name", "waiting", "oldest", "what it holds"):
        table.add_column(heading)
    for row in rows:
        reasons = ", ".join(f"{count} {reason}" for reason, count in row["reasons"].items())
        oldest = (row["oldest"] or "")[:16].replace("T", " ")
        table.add_row(
            row["name"],
            "" if row["waiting"] is None else str(row["waiting"]),
            f"{oldest} or before" if oldest and not row["all_looked_at"] else oldest,
            row["problem"] or (f"{row['holds']}: {reasons}" if reasons else row["holds"]),
        )
    console.print(table)
    if any(row["waiting"] for row in rows):
        console.print("Fix the cause, then: headrace dead-letters redrive NAME")


@app.command()
def redrive(
    name: Annotated[str, typer.Argument(help="A name from the list, or of the alarm.")],
    save: Annotated[
        Path | None,
        typer.Option(
            help="Write dead letters that can never be brought back to this file, one line each, and "
            "delete them. /dev/null drops them."
        ),
    ] = None,
    as_json: AsJson = False,
    stage: OnStage = None,
) -> None:
    """Bring back what waits under a name now: records to the stream, messages to their queue, entries to the bus.

    What comes meanwhile waits for the next time, and so does what fails again. Twice does no harm. Exit code 1 means
    that something of what waited is still there: AWS did not take it, or it can never be brought back.
    """
    stack = Stack.load(stage)
    found = chosen(name, places(stack), stack.stage)
    outcomes: list[Redriven] = []
    try:
        with _written_to(save) as saving:
            for place in found:
                if place.problem:
                    raise Problem(
                        f"{place.name}: {place.problem}",
                        "docs/operating/dead-letters.md lists the permissions.",
                    )
                said = Redriven(place.name, _waiting(place))
                outcomes.append(said)
                _redrive(place, stack, said, saving)
    finally:  # what was brought back before AWS was away is said, too
        if as_json:
            print_json(
                [
                    {**asdict(one), "never": dict(one.never), "of_others": dict(one.of_others)}
                    for one in outcomes
                ]
            )
        else:
            for one in outcomes:
                _report(one, save)
    if not all(one.is_all for one in outcomes):
        raise typer.Exit(1)


def _redrive(place: Place, stack: Stack, said: Redriven, save: Save | None) -> None:
    began = dead_letter_queues.now(stack["DeadLetterQueueUrl"])
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"Bringing back {place.name}", total=said.waited)

        def advance(count: int) -> None:
            progress.advance(task, count)

        if place.is_bucket:
            redrive_bucket(place.at, stack["StreamName"], said, began=began, save=save, advance=advance)
        else:
            wait = AT_THE_END.get(stack.stage, dead_letter_queues.WAIT_SECONDS)
            redrive_queue(place, ways(place, stack), said, began=began, wait=wait, save=save, advance=advance)


@contextmanager
def _written_to(file: Path | None) -> Iterator[Save | None]:
    if file is None:
        yield None
        return
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)  # there are people in it
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(opened, "ab") as lines:

        def save(id_: str, content: str, reason: str) -> None:
            lines.write(orjson.dumps({"id": id_, "reason": reason, "content": content}) + b"\n")
            lines.flush()

        yield save


def _report(said: Redriven, save: Path | None) -> None:
    counted = [
        (said.brought_back, "brought back"),
        (said.never.total(), "can never be brought back"),
        (said.not_written, "not accepted by AWS, and still there"),
        (said.not_deleted, "of them not deleted: they are still there too, which does no harm"),
        (said.not_received, "not received, and still there"),
        (said.of_others.total(), "left to others"),
        (said.came_since, "arrived in the meantime, and wait for the next run"),
    ]
    words = ", ".join(f"{count} {what}" for count, what in counted if count)
    console.print(f"{said.name}: {words or 'nothing waits'}", markup=False, soft_wrap=True)
    for reason, count in [*said.never.items(), *said.of_others.items()]:
        console.print(f"    {count}  {reason}", markup=False, soft_wrap=True)
    if said.cut_short:
        console.print(
            "Stopped: more arrived in the meantime than had waited. Fix the cause, then run it again.",
            markup=False,
            soft_wrap=True,
        )
    elif said.not_received:
        console.print(
            "Somebody else is looking at them, or a redrive was killed: try again in 5 minutes.",
            markup=False,
            soft_wrap=True,
        )
    if said.never.total() > said.saved:
        console.print(
            f"They are still there. To save them: headrace dead-letters redrive {said.name} --save FILE. "
            "To drop them: --save /dev/null",
            markup=False,
            soft_wrap=True,
        )
    elif said.saved:
        console.print(f"They are now only in {save}.", markup=False, soft_wrap=True)


def _waiting(place: Place) -> int:
    if place.is_bucket:
        return sum(1 for _ in given_up.batches(place.at))
    return depth(place.at).waiting


def _row(place: Place) -> dict[str, Any]:
    """`waiting` null, and `problem`, where we may not look; `oldest` of those looked at, `all_looked_at` or not."""
    row: dict[str, Any] = {
        "name": place.name, "holds": place.holds.value, "at": place.at, "waiting": None, "oldest": None,
        "all_looked_at": True, "reasons": {}, "problem": place.problem,
    }  # fmt: skip
    if place.problem:
        return row
    try:
        return row | (_of_bucket(place) if place.is_bucket else _of_queue(place))
    except Unavailable as error:
        return row | {"problem": str(error)}


def _of_queue(place: Place) -> dict[str, Any]:
    waiting = depth(place.at).waiting
    if not waiting:
        return {"waiting": 0}
    with dead_letter_queues.looked_at(place.at, LOOKED_AT) as letters:
        reasons = Counter(reason for letter in letters if (reason := _reason(letter, place.holds)))
    return {
        "waiting": max(waiting, len(letters)),
        "oldest": _oldest([letter.sent_at for letter in letters]),
        "all_looked_at": len(letters) >= waiting,
        "reasons": dict(reasons.most_common(5)),
    }


def _of_bucket(place: Place) -> dict[str, Any]:
    times = []
    for batch in given_up.batches(place.at):
        times.append(batch.at)
        if len(times) == MOST_COUNTED:
            break
    return {"waiting": len(times), "oldest": _oldest(times), "all_looked_at": len(times) < MOST_COUNTED}


def _oldest(times: list[datetime]) -> str | None:
    return utc_text(min(times)) if times else None


def _reason(letter: DeadLetter, holds: Holds) -> str | None:
    """EventBridge's code, or the name of the error that `process` had."""
    if letter.error or holds is not Holds.RECORDS:
        return letter.error
    try:
        return str(orjson.loads(letter.body)["error"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "unreadable"
