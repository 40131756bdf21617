"""Dead letters of `process`: records that cannot be read, folded, saved or announced, kept in a queue. A record that is
too large for a message is in S3, and the message says where.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.item_retries import put_all
from shared.aws.refusals import FAILURES
from shared.aws.runtime import pause as real_pause
from shared.events import derived_id
from shared.failures import Unwritten
from shared.ports.runtime import Pause

MOST_LETTERS, MOST_BYTES = 10, 1024 * 1024 - 4 * 1024
"""Messages and bytes of one SendMessageBatch, less some room. One message may be as large as all ten together, 1 MiB:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html"""

OBJECTS = "rejected/dead-letters/"
"""The prefix of their objects. It is below that of large rejected events, so that both expire at the same time."""


class SqsDeadLetters:
    """`shared.ports.streams.DeadLetters` over one queue, and the workspace bucket for large records."""

    def __init__(self, queue_url: str, bucket: str, pause: Pause = real_pause) -> None:
        self._queue_url = queue_url
        self._bucket = bucket
        self._pause = pause

    def put(self, letters: Sequence[bytes]) -> Unwritten:
        bodies, failed = list(letters), []
        for position, letter in enumerate(letters):
            if len(letter) > MOST_BYTES:
                try:
                    bodies[position] = self._stored(letter)
                except FAILURES:
                    failed.append(position)
        sent = [position for position in range(len(bodies)) if position not in failed]
        left = put_all(
            [len(bodies[position]) for position in sent],
            lambda positions: self._put(positions, [bodies[position] for position in sent]),
            most_items=MOST_LETTERS,
            most_bytes=MOST_BYTES,
            pause=self._pause,
        )
        return Unwritten([*failed, *(sent[at] for at in left)], [sent[at] for at in left.refused])

    def _stored(self, letter: bytes) -> bytes:
        """The dead letter without its record, which is stored in the bucket."""
        fields = orjson.loads(letter)
        key = OBJECTS + derived_id(fields["key"], fields["sequence"])
        client("s3").put_object(Bucket=self._bucket, Key=key, Body=fields["data"].encode())
        return orjson.dumps({**fields, "data": None, "stored_at": key}, option=orjson.OPT_SORT_KEYS)

    def _put(self, positions: list[int], bodies: Sequence[bytes]) -> dict[int, str]:
        answer = client("sqs").send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[
                {"Id": str(position), "MessageBody": bodies[position].decode()} for position in positions
            ],
        )
        return {int(failed["Id"]): failed["Code"] for failed in answer.get("Failed", [])}


def stored(bucket: str, key: str) -> bytes | None:
    """The record of a dead letter, in base64, by its key in the bucket. None if it has expired. Raises Unavailable."""
    with unavailable_when_failing():
        try:
            return client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        except client("s3").exceptions.NoSuchKey:
            return None
