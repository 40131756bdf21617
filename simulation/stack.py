"""The stack, running: an account with everything that the topology has, its functions, and what calls them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from shared.ports.runtime import Runtime
from simulation.aws.account import Account
from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import Call
from simulation.aws.functions import Mapping as EventSource
from simulation.faults import Faults
from simulation.functions.function import Function, Handler, MakeHandler
from simulation.functions.invocation import Invocation
from simulation.functions.outside import Vendors, Web
from simulation.functions.stages import BY_HANDLER, Outside
from simulation.interceptor import BetweenCalls
from simulation.mappings import given_up
from simulation.mappings.bus import BusDeliveries
from simulation.mappings.deliveries import Deliveries
from simulation.mappings.queue import QueueMapping
from simulation.mappings.schedules import Schedule
from simulation.mappings.source import ChangesSource, source_of
from simulation.mappings.stream import StreamMapping
from simulation.older_code import OlderCode
from simulation.runtime import SimulatedRuntime
from simulation.scheduler import Scheduler
from simulation.topology import Described, build, topology, variables
from simulation.trace import Trace
from simulation.waiting_timers import WaitingTimers

BY_HAND = frozenset({"replay"})
"""Functions that an operator calls, and nobody here."""

WRITES_CHANGES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})


class Stack:
    """`seeded` makes a source of randomness for a purpose. `watches` says whether `watch` looks at it every few
    minutes. `ended` is called with every invocation that has. `before` is the code that is deployed at first, if it is
    not this."""

    def __init__(
        self,
        scheduler: Scheduler,
        seeded: Callable[[str], random.Random],
        *,
        shards: int,
        faults: Sequence[Faults],
        behaviour: Behaviour,
        secrets: dict[str, str],
        watches: bool,
        ended: Callable[[Invocation], None],
        before: OlderCode | None = None,
    ) -> None:
        self.scheduler, self.deliveries = scheduler, Deliveries()
        self.trace = Trace(lambda: scheduler.microseconds)
        self.clock_of: Callable[[str, int], timedelta] = lambda _function, _environment: timedelta()
        """By how much the clock of a function's environment is ahead now."""
        self.beginnings: list[Callable[[Invocation, Any], None]] = []
        """Called with each invocation that begins, and its event."""
        self._seeded, self._ended, self._draw = seeded, ended, seeded("stack")
        self.older_share = 0.0 if before is None else 1.0
        """Of the invocations that begin, those that go to the code from before."""
        self._before, self._deployed = before, seeded("deployed")
        self.interceptor = BetweenCalls(scheduler, seeded("calls"), self.trace, faults, self._done)
        self.account = Account(
            scheduler, seeded("account"), [self.interceptor], behaviour=behaviour, sleep=scheduler.sleep
        )
        self._given = build(self.account, shards, secrets)
        self.web, self.vendors = Web(scheduler, self.interceptor), Vendors(scheduler, self.interceptor)
        described = topology()
        self.functions = {
            name: Function(
                name,
                of["timeout"],
                self._maker(name, of),
                scheduler,
                self._note,
                self._began,
                self._takes_older,
            )
            for name, of in described["functions"].items()
            if name not in BY_HAND
        }
        self.account.invocations.update(
            {name: self._invoked(function) for name, function in self.functions.items()}
        )
        self.streams: dict[str, StreamMapping] = {}
        self.queues: dict[str, QueueMapping] = {}
        for of in described["mappings"].values():
            self._map(of)
        self.bus = BusDeliveries(
            self.account.events, scheduler, seeded("bus"), self.deliveries, self._delivered
        )
        self.account.events.deliver = self.bus.deliver
        self.timers = WaitingTimers(self.account.dynamodb["TablesProfiles"], scheduler)
        self._schedules = [
            Schedule(
                of,
                self.functions[of["function"]],
                scheduler,
                self.deliveries,
                seeded(f"schedule {name}"),
                *([self.timers.are_worth_a_sweep] if of["function"] == "sweep" else []),
            )
            for name, of in described["schedules"].items()
            if watches or of["function"] != "watch"
        ]

    def start(self) -> None:
        for mapping in self.streams.values():
            mapping.refresh()
        for queue in self.queues.values():
            queue.start()
        minute = self.scheduler.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
        for schedule in self._schedules:
            schedule.start(minute)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is running, under way, or waiting in a stream or a queue that a function takes from."""
        return (
            not self.bus.under_way
            and not any(function.running for function in self.functions.values())
            and all(mapping.is_idle for mapping in self.streams.values())
            and all(mapping.is_idle for mapping in self.queues.values())
        )

    def _takes_older(self) -> bool:
        if self.older_share in (0.0, 1.0):
            return self.older_share == 1.0
        return self._deployed.random() < self.older_share

    def _maker(self, name: str, described: Described) -> MakeHandler:
        made = BY_HANDLER[described["handler"]]
        older = self._older_maker(name)

        def make(environment: int, is_older: bool) -> Handler:
            runtime: Runtime = SimulatedRuntime(
                self.scheduler,
                self._seeded(f"{name}/{environment}"),
                lambda: self.clock_of(name, environment),
            )
            if is_older and older is not None:
                return older(runtime)
            return made(variables(described, self._given), runtime, Outside(self.web, self.vendors))

        return make

    def _older_maker(self, name: str) -> Callable[[Runtime], Handler] | None:
        """Of the same function as it was; a new one is there at once. What it posts is seen with the rest."""
        before = self._before
        described = before.topology["functions"].get(name) if before is not None else None
        if before is None or described is None:
            return None
        web = before.outside.Web(self.scheduler, self.interceptor)
        vendors = before.outside.Vendors(self.scheduler, self.interceptor)
        web.posts, vendors.requests = self.web.posts, self.vendors.requests
        made: Callable[..., Handler] = before.stages.BY_HANDLER[described["handler"]]
        outside = before.stages.Outside(web, vendors)
        return lambda runtime: made(variables(described, self._given), runtime, outside)

    def _map(self, described: Described) -> None:
        function, named = self.functions[described["function"]], described["source"]
        kind, _, name = named.partition(":")
        if kind == "queue":
            self.queues[self.account.sqs[name].arn] = QueueMapping(
                dict(described),
                self.account.sqs[name],
                function,
                self.scheduler,
                self._seeded(f"mapping {named}"),
                self.deliveries,
            )
            return
        source = source_of(self.account, named, described["filters"])
        self.streams[named] = StreamMapping(
            dict(described),
            source,
            function,
            self.scheduler,
            self._seeded(f"mapping {named}"),
            self.deliveries,
            lambda batch: given_up.put(
                batch, described["on_failure"], self.account, self.scheduler.now(), self._draw
            ),
            *([source.takes] if isinstance(source, ChangesSource) else []),
        )

    def _invoked(self, function: Function) -> Callable[[object], object]:
        """As Lambda's Invoke does it: what the function raised is raised."""

        def invoke(payload: object) -> object:
            invocation = function.invoke(payload)
            if invocation.outcome == "answered":
                return invocation.answer
            if isinstance(invocation.error, Exception):
                raise invocation.error
            raise TimeoutError(f"{invocation.who} {invocation.outcome}")

        return invoke

    def _event_sources(self) -> list[EventSource]:
        return [
            *(
                EventSource(arn, arn, one.function.name, result=one.result)
                for arn, one in self.queues.items()
            ),
            *(
                EventSource(name, one.source.arn, one.function.name, result=one.result)
                for name, one in self.streams.items()
            ),
        ]

    def _began(self, invocation: Invocation, event: Any) -> None:
        for one in self.beginnings:
            one(invocation, event)

    def _note(self, invocation: Invocation) -> None:
        self.trace.add(invocation.who, invocation.outcome)
        self.account.functions.mappings = self._event_sources()
        ended = int(self.scheduler.now().timestamp() * 1000)
        self.account.logs.write(invocation.function, ended, invocation.lines)
        self._ended(invocation)

    def _done(self, call: Call) -> None:
        """Whoever waits for what the call changed looks at it."""
        if call.service == "kinesis":
            self.came("stream:Stream")
        elif call.service == "sqs":
            self._delivered(f":{call.asked.get('QueueUrl', '').rpartition('/')[2]}")
        elif call.service == "dynamodb" and call.operation in WRITES_CHANGES:
            self.came("table:TablesRejected")

    def came(self, source: str) -> None:
        mapping = self.streams[source]
        self.scheduler.give(mapping.arrived)

    def _delivered(self, arn: str) -> None:
        mapping = self.queues.get(self.account.sqs[arn.rpartition(":")[2]].arn)
        if mapping is not None:
            self.scheduler.give(mapping.arrived)
