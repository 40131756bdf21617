"""The messages of a dead-letter queue: receive them, give them back, delete them once they are elsewhere.

While a message is received, nobody else gets it for `HELD_SECONDS`. A dead-letter queue has no dead-letter queue of its
own, so messages can be received any number of times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.item_retries import put_all
from shared.failures import Unwritten

HELD_SECONDS = 300
MOST_A_CALL = 10
MOST_BYTES = 1024 * 1024
"""The size of one SendMessageBatch, 1 MiB. No dead letter is larger than the message that it was.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html"""
AGREE = timedelta(seconds=2)
WAIT_SECONDS = 10
"""Seconds of a long poll. A short poll asks only some of SQS's servers, and may find nothing in a queue that has
messages."""

EVENTBRIDGES = frozenset(
    {
        "RULE_ARN", "TARGET_ARN", "ERROR_CODE", "ERROR_MESSAGE", "EXHAUSTED_RETRY_CONDITION", "RETRY_ATTEMPTS"
    }
)  # fmt: skip
"""The attributes in which EventBridge says why an entry became a dead letter."""

Attributes = Mapping[str, Mapping[str, Any]]
"""As `SendMessage` takes them: name → `DataType`, and `StringValue` or `BinaryValue`."""


@dataclass(frozen=True)
class DeadLetter:
    """`came_from` is the ARN of its original destination, a queue or a rule's target, if SQS or EventBridge name it.
    `error` is EventBridge's code for the failed delivery, such as `NO_PERMISSIONS`. `attributes` are those of its
    sender.
    """

    id: str
    handle: str
    body: str
    sent_at: datetime
    came_from: str | None = None
    error: str | None = None
    attributes: Attributes = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes, as SQS counts them: names, types and values of the attributes are part of the message."""
        return len(self.body.encode()) + sum(
            len(name.encode())
            + sum(len(one.encode() if isinstance(one, str) else one) for one in said.values())
            for name, said in self.attributes.items()
        )


def receive(url: str, *, wait: int = WAIT_SECONDS) -> list[DeadLetter]:
    """Receive some of the available messages, at most ten. Raises Unavailable."""
    with unavailable_when_failing():
        answer = client("sqs").receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=MOST_A_CALL,
            VisibilityTimeout=HELD_SECONDS,
            WaitTimeSeconds=wait,
            MessageSystemAttributeNames=["SentTimestamp", "DeadLetterQueueSourceArn"],
            MessageAttributeNames=["All"],
        )
    return [_letter(message) for message in answer.get("Messages", [])]


def now(url: str) -> datetime:
    """The time by SQS's own clock, which `sent_at` uses too. Raises Unavailable."""
    with unavailable_when_failing():
        answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return _clock(answer["ResponseMetadata"].get("HTTPHeaders", {}))


def send(url: str, letters: Sequence[DeadLetter]) -> Unwritten:
    """Send them to their original queue, each with its sender's attributes, but without EventBridge's."""
    return put_all(
        [letter.size for letter in letters],
        lambda positions: _send(url, positions, letters),
        most_items=MOST_A_CALL,
        most_bytes=MOST_BYTES,
    )


def _send(url: str, positions: list[int], letters: Sequence[DeadLetter]) -> dict[int, str]:
    entries: Any = [
        {
            "Id": str(position),
            "MessageBody": letters[position].body,
            "MessageAttributes": letters[position].attributes,
        }
        for position in positions
    ]
    answer = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    return {int(failed["Id"]): failed["Code"] for failed in answer.get("Failed", [])}


def delete(url: str, letters: Sequence[DeadLetter]) -> int:
    """Delete them. Returns how many SQS did not delete; those are received again. Raises Unavailable."""
    kept = 0
    for some in _calls(letters):
        entries: Any = [{"Id": str(number), "ReceiptHandle": one.handle} for number, one in enumerate(some)]
        with unavailable_when_failing():
            answer = client("sqs").delete_message_batch(QueueUrl=url, Entries=entries)
        kept += len(answer.get("Failed", []))
    return kept


def give_back(url: str, letters: Sequence[DeadLetter]) -> None:
    """Make them available to others at once. If SQS refuses one, it becomes available after `HELD_SECONDS`. Raises
    Unavailable."""
    for some in _calls(letters):
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": one.handle, "VisibilityTimeout": 0}
            for number, one in enumerate(some)
        ]
        with unavailable_when_failing():
            client("sqs").change_message_visibility_batch(QueueUrl=url, Entries=entries)


@contextmanager
def looked_at(url: str, most: int) -> Iterator[list[DeadLetter]]:
    """Yield up to `most` of the queue's messages, each once, and give them back at the end. Raises Unavailable."""
    found: dict[str, DeadLetter] = {}
    try:
        while len(found) < most:
            fresh = {one.id: one for one in receive(url, wait=1) if one.id not in found}
            if not fresh:
                break
            found |= fresh
        yield list(found.values())
    finally:
        give_back(url, list(found.values()))


def _letter(message: Any) -> DeadLetter:
    system, said = message["Attributes"], message.get("MessageAttributes", {})
    return DeadLetter(
        id=message["MessageId"],
        handle=message["ReceiptHandle"],
        body=message["Body"],
        sent_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
        came_from=_said(said, "TARGET_ARN") or system.get("DeadLetterQueueSourceArn"),
        error=_said(said, "ERROR_CODE"),
        attributes=_senders(said),
    )


def _senders(said: Any) -> dict[str, dict[str, Any]]:
    """The sender's attributes: without EventBridge's, and without empty fields, which SQS refuses."""
    eventbridges = EVENTBRIDGES if said.keys() & {"RULE_ARN", "TARGET_ARN"} else frozenset()
    return {
        name: {key: one[key] for key in ("DataType", "StringValue", "BinaryValue") if one.get(key)}
        for name, one in said.items()
        if name not in eventbridges
    }


def _said(attributes: Any, name: str) -> str | None:
    value = attributes.get(name, {}).get("StringValue")
    return str(value) if value else None


def _clock(headers: Any) -> datetime:
    """The time of an answer. Its date is in whole seconds, so this machine's finer clock is used if the two agree."""
    here = datetime.now(UTC)
    said = headers.get("date")
    if not said:
        return here
    there = parsedate_to_datetime(said)
    return here if abs(here - there) <= AGREE else there + timedelta(seconds=1)


def _calls(letters: Sequence[DeadLetter]) -> Iterator[Sequence[DeadLetter]]:
    for start in range(0, len(letters), MOST_A_CALL):
        yield letters[start : start + MOST_A_CALL]
