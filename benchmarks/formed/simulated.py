"""A load at a rate through the simulated stack, in batches as its settings form them, and what AWS bills of it.

The stack is prod's with its defaults, as `simulation/topology.json` has it: the windows, the lanes of a shard, how many
records or messages a function gets at most. Shards are read once a second, and queues have five pollers.
"""

from __future__ import annotations

import base64
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from unittest import mock

import orjson

from benchmarks import collect, stream
from benchmarks.answered_aws import Tables
from benchmarks.formed.runs import Given, Run
from benchmarks.process import EVENT_BYTES, NOW, WORKSPACE, past
from benchmarks.shop import Shopper, shoppers
from cli.cost.batches import SHARDS_ON_DEMAND
from cli.cost.traffic import EVENTS_IN_SESSION, Arriving, Load, requests
from functions.archive import handler as archive_handler
from functions.collect import telemetry
from functions.process import handler as process_handler
from shared import identity
from shared.aws.tables.profiles import DynamoProfiles
from shared.people.due import instant
from simulation.billing.stack_meter import StackMeter
from simulation.contents import LAKE, PROFILES, TIMELINE
from simulation.functions import stages
from simulation.functions.invocation import Invocation
from simulation.mappings.deliveries import LAMBDA_POLLERS, LAMBDA_READS_EVERY
from simulation.world import World

KNOWN = Load(rate=100, per_request=20, people="one").active
"""People of every run: those who are active at 100 events a second."""

LAST_MINUTES = timedelta(minutes=3)
SPREAD_SECONDS = 60
"""In which everybody's events of the last minutes arrive."""

MOST_TIMERS = 10
"""Of one person's session, that end it."""

SHOP = WORKSPACE.model_copy(update={"sources": collect.WORKSPACE.sources, "events": collect.WORKSPACE.events})

TRACE = {"_X_AMZN_TRACE_ID": "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=0"}
"""Lambda sets it for every invocation, and it stands in each line of the log."""

METRICS = {"process": process_handler.metrics, "archive": archive_handler.metrics}
NAMESPACE = "Headrace/prod"


class Prepared(NamedTuple):
    """A stack that has had events: its tables, and the latest sequence number of its stream, which profiles know."""

    tables: Tables
    sequence: int


class Simulation:
    """Everybody is known, and has events of the last minutes: as many as it may be, so that not all of them come to
    whatever happens every so many events at the same time."""

    def __init__(self) -> None:
        self._prepared = _prepared()

    def run(self, load: Load, seconds: float) -> Run:
        if load.active > KNOWN:
            raise ValueError(f"{load.active} people are active at this rate, {KNOWN} are known")
        with self._world(self._prepared.tables) as (world, run):
            run.load = load
            everybody = shoppers(KNOWN, "now")
            for request in requests(load, seconds):
                world.at(
                    NOW + timedelta(seconds=request.second), partial(_arrive, world, run, everybody, request)
                )
            world.run(NOW + timedelta(seconds=seconds))
            _finish(world, run)
        return run

    def sessions(self, count: int) -> Run:
        """So many people's sessions end, each when it is due, and the next one begins with an event; `events` are
        these."""
        people = shoppers(KNOWN, "now")[:count]
        keys = {identity.key("user", person.user_id) for person in people}
        theirs = {
            name: [item for item in items if item["pk"]["S"].partition("#")[0] in keys]
            for name, items in self._prepared.tables.items()
        }
        with self._world(theirs) as (world, run):
            for _ in range(MOST_TIMERS):
                due = [
                    instant(item["due_at"]["S"])
                    for item in world.account.dynamodb.items(PROFILES)
                    if "due_at" in item
                ]
                if not due:
                    break
                world.run(max(due) + timedelta(minutes=2))
                world.drain()
            else:
                raise ValueError("sessions do not end")
            for number, _ in enumerate(people):
                second = (world.clock.now() - NOW).total_seconds() + number / run.load.rate
                begins = partial(_arrive, world, run, people, Arriving(second, [number]))
                world.at(NOW + timedelta(seconds=second), begins)
            world.run(world.clock.now() + timedelta(seconds=count / run.load.rate))
            _finish(world, run)
        return run

    @contextmanager
    def _world(self, tables: Tables) -> Iterator[tuple[World, Run]]:
        with _connected(NOW) as world:
            for name, items in tables.items():
                table = world.account.dynamodb[name]
                for item in items:
                    table.write(table.key_of(item), item)
            world.account.kinesis["Stream"].continue_after(self._prepared.sequence)
            run = Run(Load(rate=100, per_request=1, people="one"), StackMeter(world), tables)

            def began(invocation: Invocation, event: Any) -> None:
                run.given.append(Given(invocation.function, invocation.began, event))
                if invocation.function == "process":
                    run.visits.update(_events_by_person(event["Records"]).values())

            world.stack.beginnings.append(began)
            yield world, run


