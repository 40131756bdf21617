"""Firehose: records for the lake, each the newline-separated JSON of many rows."""

from __future__ import annotations

from collections.abc import Sequence

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from shared.aws.refusals import FAILURES
from shared.aws.runtime import pause as real_pause
from shared.failures import Unavailable, Unwritten
from shared.ports.runtime import Pause

MOST_RECORDS = 500
MOST_BYTES = 4 * 1024 * 1024
"""Records and bytes of one PutRecordBatch:
https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html"""


class FirehoseDelivery:
    """`shared.ports.streams.Delivery` over one delivery stream. The queue in front of it retries the records that it
    does not accept."""

    def __init__(self, *, stream: str, pause: Pause = real_pause) -> None:
        self._stream = stream
        self._pause = pause

    def put(self, records: Sequence[bytes]) -> Unwritten:
        failures: list[Exception] = []

        def put(batch: list[int]) -> dict[int, str]:
            try:
                return self._put_batch(batch, records)
            except FAILURES as error:
                failures.append(error)
                raise

        left = put_all(
            [len(record) for record in records],
            put,
            most_items=MOST_RECORDS,
            most_bytes=MOST_BYTES,
            pause=self._pause,
        )
        if failures and len(left) == len(records) and not left.refused:
            raise Unavailable(f"Firehose took nothing: {failures[-1]}") from failures[-1]
        return left

    def _put_batch(self, batch: list[int], records: Sequence[bytes]) -> dict[int, str]:
        answer = client("firehose").put_record_batch(
            DeliveryStreamName=self._stream, Records=[{"Data": records[index]} for index in batch]
        )
        if not answer["FailedPutCount"]:
            return {}
        outcomes = zip(batch, answer["RequestResponses"], strict=True)
        return {index: outcome["ErrorCode"] for index, outcome in outcomes if outcome.get("ErrorCode")}
