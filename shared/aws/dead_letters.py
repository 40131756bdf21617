"""Dead letters of `process`: records that cannot be read or folded, kept in a queue until somebody looks."""

from __future__ import annotations

from collections.abc import Sequence

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from shared.ports import Unwritten

MOST_LETTERS, MOST_BYTES = 10, 1024 * 1024 - 4 * 1024
"""What one SendMessageBatch takes."""


class SqsDeadLetters:
    """`shared.ports.DeadLetters` over one queue."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def put(self, letters: Sequence[bytes]) -> Unwritten:
        return put_all(
            [len(letter) for letter in letters],
            lambda positions: self._put(positions, letters),
            most_items=MOST_LETTERS,
            most_bytes=MOST_BYTES,
        )

    def _put(self, positions: list[int], letters: Sequence[bytes]) -> dict[int, str]:
        answer = client("sqs").send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[
                {"Id": str(position), "MessageBody": letters[position].decode()} for position in positions
            ],
        )
        return {int(failed["Id"]): failed["Code"] for failed in answer.get("Failed", [])}
