"""Time that passes only when everybody sleeps: programs run by turns, each until it sleeps, in the order they wake.

Each program has a thread, so that it may sleep anywhere, but only one runs at a time: a run is the same every time.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable


class VirtualTime:
    """`now` is seconds. `start` programs, then `run` until the last one has ended."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = itertools.count()
        self._asleep: list[tuple[float, int, threading.Event]] = []
        self._yielded = threading.Event()
        self._failure: BaseException | None = None

    def sleep(self, seconds: float) -> None:
        """Let others run until so many seconds have passed. Only for programs that were started here."""
        wake = threading.Event()
        self._add(self.now + max(0.0, seconds), wake)
        self._yielded.set()
        wake.wait()

    def start(self, program: Callable[[], None], *, after: float = 0.0) -> None:
        """Its first turn comes after so many seconds."""
        begin = threading.Event()

        def turns() -> None:
            begin.wait()
            try:
                program()
            except BaseException as failure:  # noqa: BLE001  raised again by `run`
                self._failure = failure
            self._yielded.set()

        threading.Thread(target=turns, daemon=True).start()
        self._add(self.now + after, begin)

    def run(self) -> None:
        """Raises what a program raised."""
        while self._asleep and self._failure is None:
            self.now, _, wake = heapq.heappop(self._asleep)
            self._yielded.clear()
            wake.set()
            self._yielded.wait()
        if self._failure is not None:
            raise self._failure

    def _add(self, at: float, wake: threading.Event) -> None:
        heapq.heappush(self._asleep, (at, next(self._order), wake))
