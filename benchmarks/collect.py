"""The whole collect path over its floor, which is `orjson.loads` and `orjson.dumps` of the same bytes.

From the gateway's event to the stream's entries and the answer; the log line, the metrics and PutRecords are apart.
Every event has 1,024 bytes, is of another person (the dearer case: each makes a record), and is checked against a
strict tracking plan. Instructions are counted, and held to a bound. CPU time is only told: the path and its floor are
timed in turns, in short blocks, and the median of their ratios counts. It differs by a twentieth from run to run.

`python -m benchmarks.collect` prints the ratios of time alone, on whatever Python it is run by.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any, NoReturn

import orjson

from benchmarks import instructions
from benchmarks.shop import NAMES, Shopper
from functions.collect.auth.quota import Quota
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.http.request import Request
from functions.collect.routing.router import respond
from functions.collect.work import Resources
from shared.failures import Unwritten
from shared.gateway_headers import ORIGINAL, STAND_IN
from shared.ledger.places import Place
from shared.ports.streams import StreamEntry
from shared.workspace.model import EventDefinition, PropertyDefinition, Source, Workspace
from shared.workspace.write_keys import key_hash
from simulation.ports.rejected import FakeRejected
from simulation.ports.secrets import FakeSecrets

SIZES = (1, 20, 100)
EVENT_BYTES = 1024
EVENTS_A_BLOCK = 20
EVENTS = 40_000
"""Of all the blocks of one figure together: about two seconds."""

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)
WRITE_KEY = "hr_benchmark"

DEFINED = {
    "item_id": PropertyDefinition(type="string", required=True),
    "item_name": PropertyDefinition(type="string", required=True),
    "brand": PropertyDefinition(type="string"),
    "category": PropertyDefinition(type="string"),
    "variant": PropertyDefinition(type="string"),
    "price": PropertyDefinition(type="number", required=True, minimum=0),
    "currency": PropertyDefinition(type="string", allowed=("USD", "EUR", "GBP")),
    "quantity": PropertyDefinition(type="integer", minimum=1),
    "in_stock": PropertyDefinition(type="boolean"),
    "shown": PropertyDefinition(type="list"),
}
WORKSPACE = Workspace(
    version=1,
    sources=(
        Source(id="shop", name="Shop", trust="server", policy="strict", key_hashes=(key_hash(WRITE_KEY),)),
    ),
    events=tuple(EventDefinition(id=name, name=name, properties=DEFINED) for name in NAMES),
)


class ConstantWorkspace:
    def get(self) -> Workspace:
        return WORKSPACE

    def refreshed(self) -> Workspace:
        return WORKSPACE


class TakingStream:
    """Takes everything and counts it."""

    def __init__(self) -> None:
        self.taken = 0

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten:
        self.taken += len(entries)
        return Unwritten()

    def written(self) -> list[Place]:
        return []


def measure() -> dict[str, float]:
    """`collect.1kb_x<events>.…` for each size of a batch, and what starting the function takes."""
    measured: dict[str, float] = {}
    for size in SIZES:
        path, floor = (_instructions(what, size) for what in ("path", "floor"))
        measured[f"collect.1kb_x{size}.instructions_over_floor"] = round(path / floor, 2)
    measured["collect.cold_start.million_instructions"] = round(
        instructions.of("benchmarks.cold_start") / 1e6
    )
    measured["collect.snapshot.million_instructions"] = round(
        (
            instructions.of("benchmarks.snapshot", "prepared")
            - instructions.of("benchmarks.snapshot", "imported")
        )
        / 1e6
    )
    return measured | times()


def times() -> dict[str, float]:
    """`collect.1kb_x<events>.over_floor`: CPU time of the path over that of its floor."""
    return {f"collect.1kb_x{size}.over_floor": round(_over_floor(size), 2) for size in SIZES}


def _instructions(what: str, size: int) -> float:
    few, many = max(1, 20 // size), max(5, 100 // size)
    return instructions.per_round("benchmarks.rounds", what, str(size), few=few, many=many)


def _over_floor(size: int) -> float:
    path, floor = works(size)
    path()
    rounds = max(1, EVENTS_A_BLOCK // size)
    turns = ((_seconds(path, rounds), _seconds(floor, rounds)) for _ in range(EVENTS // (rounds * size)))
    return median(of_path / of_floor for of_path, of_floor in turns)


def works(size: int) -> tuple[Callable[[], None], Callable[[], None]]:
    """The path of one request of so many events, and its floor."""
    body = batch(size)
    event = gateway_event(body)
    stream = TakingStream()
    resources = _resources(stream)

    def path() -> None:
        taken = stream.taken
        request = Request.from_gateway(event)
        answer = respond(request, resources).for_gateway(request)
        assert answer["statusCode"] == 200, answer["body"]
        assert stream.taken == taken + size

    def floor() -> None:
        orjson.dumps(orjson.loads(body))

    return path, floor


def _seconds(work: Callable[[], None], rounds: int) -> float:
    began = time.process_time()
    for _ in range(rounds):
        work()
    return time.process_time() - began


def batch(size: int) -> bytes:
    events = [Shopper(number, "collect").does(NOW, EVENT_BYTES) for number in range(size)]
    return orjson.dumps({"batch": events, "sentAt": "2026-11-21T18:10:00.000Z"})


def gateway_event(body: bytes) -> dict[str, Any]:
    """As API Gateway's HTTP API hands it to the function."""
    return {
        "version": "2.0",
        "routeKey": "ANY /{proxy+}",
        "rawPath": "/v1/batch",
        "rawQueryString": "",
        "headers": {
            "accept-encoding": "gzip, deflate",
            "authorization": "Basic " + base64.b64encode(f"{WRITE_KEY}:".encode()).decode(),
            "content-length": str(len(body)),
            "content-type": STAND_IN,
            ORIGINAL: "application/json",
            "host": "abc123.execute-api.eu-west-1.amazonaws.com",
            "user-agent": "analytics-python/2.4.0",
            "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678",
            "x-forwarded-for": "203.0.113.9",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "apiId": "abc123",
            "stage": "$default",
            "http": {"method": "POST", "path": "/v1/batch", "sourceIp": "203.0.113.9"},
        },
        "body": body.decode(),
        "isBase64Encoded": False,
    }


def _resources(stream: TakingStream) -> Resources:
    return Resources(
        workspace=ConstantWorkspace(),
        secrets=SourceSecrets(FakeSecrets(), time.monotonic),
        stream=stream,
        rejected=lambda: FakeRejected(),
        quota=Quota(time.monotonic),
        lookups=nobody_asks,
        tee_queue=nobody_asks,
        clock=lambda: NOW,
    )


def nobody_asks(*_: object) -> NoReturn:
    raise AssertionError("a batch of events asks for nothing, and its source has no tee")


if __name__ == "__main__":
    for name, ratio in times().items():
        sys.stdout.write(f"{name}: {ratio}\n")
