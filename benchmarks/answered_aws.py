"""AWS as the adapters see it, answered inside the process: each request that would go out is weighed, none goes out.

botocore lets whoever listens to `before-send` answer instead of the network, so the clients do all of their work
except for sockets and TLS. What listening costs is counted too, to be taken off the CPU time measured.
"""

from __future__ import annotations

import base64
import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from shared.aws import clients
from simulation.aws.dynamodb.index import Index
from simulation.aws.dynamodb.values import Item
from simulation.billing.units import (
    bus_units,
    delivery_bytes,
    index_writes,
    put_units,
    read_units,
    write_units,
)

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "AWS_DEFAULT_REGION": "us-east-1",
}

DUE = Index("due_bucket", "due_at")


@dataclass(slots=True)
class Usage:
    """What was asked of AWS. `seconds` is the CPU time the metering itself took."""

    aws_calls: int = 0
    write_units: int = 0
    read_units: int = 0
    bus_entries: int = 0
    kinesis_units: int = 0
    delivery_bytes: int = 0
    seconds: float = 0.0
    calls_by_operation: dict[str, int] = field(default_factory=dict)
    write_units_by_table: dict[str, int] = field(default_factory=dict)


class MeteredAws:
    """Tables that hold what was put into them; a stream, a bus and a delivery stream that take everything."""

    def __init__(self) -> None:
        self.usage = Usage()
        self.tables: dict[str, dict[str, Item]] = {}
        self.published: list[dict[str, Any]] = []
        """Entries of PutEvents since the usage was last taken."""
        self.streamed: list[tuple[str, bytes]] = []
        """Keys and data of PutRecords since then."""
        self.delivered: list[bytes] = []
        """Data of PutRecordBatch since then."""
        self._lock = threading.Lock()
        self._remembered: list[AWSPreparedRequest] | None = None

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Let the process's clients talk to this, and to AWS again afterwards."""
        before = {name: os.environ.get(name) for name in CREDENTIALS}
        os.environ |= CREDENTIALS
        clients.forget()
        try:
            services: tuple[Any, ...] = ("dynamodb", "kinesis", "events", "firehose")
            for service in services:
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
        """Forget afterwards what was written meanwhile."""
        before = {table: dict(items) for table, items in self.tables.items()}
        try:
            yield
        finally:
            self.tables = before

    @contextmanager
    def remembering(self) -> Iterator[list[AWSPreparedRequest]]:
        """The requests that are answered meanwhile, for `answer` to answer them again."""
        self._remembered = asked = list[AWSPreparedRequest]()
        try:
            yield asked
        finally:
            self._remembered = None

    def take_usage(self) -> Usage:
        """What was used since the last time this was asked."""
        usage, self.usage = self.usage, Usage()
        self.published, self.streamed, self.delivered = [], [], []
        return usage

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        began = time.thread_time()
        if self._remembered is not None:
            self._remembered.append(request)
        target, body = request.headers["X-Amz-Target"], request.body
        assert isinstance(body, bytes)
        # A client sends its headers as bytes, `shared/aws/dynamodb_requests` as text.
        operation = (target.decode() if isinstance(target, bytes) else str(target)).rpartition(".")[2]
        asked = orjson.loads(body)
        with self._lock:
            answer = orjson.dumps(self._answers(operation, asked))
            self.usage.aws_calls += 1
            calls = self.usage.calls_by_operation
            calls[operation] = calls.get(operation, 0) + 1
            self.usage.seconds += time.thread_time() - began
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(answer))

    def _answers(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "BatchGetItem":
                return {"Responses": {table: self._read(table, wanted) for table, wanted in _requests(asked)}}
            case "PutItem":
                self._put(asked["TableName"], asked["Item"])
                return {}
            case "TransactWriteItems":
                for write in asked["TransactItems"]:
                    self._put(write["Put"]["TableName"], write["Put"]["Item"], times=2)
                return {}
            case "BatchWriteItem":
                for table, writes in _requests(asked):
                    for write in writes:
                        self._put(table, write["PutRequest"]["Item"])
                return {"UnprocessedItems": {}}
            case "PutEvents":
                self.usage.bus_entries += sum(map(bus_units, asked["Entries"]))
                self.published += asked["Entries"]
                return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in asked["Entries"]]}
            case "PutRecords":
                put = [(one["PartitionKey"], base64.b64decode(one["Data"])) for one in asked["Records"]]
                self.usage.kinesis_units += sum(put_units(data) for _, data in put)
                self.streamed += put
                return {
                    "FailedRecordCount": 0,
                    "Records": [{"SequenceNumber": "1", "ShardId": "s"}] * len(put),
                }
            case "PutRecordBatch":
                rows = [base64.b64decode(one["Data"]) for one in asked["Records"]]
                self.usage.delivery_bytes += sum(delivery_bytes(len(data)) for data in rows)
                self.delivered += rows
                return {
                    "FailedPutCount": 0,
                    "RequestResponses": [{"RecordId": "r"} for _ in asked["Records"]],
                }
        raise ValueError(f"the benchmark does not know what {operation} costs")

    def _put(self, table: str, item: Item, times: int = 1) -> None:
        """`times` is 2 in a transaction."""
        items = self.tables.setdefault(table, {})
        key = item["pk"]["S"] + "\x00" + item.get("sk", {"S": ""})["S"]
        before = items.get(key)
        items[key] = item
        of_index = times * index_writes(DUE, before, item, ("pk",))
        units = times * write_units(before, item) + of_index
        self.usage.write_units += units
        by_table = self.usage.write_units_by_table
        for name, part in ((table, units - of_index), (f"{table}/due", of_index)):
            by_table[name] = by_table.get(name, 0) + part

    def _read(self, table: str, wanted: dict[str, Any]) -> list[Item]:
        if not wanted.get("ConsistentRead"):
            raise ValueError("profiles are read consistently")
        found = [self.tables.get(table, {}).get(key["pk"]["S"] + "\x00") for key in wanted["Keys"]]
        self.usage.read_units += int(sum(read_units([one]) for one in found))
        return [item for item in found if item is not None]


class _Raw(io.BytesIO):
    """A body as urllib3 hands it to botocore."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


def _requests(asked: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from asked["RequestItems"].items()
