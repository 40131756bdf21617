"""Asking before something is discarded, and saying which ids were not found."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from cli.dead_letters import work
from cli.dead_letters.choosing import Choice
from cli.problem import Problem


def can_ask() -> bool:
    return sys.stdin.isatty()


def confirm(meant: Sequence[Choice], *, as_json: bool) -> None:
    """Raises Problem where nobody can be asked, and typer.Exit where the answer is no."""
    if as_json or not can_ask():
        raise Problem("Nobody can be asked here", "Look first, with `retry --dry-run`; then add --yes.")
    counts = {choice.place.name: work.count(choice) for choice in meant}
    if not sum(counts.values()):
        raise Problem("There is nothing to discard")
    said = ", ".join(f"{count} of {name}" for name, count in counts.items() if count)
    if not typer.confirm(f"Discard {said}?"):
        raise typer.Exit(1)


def are_missing(meant: Sequence[Choice]) -> bool:
    """Whether there are ids that nothing has; they are said."""
    missing = [f"{choice.place.names[0]}:{id_}" for choice in meant for id_ in sorted(choice.missing)]
    for name in missing:
        print(f"{name} is not there, or not there any more", file=sys.stderr)
    return bool(missing)
