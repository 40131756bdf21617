"""The queue of a channel's messages: set when a message that goes back is delivered again."""

from __future__ import annotations

from collections.abc import Mapping

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from shared.aws.runtime import pause as real_pause
from shared.ports.runtime import Pause

MOST_ITEMS, MOST_BYTES = 10, 256 * 1024
"""Entries of one ChangeMessageVisibilityBatch. AWS names no size for it; these bytes are far more than ten receipt
handles have.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html"""


class SqsRequestQueue:
    def __init__(self, url: str, pause: Pause = real_pause) -> None:
        self._url = url
        self._pause = pause

    def postpone(self, pauses: Mapping[str, int]) -> int:
        """Set pauses, as receipt handle → seconds. Returns how many could not be set; those wait for the queue's own
        time-out."""
        handles = list(pauses)
        return len(
            put_all(
                [len(handle) for handle in handles],
                lambda positions: self._postpone(positions, handles, pauses),
                most_items=MOST_ITEMS,
                most_bytes=MOST_BYTES,
                pause=self._pause,
            )
        )

    def _postpone(
        self, positions: list[int], handles: list[str], pauses: Mapping[str, int]
    ) -> dict[int, str]:
        answer = client("sqs").change_message_visibility_batch(
            QueueUrl=self._url,
            Entries=[
                {"Id": str(at), "ReceiptHandle": handles[at], "VisibilityTimeout": pauses[handles[at]]}
                for at in positions
            ],
        )
        return {int(failed["Id"]): failed["Code"] for failed in answer.get("Failed", [])}
