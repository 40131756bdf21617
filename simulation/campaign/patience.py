"""A run that does not end by itself is ended, also within one step of the scheduler, which counts only steps."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from simulation.endings import TookTooLong

LONGEST = 180.0
"""Seconds of the processor's time for a seed, which takes one or two: how busy the machine is does not count."""


@contextmanager
def at_most(seconds: float = LONGEST) -> Iterator[None]:
    """Raise TookTooLong in whatever runs after so many seconds of the processor's time. Only for a process's main
    thread, as signals are."""

    def ended(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"did not come to rest in {seconds:g} s of the processor's time")

    before = signal.signal(signal.SIGPROF, ended)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
