"""Batches of streams that were given up, as Lambda writes them to a bucket or a queue.

https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from shared.events import utc_text
from simulation.aws.account import Account
from simulation.aws.calls import arn
from simulation.mappings.source import Arrived


@dataclass(frozen=True, slots=True)
class GivenUp:
    """`tries` is how often the function had it, `condition` why it is given up, in Lambda's words."""

    function: str
    source: str
    shard: str
    records: Sequence[Arrived]
    tries: int
    condition: str


def put(
    given_up: GivenUp, destination: str | None, account: Account, now: datetime, draw: random.Random
) -> None:
    """`destination` is `bucket:NAME` or `queue:NAME`. Without one, the records are lost. Only a bucket gets the
    records."""
    if destination is None:
        return
    kind, _, name = destination.partition(":")
    about = _about(given_up, now, draw)
    if kind == "queue":
        account.sqs[name].send(orjson.dumps(about).decode())
        return
    payload = orjson.dumps({"Records": [one.record for one in given_up.records]}).decode()
    key = f"aws/lambda/{given_up.function}/{given_up.shard}/{now:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{_id(draw)}"
    account.s3[name].put(key, orjson.dumps({**about, "payload": payload}))


def _about(given_up: GivenUp, now: datetime, draw: random.Random) -> dict[str, Any]:
    first, last = given_up.records[0], given_up.records[-1]
    batch = "KinesisBatchInfo" if ":kinesis:" in given_up.source else "DDBStreamBatchInfo"
    return {
        "requestContext": {
            "requestId": _id(draw),
            "functionArn": arn("lambda", f"function:{given_up.function}"),
            "condition": given_up.condition,
            "approximateInvokeCount": given_up.tries,
        },
        "version": "1.0",
        "timestamp": utc_text(now),
        batch: {
            "shardId": given_up.shard,
            "startSequenceNumber": first.sequence,
            "endSequenceNumber": last.sequence,
            "approximateArrivalOfFirstRecord": utc_text(first.at),
            "approximateArrivalOfLastRecord": utc_text(last.at),
            "batchSize": len(given_up.records),
            "streamArn": given_up.source,
        },
    }


def _id(draw: random.Random) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))
