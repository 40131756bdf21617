"""How a simulation runs in the command's process: without its functions' log, with a bar."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from simulation.lane.recording import Advance


@contextmanager
def silent_functions() -> Iterator[None]:
    """Their log goes to standard output. What it would say is counted, and said on standard error."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def bar() -> Iterator[Advance]:
    """On standard error, if that is a terminal: standard output has the entries alone."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Simulating", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
