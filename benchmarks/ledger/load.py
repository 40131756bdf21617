"""The hour's lines, as the functions write them: records of one event each, one in a request and twenty in a request in
turn."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from unittest.mock import patch

from aws_lambda_powertools import Metrics
from rich.console import Console
from rich.progress import Progress

from functions.collect import telemetry
from functions.collect.http.report import Report
from functions.collect.http.responses import Response
from functions.process import handler
from functions.process.batch import Process
from shared import records
from shared.ledger.places import Place
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import Workspace
from simulation.aws.kinesis.stream import FIRST_NUMBER
from simulation.campaign.mutants.planting import Mutant
from simulation.campaign.mutants.processing import forgets_records
from simulation.ports.announced import FakeBus, FakeDeadLetters, FakeFailedTries, FakeRefusals, FakeTimeline
from simulation.ports.profiles import FakeProfiles
from simulation.ports.workspaces import FakeWorkspaces

PEOPLE, IN_VISIT, IN_REQUEST = 20_000, 40, 20
SHARDS, IN_BATCH = 4, 100

LAST = SHARDS
"""Events after the others."""

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FOLDED_AFTER = timedelta(seconds=2)

KEPT_BITS, SHARD_BITS, LAST_BITS = 36, 4, 2
"""Of a sequence number, from its end, as AWS makes them: beyond 36 bits it rises, below them stands the shard."""

APART = 3**30
"""Of neighbours of a shard, without those bits: they take 12 bytes in a line then, as on AWS."""


class Load:
    """Files in the `folder` for what `collect` and `process` write: `milliseconds tab line`. `lost` are the sequence
    numbers of what `process` forgets."""

    def __init__(self, folder: Path, begin: datetime, events: int, one_in: int) -> None:
        self.folder, self.begin, self.events = folder, begin, events
        self.lost: set[int] = set()
        self._planted = Mutant("forgotten", "", lambda: forgets_records(one_in, self.lost))
        self._bus, self._timeline = FakeBus(), FakeTimeline()
        self._now = begin
        self._stage = Process(
            profiles=FakeProfiles(),
            timeline=self._timeline,
            rejected=FakeRefusals(),
            bus=self._bus,
            dead_letters=FakeDeadLetters(),
            tries=FakeFailedTries(),
            workspace=CurrentWorkspace(FakeWorkspaces(Workspace()), None, lambda: 0.0),
            clock=lambda: self._now,
            savers=1,
        )

    def write(self, advance: Callable[[int], None] = lambda _events: None) -> None:
        """`advance` is told how many events more are written."""
        with (
            (self.folder / "collect").open("wb") as collect,
            (self.folder / "process").open("wb") as process,
            patch.object(handler, "metrics", Metrics(namespace="Headrace", service="process")),
        ):
            with self._planted.planted():
                self._put_and_fold(collect, process, self._requests(), advance)
            self._put_and_fold(collect, process, self._last_requests(), lambda _events: None)

    def _put_and_fold(
        self,
        collect: BinaryIO,
        process: BinaryIO,
        requests: Iterable[tuple[datetime, range]],
        advance: Callable[[int], None],
    ) -> None:
        waiting: list[list[dict[str, Any]]] = [[] for _ in range(SHARDS)]
        for at, numbers in requests:
            self._now = at
            self._request(collect, at, numbers)
            for number in numbers:
                batch = waiting[shard(number)]
                batch.append(self._record(number, at))
                if len(batch) == IN_BATCH:
                    self._fold(process, at + FOLDED_AFTER, batch)
                    batch.clear()
            advance(len(numbers))
        for batch in filter(None, waiting):
            self._fold(process, self._now + FOLDED_AFTER, batch)

    def _requests(self) -> Iterator[tuple[datetime, range]]:
        """When each comes, and the numbers of its events: twenty of one, then one of twenty."""
        number = 0
        while number < self.events:
            size = 1 if number % (2 * IN_REQUEST) < IN_REQUEST else IN_REQUEST
            end = min(number + size, self.events)
            yield self.begin + (HOUR - 2 * MINUTE) * (number / self.events), range(number, end)
            number = end

    def _last_requests(self) -> Iterator[tuple[datetime, range]]:
        """One to each shard, a minute later: what is lost at the end of one would wait until something more is read."""
        for number in range(self.events, self.events + LAST * IN_VISIT, IN_VISIT):
            yield self.begin + HOUR - MINUTE, range(number, number + 1)

    def _request(self, file: BinaryIO, at: datetime, numbers: range) -> None:
        said = Response(200, None)
        count = len(numbers)
        said.report = Report("twilio_segment", "batch", "shop", 1, 700 * count, count, count, count)
        places = [Place(shard(number), sequence_number(number)) for number in numbers]
        with _written(file, at):
            telemetry.report(None, said, 0.02, places)

    def _record(self, number: int, at: datetime) -> dict[str, Any]:
        """One event of somebody's, who has some in a row."""
        person = f"u{number // IN_VISIT % PEOPLE}"
        common = {
            "key": f"user:{person}", "source": "shop", "protocol": "twilio_segment", "trust": "server", "workspace": 1,
            "request": f"0193504f-7b2c-7def-8000-{number:012x}", "received_at": at,
            "tally": {"received": 1, "accepted": 1, "rejected": 0},
        }  # fmt: skip
        event = {
            "id": f"e{number}", "type": "track", "name": "View Item", "user_id": person, "occurred_at": at,
            "properties": {"price": number % 100},
        }  # fmt: skip
        return {
            "eventID": f"shardId-{shard(number):012d}:{sequence_number(number)}",
            "kinesis": {
                "partitionKey": f"user:{person}",
                "sequenceNumber": str(sequence_number(number)),
                "data": base64.b64encode(records.encode(common, [event])).decode(),
                "approximateArrivalTimestamp": at.timestamp(),
            },
        }

    def _fold(self, file: BinaryIO, at: datetime, batch: list[dict[str, Any]]) -> None:
        with _written(file, at):
            handler.handle({"Records": batch}, self._stage)
            handler.metrics.flush_metrics()
        self._bus.entries.clear()  # nobody takes them here
        self._timeline.chunks.clear()


def written(folder: Path, begin: datetime, events: int, one_in: int) -> set[int]:
    """The hour from `begin` on, with a bar; what is lost of it."""
    load = Load(folder, begin, events, one_in)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Folding", total=events)
        load.write(lambda count: progress.advance(task, count))
    return load.lost


def shard(event: int) -> int:
    """Of whoever it is of: all that somebody does is in one."""
    return event // IN_VISIT % SHARDS


def sequence_number(event: int) -> int:
    """Of the record with that event."""
    rising = (FIRST_NUMBER >> KEPT_BITS) + event * APART
    return rising << KEPT_BITS | shard(event) << SHARD_BITS | LAST_BITS


@contextmanager
def _written(file: BinaryIO, at: datetime) -> Iterator[None]:
    """What a function prints, with the time."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        yield
    prefix = b"%d\t" % round(at.timestamp() * 1000)
    file.writelines(prefix + line.encode() + b"\n" for line in printed.getvalue().splitlines())
