"""What a command shows while it works: one line per step, with its seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)


@contextmanager
def step(doing: str) -> Iterator[None]:
    """A spinner while the block runs (on a terminal), then a line that it is done and what it took."""
    began = time.monotonic()
    with console.status(f"{doing} …"):
        yield
    console.print(f"[green]✓[/green] {doing} [dim]{time.monotonic() - began:.1f} s[/dim]")
