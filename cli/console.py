"""What a command shows while it works: a bar on a terminal, then one line per step with its seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

WIDE = 160
"""Characters of a line where there is no terminal to say: a file, a pipe. COLUMNS says otherwise."""

console = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)

Advance = Callable[[int, int], None]
"""Called with what is done and how much there is."""


@contextmanager
def step(doing: str) -> Iterator[Advance]:
    """A bar while the block runs, pulsing until the block says how far it is; then a line that it is done."""
    began = time.monotonic()
    bar = Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(doing, total=None)

        def advance(done: int, total: int) -> None:
            bar.columns = (bar.columns[0], bar.columns[1], MofNCompleteColumn(), bar.columns[-1])
            bar.update(task, completed=done, total=total)

        yield advance
    console.print(f"[green]✓[/green] {doing} [dim]{time.monotonic() - began:.1f} s[/dim]")
