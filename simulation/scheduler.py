"""One thread, one virtual clock: programs run by turns, each until it sleeps or waits, in the order in which they wake.

What wakes at the same instant runs in an order that is drawn. So a run is the same each time, for the same draw.
Programs are greenlets: they may sleep anywhere, in the midst of code that knows of no simulation.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import greenlet

from simulation.endings import Crash, Ending, TimedOut, TookTooLong

MICROSECONDS = 1_000_000


class Program:
    """What runs by turns. `parent` is the program that started it, whose end by force is its own, and whose time is
    its own; so is the `owner`, for whom it runs. `watched` says that somebody looks at how it ended."""

    __slots__ = (
        "children", "deadline", "ended", "error", "forced", "greenlet", "name", "on_end", "owner", "parent", "turn",
        "watched",
    )  # fmt: skip

    def __init__(
        self, name: str, parent: Program | None, deadline: int | None, owner: object, watched: bool
    ) -> None:
        self.name = name
        self.parent = parent
        self.deadline = deadline
        self.owner = owner
        self.watched = watched
        self.children: list[Program] = []
        self.ended = False
        self.error: BaseException | None = None
        self.forced: Ending | None = None
        self.on_end: list[Callable[[], None]] = []
        self.turn = 0
        """Of the latest time that it was said when it goes on: earlier ones do not count any more."""
        self.greenlet: greenlet.greenlet


class Signal:
    """What programs wait for."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: list[Program] = []


class Restless(Exception):
    """More happened than ever should: something goes round in circles, and would for ever."""


