"""A load at a rate through the real stages, in batches as the settings form them, and what AWS bills of it."""

from __future__ import annotations

import base64
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

import orjson

from benchmarks import stream
from benchmarks.formed.stages import Stages, Work
from benchmarks.metered_aws import MeteredAws, Usage
from benchmarks.process import EVENT_BYTES, NOW, past
from benchmarks.shop import Shopper, shoppers
from benchmarks.stream import LambdaRecord
from cli.cost.batches import Batch, Reading, Waiting, of_queue, of_stream
from cli.cost.traffic import EVENTS_IN_SESSION, Load, requests

KNOWN = Load(rate=100, per_request=20, people="one").active
"""People of every run: those who are active at 100 events a second."""


class Settings(NamedTuple):
    """What forms batches: the stream's reading and the window of `archive`'s queue."""

    reading: Reading
    archive_window_seconds: float


@dataclass(slots=True)
class Run:
    """`visits` says how many people had so many events in one batch of `process`; `usage` is of all stages."""

    load: Load
    requests: int = 0
    events: int = 0
    records: int = 0
    record_bytes: int = 0
    visits: Counter[int] = field(default_factory=Counter)
    bus_bytes: int = 0
    usage: Usage = field(default_factory=Usage)
    work: dict[str, Work] = field(default_factory=dict)

    def per_1000(self, count: float) -> float:
        return round(1000 * count / self.events, 1)


class OnStream(NamedTuple):
    """A record, the number of its events, and its person."""

    record: LambdaRecord
    events: int
    key: str


class Simulation:
    """Everybody is known, and has events of the last minutes: as many as it may be, so that not all of them come to
    whatever happens every so many events at the same time."""

    def __init__(self, aws: MeteredAws, stages: Stages) -> None:
        self._aws = aws
        self._stages = stages
        self._everybody = shoppers(KNOWN, "now")

    def run(self, load: Load, settings: Settings, seconds: float) -> Run:
        """What it writes is forgotten afterwards."""
        if load.active > KNOWN:
            raise ValueError(f"{load.active} people are active at this rate, {KNOWN} are known")
        run = Run(load)
        with self._aws.undone():
            self._aws.take_usage()
            self._stages.work = run.work = {name: Work() for name in self._stages.work}
            batches = of_stream(self._collected(load, seconds, run), settings.reading)
            messages = [message for batch in batches for message in self._processed(batch, run)]
            for batch in of_queue(messages, settings.archive_window_seconds):
                self._stages.at(batch.second)
                self._stages.archive(batch.carried)
            run.usage = self._aws.take_usage()
        return run

    def _collected(self, load: Load, seconds: float, run: Run) -> Iterator[Waiting[OnStream]]:
        for request in requests(load, seconds):
            at = self._stages.at(request.second)
            events = [
                self._everybody[person].does(at - timedelta(seconds=2), EVENT_BYTES)
                for person in request.persons
            ]
            self._stages.collect(orjson.dumps({"batch": events, "sentAt": at}, option=orjson.OPT_UTC_Z))
            run.requests += 1
            run.events += len(events)
            for key, data in self._aws.streamed:
                run.records += 1
                run.record_bytes += len(data)
                count = len(orjson.loads(data)["events"])
                yield Waiting(request.second, key, len(data), OnStream(self._record(key, data), count, key))
            self._aws.streamed.clear()

    def _record(self, key: str, data: bytes) -> LambdaRecord:
        return {
            "kinesis": {
                "partitionKey": key,
                "sequenceNumber": str(stream.sequence()),
                "data": base64.b64encode(data).decode(),
                "approximateArrivalTimestamp": self._stages.now.timestamp(),
            }
        }

    def _processed(self, batch: Batch[OnStream], run: Run) -> Iterator[Waiting[dict[str, Any]]]:
        of_person: Counter[str] = Counter()
        for one in batch.carried:
            of_person[one.key] += one.events
        run.visits.update(of_person.values())
        self._stages.at(batch.second)
        self._stages.process([one.record for one in batch.carried])
        for entry in self._aws.published:
            run.bus_bytes += len(entry["Detail"])
            body = orjson.dumps({"detail-type": entry["DetailType"], "detail": orjson.loads(entry["Detail"])})
            yield Waiting(batch.second, "", len(body), {"messageId": str(id(entry)), "body": body.decode()})
        self._aws.published.clear()


@contextmanager
def simulation() -> Iterator[Simulation]:
    aws = MeteredAws()
    with aws.connected():
        stages = Stages(aws)
        past(stages.ports.profiles, KNOWN)
        _last_minutes(stages)
        with stages.installed():
            yield Simulation(aws, stages)


def _last_minutes(stages: Stages) -> None:
    draw = random.Random(KNOWN)
    at = stages.at(-120)
    records = [
        record
        for person in shoppers(KNOWN, "last minutes")
        if (events := _some(person, draw.randrange(EVENTS_IN_SESSION)))
        for record in stream.request(events, at)
    ]
    for start in range(0, len(records), 50):
        stages.ports.batch(records[start : start + 50])


def _some(person: Shopper, count: int) -> list[dict[str, Any]]:
    return [person.does(NOW - timedelta(seconds=130), EVENT_BYTES) for _ in range(count)]
