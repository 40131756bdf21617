"""Look at the entries that wait in a queue, without removing any.

SQS can only read by receiving. While somebody looks, for a second or two, nobody else gets the entry. The look also
counts as one of the deliveries after which the queue moves an entry to its dead letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from shared.aws.clients import client, unavailable_when_failing

HELD_SECONDS = 30
"""Seconds until an entry becomes available again if it is not given back."""
MOST_A_CALL = 10


@dataclass(frozen=True)
class Queue:
    """A queue. After `most_deliveries` an entry moves to the queue `dead_letters` (an ARN); both are None if it never
    does."""

    url: str
    most_deliveries: int | None
    dead_letters: str | None


@dataclass(frozen=True)
class Waiting:
    """One entry of a queue. `deliveries` includes this look."""

    id: str
    body: str
    queued_at: datetime
    deliveries: int


def queue(arn: str) -> Queue:
    """The queue with this ARN. Raises Unavailable if it is gone, or if it is another account's and may not be read."""
    *_, account, name = arn.split(":")
    with unavailable_when_failing():
        url = client("sqs").get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        attributes = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    policy = orjson.loads(attributes.get("Attributes", {}).get("RedrivePolicy", b"{}"))
    most = policy.get("maxReceiveCount")
    return Queue(url, None if most is None else int(most), policy.get("deadLetterTargetArn"))


def look(url: str, limit: int) -> list[Waiting]:
    """At most `limit` of the entries that are available now, oldest first as far as SQS keeps an order. Raises
    Unavailable."""
    found: dict[str, Waiting] = {}
    handles: list[str] = []
    try:
        while len(found) < limit:
            with unavailable_when_failing():
                answer = client("sqs").receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=min(MOST_A_CALL, limit - len(found)),
                    VisibilityTimeout=HELD_SECONDS,
                    WaitTimeSeconds=1,
                    MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
                )
            received = answer.get("Messages", [])
            handles += [message["ReceiptHandle"] for message in received]
            fresh = {
                message["MessageId"]: Waiting(
                    id=message["MessageId"],
                    body=message["Body"],
                    queued_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
                    deliveries=int(message["Attributes"]["ApproximateReceiveCount"]),
                )
                for message in received
                if message["MessageId"] not in found
            }
            if not fresh:
                break
            found |= fresh
    finally:
        _give_back(url, handles)
    return sorted(found.values(), key=lambda waiting: waiting.queued_at)


def _give_back(url: str, handles: list[str]) -> None:
    """Make the entries available at once. If SQS refuses one, it becomes available after `HELD_SECONDS`."""
    for start in range(0, len(handles), MOST_A_CALL):
        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
            for number, handle in enumerate(handles[start : start + MOST_A_CALL])
        ]
        with unavailable_when_failing():
            client("sqs").change_message_visibility_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]


def arn(url: str) -> str:
    """The ARN of the queue at a URL. Raises Unavailable."""
    with unavailable_when_failing():
        return client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
