"""Read a secret from the keyboard or from standard input."""

from __future__ import annotations

import sys

import typer

from cli.problem import Problem


def secret_input(what: str) -> str:
    """Read the secret. Secrets are never arguments, because those are in the shell's history. Raises Problem."""
    value = (
        str(typer.prompt(what, hide_input=True, err=True))
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\r\n")
    )
    if not (value and value.isascii() and value.isprintable()):
        raise Problem(f"{what} is empty, or has characters that no header takes")
    return value
