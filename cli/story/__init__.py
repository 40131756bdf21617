"""What `make run` ends with: sample events, and what became of them, read back from the stack."""

from __future__ import annotations

from typing import Any

from cli.problem import Problem
from cli.stacks import Stack
from cli.story import chapters, samples
from cli.story.readings import Readings

PATIENCE = 30.0
"""Seconds that waiting for one thing may take; then the story ends where it is."""


def tell(written: dict[str, Any]) -> None:
    """Send the sample events, unless they are there, and show what became of them. `written` is local.json."""
    stack = Stack.load()
    read = Readings(stack, samples.CUSTOMER, PATIENCE)
    chapters.deployed(stack)
    if read.person() is None:
        chapters.sent(lambda: _send(written), read)
    else:
        chapters.still_there()
    chapters.profile(read.person())
    chapters.messages(read.messages(), written["aws_endpoint_url"])
    chapters.rejected(read.rejected())
    chapters.lake(read)
    chapters.what_next(samples.CUSTOMER)


def _send(written: dict[str, Any]) -> None:
    failures = samples.send(written["collect_url"], written["write_key"])
    if failures:
        raise Problem(f"The sample events were not taken: {failures[0]}", "headrace logs collect says more.")
