"""Wait for something that arrives a moment later, with a deadline."""

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
    """Call `look` repeatedly until `is_there` holds or the time is over. Returns the last result in either case."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if is_there(seen) or time.monotonic() >= deadline:
            return seen
        time.sleep(pause)
