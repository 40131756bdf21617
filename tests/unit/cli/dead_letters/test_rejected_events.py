"""Rejected events that the lake lacks, back to `archive`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from shared.aws.tables.rejected import DynamoRejected
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from tests.unit.cli.dead_letters.account import NOW, Aws, redriven


def rejected(number: int, at: datetime = NOW) -> RejectedRequest:
    milliseconds = f"{int(at.timestamp() * 1000):012x}"
    reason = RejectedReason(code=Code.WRONG_TYPE, field="properties.amount", message="should be a number")
    return RejectedRequest(
        request=f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-{number:012d}", source="shop",
        protocol="twilio_segment", trust="server", received_at=at, expires_at=2_000_000_000,
        items=(RejectedItem(index=0, reasons=(reason,), body=b"{}"),),
    )  # fmt: skip


def test_rejected_events_that_the_lake_lacks_are_handed_to_archive(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One request that its dead letter names, and those of a stretch that the stream went on without."""
    handed: list[str] = []

    def invoke(_: str, payload: dict[str, Any]) -> Any:
        assert all(isinstance(one["dynamodb"]["NewImage"]["data"]["B"], str) for one in payload["Records"])
        handed.extend(one["dynamodb"]["Keys"]["sk"]["S"] for one in payload["Records"])

    monkeypatch.setattr("shared.aws.tables.rejected_again.invoke", invoke)
    old = NOW - timedelta(days=1)
    kept = [
        rejected(1),
        *(rejected(number, old) for number in range(2, 14)),
        rejected(14, NOW - timedelta(hours=1)),
    ]
    assert DynamoRejected("rejected", "workspace").put(kept) == []
    items = boto3.client("dynamodb").scan(TableName="rejected")["Items"]
    [keys] = [{"pk": one["pk"], "sk": one["sk"]} for one in items if one["sk"]["S"] == kept[0].request]
    span = {f"approximateArrivalOf{which}Record": old.isoformat() for which in ("First", "Last")}
    gone = {"pk": {"S": "2026-01-01#1"}, "sk": {"S": "gone"}}
    aws.send(
        aws.archive_dead,
        json.dumps({"rejected": kept[0].request, "keys": keys}),
        json.dumps({"DDBStreamBatchInfo": span}),
        json.dumps({"rejected": "gone", "keys": gone}),
        json.dumps({"rejected": "gone"}),
    )

    said = redriven("archive")

    assert (said["waited"], said["brought_back"], sum(said["never"].values())) == (4, 2, 2)
    assert sorted(handed) == sorted(one.request for one in kept[:-1])
