"""The dead-letter queue of a function that moves failed messages there itself, unchanged."""

from __future__ import annotations

from collections.abc import Sequence

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from shared.aws.runtime import pause as real_pause
from shared.failures import Unwritten
from shared.ports.runtime import Pause

MOST_ITEMS, MOST_BYTES = 10, 1024 * 1024
"""Messages and bytes of one SendMessageBatch. No dead letter is larger than the message that it was.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html"""


class SqsRequestDeadLetters:
    """`shared.ports.streams.DeadLetters` over one queue."""

    def __init__(self, queue_url: str, pause: Pause = real_pause) -> None:
        self._queue_url = queue_url
        self._pause = pause

    def put(self, letters: Sequence[bytes]) -> Unwritten:
        return put_all(
            [len(letter) for letter in letters],
            lambda positions: self._put(positions, letters),
            most_items=MOST_ITEMS,
            most_bytes=MOST_BYTES,
            pause=self._pause,
        )

    def _put(self, positions: list[int], letters: Sequence[bytes]) -> dict[int, str]:
        answer = client("sqs").send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[
                {"Id": str(position), "MessageBody": letters[position].decode()} for position in positions
            ],
        )
        return {int(failed["Id"]): failed["Code"] for failed in answer.get("Failed", [])}
