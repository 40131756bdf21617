"""How far the reading is, as a bar on standard error, if that is a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.ledger import reading

STEPS = 200
"""The bar moves so often at most: it is told of each of a million lines."""


@contextmanager
def bar(*, shown: bool = True) -> Iterator[reading.Progress]:
    """For `reading.read`. One bar, which begins anew with each thing that is done; it pulses where nobody knows how
    much there is."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description} …"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    if not (shown and console.is_terminal):
        yield reading.silent
        return
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Reading the log lines", total=None)
        at = ("", 0)

        def told(doing: str, done: int, of: int) -> None:
            nonlocal at
            step = (doing, done * STEPS // of if of else 0)
            if step == at:
                return
            if doing != at[0]:
                progress.reset(task, description=doing, total=of or None)
            at = step
            progress.update(task, completed=done)

        yield told