@contextmanager
def simulation() -> Iterator[Simulation]:
    """Metrics and logs are written as on Lambda."""
    with ExitStack() as patched:
        patched.enter_context(mock.patch.dict(os.environ, TRACE))
        patched.enter_context(mock.patch.object(telemetry, "NAMESPACE", NAMESPACE))
        patched.enter_context(mock.patch.object(stages, "NAMESPACE", NAMESPACE))
        for name, metrics in METRICS.items():
            patched.enter_context(mock.patch.multiple(metrics.provider, namespace=NAMESPACE, service=name))
        yield Simulation()


@contextmanager
def _connected(start: datetime) -> Iterator[World]:
    world = World(SHOP, seed=1, start=start, shards=SHARDS_ON_DEMAND)
    world.deliveries.read_every, world.deliveries.pollers = LAMBDA_READS_EVERY, LAMBDA_POLLERS
    with world:
        yield world


def _prepared() -> Prepared:
    """As the last minutes leave them."""
    draw = random.Random(KNOWN)
    start = NOW - LAST_MINUTES
    with _connected(start) as world:
        past(DynamoProfiles(PROFILES), KNOWN)
        world.account.kinesis["Stream"].continue_after(stream.sequence())
        for number, person in enumerate(shoppers(KNOWN, "last minutes")):
            second = number * SPREAD_SECONDS / KNOWN
            if events := _some(person, draw.randrange(EVENTS_IN_SESSION), start + timedelta(seconds=second)):
                world.at(start + timedelta(seconds=second), partial(_send, world, events))
        world.run(start + timedelta(seconds=SPREAD_SECONDS))
        if not world.drain(LAST_MINUTES) or world.clock.now() > NOW:
            raise ValueError("the last minutes take longer")
        tables = {name: world.account.dynamodb.items(name) for name in (PROFILES, TIMELINE)}
        return Prepared(tables, world.account.kinesis["Stream"].latest)


def _some(person: Shopper, count: int, at: datetime) -> list[dict[str, Any]]:
    return [person.does(at - timedelta(seconds=10), EVENT_BYTES) for _ in range(count)]


def _arrive(world: World, run: Run, everybody: Sequence[Shopper], request: Arriving) -> None:
    at = NOW + timedelta(seconds=request.second) - timedelta(seconds=2)
    _send(world, [everybody[person].does(at, EVENT_BYTES) for person in request.persons])
    run.requests += 1
    run.events += len(request.persons)


def _send(world: World, events: Sequence[Mapping[str, Any]]) -> None:
    body = orjson.dumps({"batch": events, "sentAt": world.clock.now()}, option=orjson.OPT_UTC_Z)
    given = collect.gateway_event(body)
    headers = {name: value for name, value in given["headers"].items() if name != "content-type"}
    pending = world.begin("POST", "/v1/batch", headers | {"content-type": "application/json"}, body)

    def check() -> None:
        if pending.answer is None or pending.answer.status != 200:
            raise ValueError(f"the load is not what it is meant to be: {pending.answer}")

    pending.then(check)


def _finish(world: World, run: Run) -> None:
    if not world.drain():
        raise ValueError("the load is not done with")
    run.timeline = world.account.dynamodb.items(TIMELINE)
    run.delivered = [data for _, data in world.account.firehose[LAKE].records]
    unwell = {one.outcome for one in run.meter.invocations} - {"answered"}
    if unwell or any(world.queues().values()):
        raise ValueError(f"not all went well: {unwell or world.queues()}")


def _events_by_person(records: Sequence[Mapping[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for record in records:
        said = orjson.loads(base64.b64decode(record["kinesis"]["data"]))
        found[said["key"]] += len(said["events"])
    return found
