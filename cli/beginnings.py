"""Find ids by their first characters, because nobody copies a whole id. A beginning of several ids matches none of
them."""

from __future__ import annotations

from collections.abc import Sequence

from cli.problem import Problem

MOST_LISTED = 10


def ambiguous(typed: str, kind: str, lines: Sequence[str]) -> Problem:
    """The problem to show. `kind` names the things, in the plural. Each of the lines begins with an id."""
    more = [f"… and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
    listed = "\n".join(f"  {line}" for line in [*lines[:MOST_LISTED], *more])
    return Problem(
        f"{len(lines)} {kind} have an id that begins with {typed}", f"{listed}\nType more characters."
    )
