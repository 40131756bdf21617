"""A function and its execution environments, as Lambda runs them.

An environment is frozen between two invocations, and handles one at a time. After an invocation that ended by force it
is gone. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulation.endings import Crash, TimedOut
from simulation.functions.invocation import Context, Invocation
from simulation.scheduler import Program, Scheduler

Handler = Callable[[Any, Context], Any]
MakeHandler = Callable[[int, bool], Handler]
"""Puts a stage together, for the environment of that number, of older code or of this."""


class Function:
    """`timeout` is in seconds. `ended` is called with every invocation that has. `began` is called with each that
    begins, and its event. `takes_older` says whether the next invocation goes to older code."""

    def __init__(
        self,
        name: str,
        timeout: float,
        make: MakeHandler,
        scheduler: Scheduler,
        ended: Callable[[Invocation], None],
        began: Callable[[Invocation, Any], None] = lambda _invocation, _event: None,
        takes_older: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        self.timeout = timeout
        self.running: dict[Invocation, Program] = {}
        self._make = make
        self._scheduler = scheduler
        self._ended, self._began, self._takes_older = ended, began, takes_older
        self._idle: dict[bool, list[tuple[int, Handler]]] = {False: [], True: []}
        """By whether they are of older code."""
        self._environments = 0
        self._invocations = 0
        self._of_before = 0
        """Environments up to this number are not used again."""

    def begin(self, event: Any) -> tuple[Invocation, Program]:
        """Invoke it; the program ends when the invocation does."""
        is_older = self._takes_older()
        environment, handler = self._environment(is_older)
        self._invocations += 1
        invocation = Invocation(self._invocations, self.name, environment, self._scheduler.now())

        def run() -> None:
            invocation.answer = handler(event, context)

        context = Context(self._scheduler.ticks() + self.timeout, self._scheduler.ticks)
        program = self._scheduler.start(
            f"{invocation.who}#{invocation.number}",
            run,
            seconds=self.timeout,
            owner=invocation,
            watched=True,
        )
        self.running[invocation] = program
        self._began(invocation, event)
        program.on_end.append(lambda: self._end(invocation, program, handler, is_older))
        return invocation, program

    def invoke(self, event: Any) -> Invocation:
        """Invoke it, and wait for its end."""
        invocation, program = self.begin(event)
        self._scheduler.join(program)
        return invocation

    def restart(self) -> None:
        """A redeployment, or a machine that is gone: no environment is used again, and what runs is killed."""
        for idle in self._idle.values():
            idle.clear()
        self._of_before = self._environments
        for invocation, program in list(self.running.items()):
            self._scheduler.end(program, Crash(invocation.who))

    def _environment(self, is_older: bool) -> tuple[int, Handler]:
        if self._idle[is_older]:
            return self._idle[is_older].pop()
        self._environments += 1
        return self._environments, self._make(self._environments, is_older)

    def _end(
        self,
        invocation: Invocation,
        program: Program,
        handler: Handler,
        is_older: bool,
    ) -> None:
        del self.running[invocation]
        invocation.ended = self._scheduler.now()
        invocation.error = program.error
        match program.error:
            case None:
                invocation.outcome = "answered"
            case TimedOut():
                invocation.outcome = "timed_out"
            case Exception():
                invocation.outcome = "failed"
            case _:
                invocation.outcome = "crashed"
        if invocation.outcome in ("answered", "failed") and invocation.environment > self._of_before:
            self._idle[is_older].append((invocation.environment, handler))
        self._ended(invocation)
