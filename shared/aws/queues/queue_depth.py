"""The number of messages in a queue, as SQS estimates it."""

from __future__ import annotations

from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing


class Depth(NamedTuple):
    """The number of messages that can be received now, and of those that are being processed or become available
    later."""

    ready: int
    taken: int

    @property
    def waiting(self) -> int:
        return self.ready + self.taken


def depth(url: str) -> Depth:
    """Raises Unavailable."""
    with unavailable_when_failing():
        answer = client("sqs").get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )
    found = answer["Attributes"]
    return Depth(
        int(found["ApproximateNumberOfMessages"]), int(found["ApproximateNumberOfMessagesNotVisible"])
    )
