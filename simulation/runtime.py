"""What a stage asks of its process, in virtual time: `shared.ports.runtime.Runtime`."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from typing import Any, TypeVar

from simulation.scheduler import Program, Scheduler, Signal

Answer = TypeVar("Answer")


class SimulatedRuntime:
    """`skew` says by how much the process's clock is wrong now."""

    def __init__(self, scheduler: Scheduler, draw: random.Random, skew: Callable[[], timedelta]) -> None:
        self._scheduler = scheduler
        self._draw = draw
        self._skew = skew
        self.sleep = scheduler.sleep
        self.ticks = scheduler.ticks
        self.draw = draw.random

    def now(self) -> datetime:
        return self._scheduler.now() + self._skew()

    def pause(self, most: float) -> None:
        self._scheduler.sleep(self._draw.random() * most)

    def new_id(self) -> str:
        """https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7"""
        milliseconds = int(self.now().timestamp() * 1000)
        drawn = self._draw.getrandbits(74)
        high, low = drawn >> 62, drawn & ((1 << 62) - 1)
        return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))

    def lock(self) -> ProgramLock:
        return ProgramLock(self._scheduler)

    def threads(self, count: int) -> Executor:
        return Programs(self._scheduler, count)


class ProgramLock:
    """As threading.Lock: who holds it may sleep, and others run meanwhile until they want it too."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._free = Signal()
        self._held = False

    def __enter__(self) -> None:
        while self._held:
            self._scheduler.wait(self._free)
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False
        self._scheduler.give(self._free)


class Programs(Executor):
    """As ThreadPoolExecutor, with programs for threads."""

    def __init__(self, scheduler: Scheduler, count: int) -> None:
        self._scheduler = scheduler
        self._count = count

    def submit(self, fn: Callable[..., Answer], /, *args: Any, **kwargs: Any) -> Future[Answer]:
        raise NotImplementedError("our stages ask for `map` alone")

    def map(
        self,
        fn: Callable[..., Answer],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        **_: Any,
    ) -> Iterator[Answer]:
        """All is done when it returns. What a call raised is raised when its answer is asked for."""
        if timeout is not None or chunksize != 1:
            raise NotImplementedError("our stages give neither")
        calls = list(zip(*iterables, strict=False))
        if len(calls) <= 1 or self._scheduler.current is None:
            return iter([fn(*call) for call in calls])
        done: list[Any] = [None] * len(calls)
        failed: dict[int, Exception] = {}
        left = iter(range(len(calls)))

        def work() -> None:
            for position in left:
                try:
                    done[position] = fn(*calls[position])
                except Exception as error:  # noqa: BLE001  as an executor does
                    failed[position] = error

        parent = self._scheduler.current
        workers = [
            self._scheduler.start(f"{parent.name}/{number}", work, parent=parent)
            for number in range(min(self._count, len(calls)))
        ]
        for worker in workers:
            self._joined(worker)
        return _answers(done, failed)

    def _joined(self, worker: Program) -> None:
        self._scheduler.join(worker)
        if worker.error is not None:
            raise worker.error


def _answers(done: list[Answer], failed: dict[int, Exception]) -> Iterator[Answer]:
    for position, answer in enumerate(done):
        if position in failed:
            raise failed[position]
        yield answer
