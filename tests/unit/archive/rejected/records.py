"""Records of the rejected events' table, as its stream delivers them, and the rows they become."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import boto3

from shared.aws.tables.rejected import DynamoRejected
from shared.failures import Unavailable, Unwritten
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from tests.fakes.delivery import FakeDelivery

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REASONS = (
    RejectedReason(code=Code.WRONG_TYPE, field="properties.amount", message="should be a number"),
    RejectedReason(code=Code.MISSING_PROPERTY, field="properties.currency", message="is missing"),
)


class FakeDeadLetters:
    """What was put aside, decoded; `failing` takes nothing."""

    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []
        self.failing = False

    def put(self, letters: Sequence[bytes]) -> Unwritten:
        if self.failing:
            return Unwritten(range(len(letters)))
        self.letters += map(json.loads, letters)
        return Unwritten()


def request(number: int, *, events: int = 1, body: bytes = b"{}") -> RejectedRequest:
    """So many events rejected of one request, each for both reasons."""
    items = tuple(
        RejectedItem(
            index=n, event_id=f"e{n}", name="Complete Purchase", user_id="u1", reasons=REASONS, body=body
        )
        for n in range(events)
    )
    return RejectedRequest(
        request=f"019aa6f5-2c00-7000-8000-{number:012d}",
        source="shop",
        protocol="twilio_segment",
        trust="server",
        received_at=NOON,
        expires_at=1,
        items=items,
    )


def record(rejected: DynamoRejected, stored: RejectedRequest, name: str = "INSERT") -> dict[str, Any]:
    """What Lambda is given of the item: bytes are base64."""
    rejected.put([stored])
    items = boto3.client("dynamodb").scan(TableName="rejected")["Items"]
    [item] = [item for item in items if item["sk"]["S"] == stored.request]
    image: dict[str, Any] = dict(item)
    if "data" in item:
        image["data"] = {"B": base64.b64encode(item["data"]["B"]).decode()}
    keys = {"pk": item["pk"], "sk": item["sk"]}
    change = {"Keys": keys, "NewImage": image, "SequenceNumber": sequence(stored)}
    return {"eventSource": "aws:dynamodb", "eventName": name, "dynamodb": change}


def sequence(stored: RejectedRequest) -> str:
    return f"7000{stored.request[-12:]}"


def counted(events: int = 0, *, unarchived: int = 0, gone: int = 0, again: int = 0) -> dict[str, int]:
    """All that a batch counts, each nothing unless given."""
    return {
        "rejected_events": events,
        "rejected_unarchived": unarchived,
        "rejected_gone": gone,
        "rejected_again": again,
    }


def rows(delivery: FakeDelivery) -> list[dict[str, Any]]:
    """The rows that were delivered."""
    return [json.loads(line) for line in delivery.lines]


class Throttled(FakeDelivery):
    """Takes so many calls, then none."""

    def __init__(self, calls: int, *, raises: bool) -> None:
        super().__init__()
        self.calls, self._raises = calls, raises
        self.largest = 0

    def put(self, records: Sequence[bytes]) -> Unwritten:
        self.largest = max(self.largest, sum(map(len, records)))
        if self.calls == 0 and self._raises:
            raise Unavailable("throttled")
        if self.calls == 0:
            self.refusing = set(range(len(records)))
        self.calls = max(0, self.calls - 1)
        return super().put(records)
