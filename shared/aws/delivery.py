"""Firehose: records for the lake, each the newline-separated JSON of many rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.clients import client
from shared.ports import Unavailable

MOST_RECORDS = 500
MOST_BYTES = 4 * 1024 * 1024
"""What one PutRecordBatch takes."""

ATTEMPTS = 4
FIRST_PAUSE = 0.1
"""Seconds before the second attempt at most; each further pause may be twice as long. The queue retries after that."""


class FirehoseDelivery:
    """`shared.ports.Delivery` over one delivery stream."""

    def __init__(self, *, stream: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._stream = stream
        self._sleep = sleep

    def put(self, records: Sequence[bytes]) -> list[int]:
        left: list[int] = list(range(len(records)))
        refused: list[int] = []
        failure: Exception | None = None
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(random.uniform(0, FIRST_PAUSE * 2 ** (attempt - 1)))
            unwritten: list[int] = []
            for batch in _batches(left, records):
                try:
                    unwritten += self._put_batch(batch, records)
                except (ClientError, BotoCoreError) as error:  # the client has tried this call again already
                    failure = error
                    refused += batch
            left = unwritten
            if not left:
                break
        if failure is not None and len(refused) == len(records):
            raise Unavailable(f"Firehose took nothing: {failure}") from failure
        return sorted(left + refused)

    def _put_batch(self, batch: list[int], records: Sequence[bytes]) -> list[int]:
        answer = client("firehose").put_record_batch(
            DeliveryStreamName=self._stream, Records=[{"Data": records[index]} for index in batch]
        )
        if not answer["FailedPutCount"]:
            return []
        outcomes = zip(batch, answer["RequestResponses"], strict=True)
        return [index for index, outcome in outcomes if outcome.get("ErrorCode")]


def _batches(indexes: Sequence[int], records: Sequence[bytes]) -> Iterator[list[int]]:
    """The indexes in runs that one call takes."""
    batch: list[int] = []
    size = 0
    for index in indexes:
        if batch and (len(batch) == MOST_RECORDS or size + len(records[index]) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(index)
        size += len(records[index])
    if batch:
        yield batch
