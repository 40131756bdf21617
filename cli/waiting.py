"""Waiting for what arrives a moment later, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Looked = TypeVar("Looked")

PAUSE = 0.25


def until(
    look: Callable[[], Looked],
    is_there: Callable[[Looked], bool],
    seconds: float,
    *,
    pause: float = PAUSE,
) -> Looked:
    """Look again and again until it is there or the time is over: what was seen last, whatever that is."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if is_there(seen) or time.monotonic() >= deadline:
            return seen
        time.sleep(pause)
