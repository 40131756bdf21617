"""Ids by how they begin: nobody copies all of one. What several ids begin with is no id of any."""

from __future__ import annotations

from collections.abc import Sequence

from cli.problem import Problem

MOST_LISTED = 10


def ambiguous(typed: str, kind: str, lines: Sequence[str]) -> Problem:
    """What to say of it. `kind` is what the ids are of, in the plural; each of the lines begins with an id."""
    more = [f"… and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
    listed = "\n".join(f"  {line}" for line in [*lines[:MOST_LISTED], *more])
    return Problem(
        f"{len(lines)} {kind} have an id that begins with {typed}", f"{listed}\nType more characters."
    )