class Scheduler:
    """`start` is when virtual time begins, in UTC; `most_steps` is how much may happen, where that is bounded."""

    def __init__(self, start: datetime, draw: random.Random, most_steps: int | None = None) -> None:
        self._start = start
        self._draw = draw
        self.microseconds = 0
        """Since the start."""
        self.current: Program | None = None
        self.steps = 0
        self.most_steps = most_steps
        self._now: tuple[int, datetime] = (0, start)
        self._count = 0
        self._waking: list[tuple[int, float, int, Callable[[], None] | Program, int]] = []
        self._alive: dict[Program, None] = {}
        self._failure: BaseException | None = None
        self._main = greenlet.getcurrent()

    def now(self) -> datetime:
        at, known = self._now
        if at != self.microseconds:
            known = self._start + timedelta(microseconds=self.microseconds)
            self._now = (self.microseconds, known)
        return known

    def ticks(self) -> float:
        return self.microseconds / MICROSECONDS

    def at(self, when: datetime, action: Callable[[], None]) -> None:
        """Call it then, or now if that is past. It must not sleep."""
        self._push((when - self._start) // timedelta(microseconds=1), action, 0)

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self._push(self.microseconds + round(seconds * MICROSECONDS), action, 0)

    def start(
        self,
        name: str,
        run: Callable[[], object],
        *,
        seconds: float | None = None,
        parent: Program | None = None,
        owner: object = None,
        watched: bool = False,
    ) -> Program:
        """A program that has its first turn now. After so many `seconds` it is ended by TimedOut."""
        deadline = parent.deadline if parent is not None else None
        if seconds is not None:
            deadline = self.microseconds + round(seconds * MICROSECONDS)
        program = Program(
            name,
            parent,
            deadline,
            parent.owner if parent is not None else owner,
            watched or parent is not None,
        )
        self._alive[program] = None

        def turns() -> None:
            try:
                self._unless_forced(program)
                run()
            except BaseException as error:  # noqa: BLE001  whoever waits for the program looks at it
                program.error = error
            self._end(program)

        program.greenlet = greenlet.greenlet(turns, self._main)
        if parent is not None:
            parent.children.append(program)
            if parent.forced is not None:
                program.forced = parent.forced
        self._push(self.microseconds, program, program.turn)
        return program

    def sleep(self, seconds: float) -> None:
        """Let others run until so many seconds have passed. Whoever is no program waits for nothing."""
        program = self.current
        if program is None:
            return
        self._unless_forced(program)
        wake = self.microseconds + max(0, round(seconds * MICROSECONDS))
        if program.deadline is not None and wake >= program.deadline:
            self._suspend(program, max(program.deadline, self.microseconds))
            self.end(program, TimedOut(program.name))
            raise TimedOut(program.name)
        self._suspend(program, wake)

    def wait(self, signal: Signal, until: datetime | None = None) -> None:
        """Let others run until the signal is given, or that time has come."""
        program = self.current
        if program is None:
            raise RuntimeError("only a program can wait")
        self._unless_forced(program)
        times = [] if until is None else [(until - self._start) // timedelta(microseconds=1)]
        if program.deadline is not None:
            times.append(program.deadline)
        signal.waiting.append(program)
        self._suspend(program, max(self.microseconds, min(times)) if times else None)
        if program in signal.waiting:
            signal.waiting.remove(program)
        if program.deadline is not None and self.microseconds >= program.deadline:
            self.end(program, TimedOut(program.name))
            raise TimedOut(program.name)

    def give(self, signal: Signal) -> None:
        """Those who wait for it go on now."""
        waiting, signal.waiting = signal.waiting, []
        for program in waiting:
            self._wake(program)

    def join(self, program: Program) -> None:
        """Wait until it has ended. Outside of programs, everybody has their turns meanwhile."""
        if self.current is None:
            while not program.ended and self._waking:
                self.step()
            if not program.ended:
                raise RuntimeError(f"{program.name} waits for ever")
            return
        if not program.ended:
            ended = Signal()
            program.on_end.append(lambda: self.give(ended))
            while not program.ended:
                self.wait(ended)

    def end(self, program: Program, ending: Ending) -> None:
        """End it by force, and those that it started: the next time that it would go on, and each time after it."""
        if program.ended or program.forced is not None:
            return
        program.forced = ending
        for child in program.children:
            self.end(child, ending)
        if program is not self.current:
            self._wake(program)

    def run(self, until: datetime) -> None:
        """Everything that happens up to then."""
        last = (until - self._start) // timedelta(microseconds=1)
        while self._waking and self._waking[0][0] <= last:
            self.step()
        self.microseconds = max(self.microseconds, last)

    def next_at(self) -> datetime | None:
        """When something happens next."""
        if not self._waking:
            return None
        return self._start + timedelta(microseconds=self._waking[0][0])

    def step(self) -> None:
        """What happens next. Raises what a program raised that nobody watches, and Restless."""
        if self.most_steps is not None and self.steps >= self.most_steps:
            raise Restless(
                f"after {self.steps:,} steps it was not at rest, at {self.now():%Y-%m-%d %H:%M:%S}"
            )
        at, _, _, what, turn = heapq.heappop(self._waking)
        if isinstance(what, Program):
            if what.ended or turn != what.turn:
                return
            self._advance(at)
            self._switch(what)
        else:
            self._advance(at)
            what()

    def crash(self) -> Crash:
        """Whatever the current program is part of is killed. To be raised by it."""
        program = self.current
        if program is None:
            raise RuntimeError("only a program can crash")
        while program.parent is not None:
            program = program.parent
        ending = Crash(program.name)
        self.end(program, ending)
        return ending

    def close(self) -> None:
        """End every program that is left, so that none is left suspended."""
        self._waking.clear()
        for program in list(self._alive):
            program.forced = program.forced or Crash("the world ended")
            while not program.ended:
                self._switch(program)

    def _advance(self, at: int) -> None:
        self.microseconds = max(self.microseconds, at)
        self.steps += 1

    @staticmethod
    def _unless_forced(program: Program) -> None:
        if program.forced is not None:
            raise program.forced

    def _switch(self, program: Program) -> None:
        before, self.current = self.current, program
        try:
            program.greenlet.switch()
        finally:
            self.current = before
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _suspend(self, program: Program, wake: int | None) -> None:
        program.turn += 1
        if wake is not None:
            self._push(wake, program, program.turn)
        self._main.switch()
        self._unless_forced(program)

    def _wake(self, program: Program) -> None:
        program.turn += 1
        self._push(self.microseconds, program, program.turn)

    def _push(self, at: int, what: Callable[[], None] | Program, turn: int) -> None:
        self._count += 1
        heapq.heappush(self._waking, (at, self._draw.random(), self._count, what, turn))

    def _end(self, program: Program) -> None:
        program.ended = True
        del self._alive[program]
        is_unseen = isinstance(program.error, Exception) and not program.watched
        if is_unseen or isinstance(program.error, TookTooLong):
            self._failure = program.error
        if program.parent is not None:
            program.parent.children.remove(program)
        for child in list(program.children):
            self.end(child, program.forced or Crash(program.name))
        for told in program.on_end:
            told()
