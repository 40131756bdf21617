"""A whole stack in simulated time: `World(workspace, seed=1)`, entered with `with`.

Only one world at a time can be connected in a process, and it lives in the thread that made it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Self

import orjson

from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.workspace.model import Workspace
from simulation import output
from simulation.aws import connections
from simulation.aws.behaviour import CALM, Behaviour
from simulation.contents import Contents
from simulation.faults import Faults
from simulation.functions.invocation import Invocation
from simulation.gateway import http_api_event
from simulation.keys import keyed, outgoing_secret, stack_secret, write_key
from simulation.older_code import OlderCode
from simulation.requests import FAILED, Answer, Pending
from simulation.scheduler import Scheduler
from simulation.stack import Stack

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOOK = timedelta(seconds=1)
"""How often it is looked whether all is done."""


class World(Contents):
    """`workspace` is its first version. `shards` are those of the stream. See `faults.Faults` for `faults`, and
    `behaviour` for what AWS may do by itself. `watches`: whether `watch` looks at the stack every five
    minutes, with some thirty calls each time. `before` is what is deployed at first: see `deploy`."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        seed: int | str = 0,
        start: datetime = START,
        shards: int = 2,
        faults: Sequence[Faults] = (),
        behaviour: Behaviour = CALM,
        watches: bool = False,
        before: OlderCode | None = None,
    ) -> None:
        self.seed = seed
        self.scheduler = self.clock = Scheduler(start, self._seeded("turns"))
        self.invocations: list[Invocation] = []
        stack = Stack(
            self.scheduler,
            self._seeded,
            shards=shards,
            faults=faults,
            behaviour=behaviour,
            watches=watches,
            secrets={
                "WorkspaceSecret": orjson.dumps(stack_secret(workspace)).decode(),
                "WorkspaceOutgoingSecret": orjson.dumps(outgoing_secret(workspace)).decode(),
            },
            ended=self.invocations.append,
            before=before,
        )
        super().__init__(stack)
        self.stack, self.account, self.trace = stack, stack.account, stack.trace
        self.deliveries, self.web, self.vendors = stack.deliveries, stack.web, stack.vendors
        self.version = 0
        self._workspace, self._before = workspace, before
        self._entered = ExitStack()

    def __enter__(self) -> Self:
        self._entered.enter_context(self.account.connected())
        if self._before is not None:
            self._entered.enter_context(self._before.connected(connections.clients_by_service()))
        self._entered.enter_context(output.taken(self.scheduler))
        self.apply(self._workspace)
        self.stack.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.scheduler.close()
        finally:
            self._entered.close()

    def key(self, source: str) -> str:
        """A write key of the source."""
        return write_key(source)

    def apply(self, workspace: Workspace) -> int:
        """The next version, and its number."""
        store = DynamoWorkspaces(table="TablesWorkspace", bucket="WorkspaceBucket")
        applied = store.apply(
            keyed(workspace), after=self.version, at=self.scheduler.now(), by="the simulation"
        )
        self.account.ses.identities |= {
            address.rpartition("<")[2].rstrip("> ")
            for address in [workspace.settings.email.sender]
            if address is not None
        }
        for name, text in (("WorkspaceSecret", stack_secret), ("WorkspaceOutgoingSecret", outgoing_secret)):
            self.account.secrets.put(name, orjson.dumps(text(workspace)).decode())
        self.version = applied.version
        return self.version

    def begin(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        query: str = "",
        ip: str = "203.0.113.9",
    ) -> Pending:
        """A request to collect, which is answered while the world runs."""
        event = http_api_event(method, path, body, list((headers or {}).items()), query=query, ip=ip)
        invocation, program = self.stack.functions["collect"].begin(event)
        return Pending(invocation, program, self.scheduler)

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        query: str = "",
        ip: str = "203.0.113.9",
    ) -> Answer:
        """A request to collect, and its answer. Others have their turns meanwhile."""
        pending = self.begin(method, path, headers, body, query=query, ip=ip)
        self.scheduler.join(pending.program)
        return pending.answer or FAILED

    def at(self, when: datetime, action: Callable[[], object]) -> None:
        """Do it then. It may not wait for anything: `begin` a request, `apply`, `reshard`, …"""
        self.scheduler.at(when, lambda: (action(), None)[1])

    def run(self, until: datetime) -> None:
        self.scheduler.run(until)

    def drain(self, most: timedelta = timedelta(days=1)) -> bool:
        """Run until all that came is done with, and nobody is due. False where that takes longer than `most`."""
        until = self.scheduler.now() + most
        while self.scheduler.now() < until:
            if self.is_idle:
                return True
            following = self.scheduler.next_at() or until
            self.run(min(until, max(self.scheduler.now() + LOOK, following)))
        return self.is_idle

    @property
    def is_idle(self) -> bool:
        return self.stack.is_idle and not self.stack.timers.are_due(self.scheduler.now())

    def reshard(self, shards: int) -> None:
        """Split the widest, or merge the narrowest neighbours, until there are so many."""
        stream = self.account.kinesis["Stream"]
        while len(stream.open_shards) < shards:
            widest = max(stream.open_shards, key=lambda one: one.last_hash - one.first_hash)
            stream.split(widest.id)
        while len(stream.open_shards) > shards:
            pairs = zip(stream.open_shards, stream.open_shards[1:], strict=False)
            first, second = min(pairs, key=lambda pair: pair[1].last_hash - pair[0].first_hash)
            stream.merge(first.id, second.id)
        self.stack.streams["stream:Stream"].refresh()

    def restart(self, function: str | None = None) -> None:
        """None of its environments goes on, or none at all; what runs is killed."""
        for name, one in self.stack.functions.items():
            if function in (None, name):
                one.restart()

    def stall(self, function: str, for_: timedelta) -> None:
        """What calls it does not, for so long."""
        self.deliveries.stalled[function] = self.scheduler.now() + for_

    def deploy(self, older_share: float) -> None:
        """From now on that share of the invocations goes to the code from before, and the rest to this."""
        self.stack.older_share = older_share

    def set_clocks(self, clock_of: Callable[[str, int], timedelta]) -> None:
        """From now on the clock of each function's environment, by its number, is so far ahead."""
        self.stack.clock_of = clock_of

    def put_raw(self, key: str, data: bytes) -> None:
        """A record on the stream, whatever it holds."""
        self.account.kinesis["Stream"].put(key, data)
        self.stack.came("stream:Stream")

    def _seeded(self, purpose: str) -> random.Random:
        return random.Random(f"{self.seed}/{purpose}")
