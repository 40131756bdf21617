"""Retrying, discarding or judging what was chosen of a place, with a bar that says how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.dead_letters import rereading
from cli.dead_letters.choosing import Choice
from cli.dead_letters.discarding import IntoAFile, discard_batches, saving
from cli.dead_letters.dry_run import Judged, judged
from cli.dead_letters.looking import look, waiting
from cli.dead_letters.outcome import Redriven
from cli.dead_letters.places import Holds
from cli.dead_letters.rereading import Reread
from cli.dead_letters.retrying import Advance, redrive_bucket, redrive_queue
from cli.dead_letters.ways import ways
from cli.stacks import Stack
from shared.aws.queues import dead_letter_queues

AT_THE_END = {"local": 1}
"""Seconds to wait for a message that may still come; on AWS a queue is many servers, and they are all asked."""

WATCHED_SECONDS = 20
"""After a retry of records: `process` folds them within seconds. What goes to a queue fails much later, if it does."""


def retry(choice: Choice, stack: Stack, said: Redriven, file: BinaryIO | None, watch: int | None) -> None:
    """Fills `said` as it goes. Raises Problem, and Unavailable."""
    place = choice.place
    began = dead_letter_queues.now(stack["DeadLetterQueueUrl"])
    with _progress(f"Retrying {place.name}", said.waited) as advance:
        if place.is_bucket:
            redrive_bucket(choice, stack["StreamName"], said, began=began, save=saving(file), advance=advance)
            return
        if watch is None:
            watch = WATCHED_SECONDS if place.holds is Holds.RECORDS else 0
        redrive_queue(
            choice, ways(place, stack), said, began=began, wait=_wait(stack), save=saving(file), advance=advance,
            watch=watch,
        )  # fmt: skip


def discard(choice: Choice, stack: Stack, said: Redriven, file: BinaryIO | None) -> None:
    """Fills `said` as it goes. Raises Unavailable."""
    with _progress(f"Discarding {choice.place.name}", said.waited) as advance:
        if choice.place.is_bucket:
            discard_batches(choice, said, file, advance)
            return
        began = dead_letter_queues.now(stack["DeadLetterQueueUrl"])
        into = IntoAFile(choice, file)
        redrive_queue(
            choice, lambda _: into, said, began=began, wait=_wait(stack), save=None, advance=advance
        )


def dry_run(choice: Choice, stack: Stack) -> Judged:
    """Raises Problem, and Unavailable."""
    place = choice.place
    way_of = ways(place, stack) if not place.is_bucket else None
    with _progress(f"Looking at {place.name}", waiting(place)) as advance:
        return judged(choice, way_of, advance)


def reread(stack: Stack, first: datetime, last: datetime, said: Reread, *, dry_run: bool) -> None:
    """Fills `said` as it goes. Raises Unavailable."""
    with _progress("Reading the stream", None) as advance:
        rereading.reread(stack["StreamName"], first, last, said, dry_run=dry_run, advance=advance)


def count(choice: Choice) -> int:
    """How many are chosen, about. Raises Unavailable."""
    if choice.is_everything:
        return waiting(choice.place)
    counted = sum(1 for found in look(choice.place) if choice.takes(found))
    choice.met.clear()
    return counted


def _wait(stack: Stack) -> int:
    return AT_THE_END.get(stack.stage, dead_letter_queues.WAIT_SECONDS)


@contextmanager
def _progress(doing: str, total: int | None) -> Iterator[Advance]:
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(doing, total=total)

        def advance(count: int) -> None:
            bar.advance(task, count)

        yield advance
