"""Firehose: records that are delivered at least once.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
"""

from __future__ import annotations

import random
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import Answer, AwsError, Call, Untaken, only, unknown_operation

MOST_RECORDS, MOST_BYTES = 500, 4 * 1024 * 1024
LARGEST_RECORD = 1000 * 1024
"""Bytes before base64: https://docs.aws.amazon.com/firehose/latest/dev/limits.html"""


class DeliveryStream:
    def __init__(self, name: str, gathers: int) -> None:
        self.name, self.gathers = name, gathers
        self.records: list[tuple[datetime, bytes]] = []
        """When each arrived, and its bytes."""

    def rows(self) -> list[dict[str, Any]]:
        """The lines of all records."""
        return [orjson.loads(line) for _, data in self.records for line in data.splitlines() if line]


class DeliveryStreams:
    """`shared.aws.streams.delivery` and `stream_states` ask it."""

    def __init__(
        self, *, now: Callable[[], float], draw: random.Random, behaviour: Behaviour, untaken: Untaken
    ) -> None:
        self._now, self._draw, self._twice, self._untaken = now, draw, behaviour.twice, untaken
        self._streams: dict[str, DeliveryStream] = {}

    def create(self, name: str, *, gathers: int = 300) -> DeliveryStream:
        """`gathers` is how many seconds it collects rows for one object."""
        self._streams[name] = DeliveryStream(name, gathers)
        return self._streams[name]

    def __getitem__(self, name: str) -> DeliveryStream:
        return self._streams[name]

    def __iter__(self) -> Any:
        return iter(self._streams)

    def answer(self, call: Call) -> Answer:
        name = call.asked["DeliveryStreamName"]
        stream = self._streams.get(name)
        if stream is None:
            raise AwsError("ResourceNotFoundException", f"Firehose {name} under account not found.")
        match call.operation:
            case "PutRecordBatch":
                only(call, frozenset({"DeliveryStreamName", "Records"}))
                return self._put(call, stream)
            case "DescribeDeliveryStream":
                return _description(stream)
        raise unknown_operation(call)

    def _put(self, call: Call, stream: DeliveryStream) -> Answer:
        records = [b64decode(one["Data"]) for one in call.asked["Records"]]
        if not 1 <= len(records) <= MOST_RECORDS:
            raise AwsError(
                "ValidationException", f"Member must have length less than or equal to {MOST_RECORDS}"
            )
        if any(len(one) > LARGEST_RECORD for one in records):
            raise AwsError(
                "ValidationException", f"Member must have length less than or equal to {LARGEST_RECORD}"
            )
        if sum(map(len, records)) > MOST_BYTES:
            raise AwsError("InvalidArgumentException", "Records size exceeds 4 MB limit")
        untaken = self._untaken(call, len(records))
        at = datetime.fromtimestamp(self._now(), UTC)
        outcomes: list[Answer] = []
        for position, data in enumerate(records):
            if position in untaken:
                outcomes.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."})
                continue
            stream.records.append((at, data))
            if self._twice and self._draw.random() < self._twice:
                stream.records.append((at, data))
            outcomes.append({"RecordId": f"{self._draw.getrandbits(128):032x}"})
        failed = sum("ErrorCode" in one for one in outcomes)
        return {"FailedPutCount": failed, "Encrypted": True, "RequestResponses": outcomes}


def _description(stream: DeliveryStream) -> Answer:
    hints = {"IntervalInSeconds": stream.gathers, "SizeInMBs": 128}
    return {
        "DeliveryStreamDescription": {
            "DeliveryStreamName": stream.name,
            "DeliveryStreamStatus": "ACTIVE",
            "Destinations": [
                {"DestinationId": "d-1", "ExtendedS3DestinationDescription": {"BufferingHints": hints}}
            ],
        }
    }
