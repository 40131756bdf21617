"""Show progress: a bar on a terminal, then one line per step with its seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment

WIDE = 160
"""Characters of a line where there is no terminal to say: a file, a pipe. COLUMNS says otherwise."""

TURNS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks that turn the direction of what follows: `\\u202e` shows the rest of a line backwards."""

UNPRINTABLE = {
    **{code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\n"},
    **{code: f"\\u{code:04x}" for code in (*TURNS, 0x2028, 0x2029)},
}
"""What a client sent must not move the cursor of whoever reads it, nor turn the line around."""


def visible(text: str) -> str:
    """The text with its control characters and marks of direction written out, all but line breaks."""
    return text.translate(UNPRINTABLE)


class SafeConsole(Console):
    """Whatever is printed, in tables and panels too, has no control characters but Rich's own.

    A table measures cells before that and would cut the end of such a one: hand it text that is `visible`.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


console = SafeConsole(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)

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
