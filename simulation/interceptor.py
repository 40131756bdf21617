"""Around every call of a function: others have their turns, the trace has its line, and faults may happen."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from simulation.aws.calls import Call, Failure
from simulation.endings import Crash
from simulation.faults import Faults, PortCall
from simulation.functions.invocation import Invocation
from simulation.scheduler import Program, Scheduler
from simulation.trace import Trace, subject

FASTEST, SLOWEST = 0.001, 0.02
"""Seconds that a call takes."""

Answered = TypeVar("Answered")


class BetweenCalls:
    """`simulation.aws.calls.Interceptor`. `done` is called after each call that had its effect."""

    def __init__(
        self,
        scheduler: Scheduler,
        draw: random.Random,
        trace: Trace,
        faults: Sequence[Faults],
        done: Callable[[Call], None],
    ) -> None:
        self.faults = list(faults)
        self._scheduler, self._draw, self._trace, self._done = scheduler, draw, trace, done
        self._number = 0
        self._asked: dict[Program, PortCall] = {}
        """What each program is calling."""

    def before(self, call: Call) -> Failure | None:
        program = self._scheduler.current
        if program is None:
            return None
        self._scheduler.sleep(FASTEST + (SLOWEST - FASTEST) * self._draw.random())
        owner = program.owner
        if not isinstance(owner, Invocation):
            return None
        self._number += 1
        self._trace.add(owner.who, f"{call.service} {call.operation} {subject(call)}")
        if not self.faults:
            return None
        at = self._scheduler.now()
        asked = PortCall(
            self._number, at, owner.function, owner.environment, call.service, call.operation, call.asked
        )
        if program not in self._asked:
            program.on_end.append(lambda: self._forget(program))
        self._asked[program] = asked
        return self._happening(lambda one: one.before(asked))

    def after(self, call: Call, answer: Mapping[str, Any]) -> Failure | None:
        self._done(call)
        asked = self._now_asked()
        return None if asked is None else self._happening(lambda one: one.after(asked, answer))

    def take(self, call: Call, count: int) -> Collection[int]:  # noqa: ARG002
        asked = self._now_asked()
        if asked is None:
            return ()
        return {at for one in self.faults for at in self._killing(one.take, asked, count)}

    def _forget(self, program: Program) -> None:
        del self._asked[program]

    def _now_asked(self) -> PortCall | None:
        program = self._scheduler.current
        return None if program is None else self._asked.get(program)

    def _happening(self, ask: Callable[[Faults], Failure | None]) -> Failure | None:
        for one in self.faults:
            failure = self._killing(ask, one)
            if failure is not None:
                self._trace.add("fault", f"{failure.code} {failure.status}")
                return failure
        return None

    def _killing(self, ask: Callable[..., Answered], *about: Any) -> Answered:
        try:
            return ask(*about)
        except Crash as crash:
            self._trace.add("fault", "crash")
            raise self._scheduler.crash() from crash
