"""A load at a rate through the real stages, in batches as the settings form them, and what AWS bills of it."""

from __future__ import annotations

import base64
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from shared import identity
from shared.people.due import instant
from simulation.aws.dynamodb.values import Item

KNOWN = Load(rate=100, per_request=20, people="one").active
"""People of every run: those who are active at 100 events a second."""


MOST_TIMERS = 10
"""Of one person's session, that end it."""


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
    metrics: set[tuple[str, ...]] = field(default_factory=set)
    delivered: list[bytes] = field(default_factory=list)
    timeline_before: dict[str, Item] = field(default_factory=dict)
    timeline_after: dict[str, Item] = field(default_factory=dict)

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
        with self._metered(run):
            batches = of_stream(self._collected(load, seconds, run), settings.reading)
            messages = [message for batch in batches for message in self._processed(batch, run)]
            self._archived(messages, settings.archive_window_seconds)
        return run

    def sessions(self, count: int) -> Run:
        """So many people's sessions end, each when it is due, and the next one begins with an event. `records` are the
        timers and the events, `events` the events."""
        run = Run(Load(rate=100, per_request=1, people="one"))
        people = self._everybody[:count]
        due = {identity.key("user", person.user_id): person for person in people}
        with self._metered(run):
            messages: list[Waiting[dict[str, Any]]] = []
            second = 0.0
            for _ in range(MOST_TIMERS):
                at_due = {key: at for key in due if (at := self._due_at(key)) is not None}
                if not at_due:
                    break
                second = (max(at_due.values()) - NOW).total_seconds()
                timers = [(stream.timer(key, at), 0) for key, at in at_due.items()]
                messages += self._at_once(timers, second, run)
            else:
                raise ValueError("sessions do not end")
            second += 60
            at = self._stages.at(second)
            begun = [
                (record, 1)
                for person in people
                for record in stream.request([person.does(at, EVENT_BYTES)], at)
            ]
            messages += self._at_once(begun, second, run)
            self._archived(messages, 10)
        return run

    def _at_once(
        self, records: list[tuple[LambdaRecord, int]], second: float, run: Run
    ) -> list[Waiting[dict[str, Any]]]:
        carried = [OnStream(record, events, record["kinesis"]["partitionKey"]) for record, events in records]
        run.records += len(records)
        run.events += sum(events for _, events in records)
        run.record_bytes += sum(len(stream.data(record)) for record, _ in records)
        return list(self._processed(Batch(second, carried), run))

    def _due_at(self, key: str) -> datetime | None:
        item = self._aws.tables["profiles"][f"{key}\x00"]
        return instant(item["due_at"]["S"]) if "due_at" in item else None

    def _archived(self, messages: list[Waiting[dict[str, Any]]], window_seconds: float) -> None:
        for batch in of_queue(messages, window_seconds):
            self._stages.at(batch.second)
            self._stages.archive(batch.carried)

    @contextmanager
    def _metered(self, run: Run) -> Iterator[None]:
        with self._aws.undone():
            self._aws.take_usage()
            self._stages.work = run.work = {name: Work() for name in self._stages.work}
            self._stages.metrics = run.metrics
            run.timeline_before = dict(self._aws.tables["timeline"])
            yield
            run.timeline_after = dict(self._aws.tables["timeline"])
            run.delivered = self._aws.delivered
            run.usage = self._aws.take_usage()

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
