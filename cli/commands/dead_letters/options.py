"""What several of its commands take, and how they end."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from cli.dead_letters.dry_run import Judged
from cli.dead_letters.outcome import Redriven

WHICH = "Names from the list, ids of single ones, or names of alarms."
WhichOnes = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME|ID]...", help=WHICH, show_default=False)
]
OfCause = Annotated[
    str | None, typer.Option("--cause", help="Only those with this cause, as the list names it.")
]


def fail_if(*failed: bool) -> None:
    """Exit code 1 if any has. Raises Exit."""
    if any(failed):
        raise typer.Exit(1)


def plain(one: Redriven | Judged) -> dict[str, Any]:
    """As JSON values."""
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(one).items()}
