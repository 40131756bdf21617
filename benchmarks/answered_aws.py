"""A simulated account that answers clients which do all of their work, except for sockets and TLS.

botocore lets whoever listens to `before-send` answer instead of the network. `simulation.aws.connections` spares most
of what clients do; here it is measured. What answering takes is measured too, to be taken off.
"""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from shared.aws import clients
from simulation.aws.account import Account
from simulation.aws.behaviour import Behaviour
from simulation.aws.dynamodb.table import Key, Table
from simulation.aws.dynamodb.values import Item
from simulation.billing.meter import Meter
from simulation.topology import build

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "AWS_DEFAULT_REGION": "us-east-1",
}
SERVICES: tuple[Any, ...] = ("dynamodb", "kinesis", "events", "firehose")

Tables = Mapping[str, Sequence[Item]]
"""What tables hold, by name."""


class AnsweredAws:
    """Everything that prod's stack has, in one account. `at` is what its clock shows, `seconds` the CPU time that
    answers took."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.account = Account(self, random.Random(1), behaviour=Behaviour(shard_limits=False))
        build(self.account, 1, defaultdict(lambda: "{}"))
        self.account.listener = self.meter = Meter(self.account)
        self.seconds = 0.0
        self._remembered: list[AWSPreparedRequest] | None = None

    def now(self) -> datetime:
        return self.at

    def put(self, tables: Tables) -> None:
        """Items in their tables, as if they had always been there."""
        for name, items in tables.items():
            table = self.account.dynamodb[name]
            for item in items:
                table.write(table.key_of(item), item)

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Let the process's clients talk to this, and to AWS again afterwards."""
        before = {name: os.environ.get(name) for name in CREDENTIALS}
        os.environ |= CREDENTIALS
        clients.forget()
        try:
            for service in SERVICES:
                client: Any = clients.client(service)  # the stubs do not know that a listener may answer
                client.meta.events.register("before-send", self.answer)
            yield
        finally:
            clients.forget()
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Forget afterwards what was written to tables meanwhile."""
        written: list[tuple[Table, Key, Item | None]] = []
        self.meter.undo = written
        try:
            yield
        finally:
            self.meter.undo = None
            for table, key, before in reversed(written):
                table.write(key, before)

    @contextmanager
    def remembering(self) -> Iterator[list[AWSPreparedRequest]]:
        """The requests that are answered meanwhile, for `answer` to answer them again."""
        self._remembered = asked = list[AWSPreparedRequest]()
        try:
            yield asked
        finally:
            self._remembered = None

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        began = time.thread_time()
        if self._remembered is not None:
            self._remembered.append(request)
        try:
            return self.account.answer(request)
        finally:
            self.seconds += time.thread_time() - began
