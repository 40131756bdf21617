"""The messages of a queue of dead letters: received, given back, deleted once they are elsewhere.

While one is received nobody else gets it, for `HELD_SECONDS`. Such a queue has none of its own behind it: being
received costs a message nothing.
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
from shared.ports.failures import Unwritten

HELD_SECONDS = 300
MOST_A_CALL = 10
MOST_BYTES = 1024 * 1024
"""What one SendMessageBatch takes; none is larger than the message it was."""
AGREE = timedelta(seconds=2)
WAIT_SECONDS = 10
"""A short poll asks some of SQS's servers only, and may find nothing in a queue that has messages."""

EVENTBRIDGES = frozenset(
    {
        "RULE_ARN", "TARGET_ARN", "ERROR_CODE", "ERROR_MESSAGE", "EXHAUSTED_RETRY_CONDITION", "RETRY_ATTEMPTS"
    }
)  # fmt: skip
"""Attributes in which EventBridge says of a dead letter why it is one."""

Attributes = Mapping[str, Mapping[str, Any]]
"""As `SendMessage` takes them: name → `DataType`, and `StringValue` or `BinaryValue`."""


@dataclass(frozen=True)
class DeadLetter:
    """`came_from` is the ARN of what it was for, where SQS or EventBridge say so: a queue, or a rule's target. `error`
    is EventBridge's code of why it could not be handed over, such as `NO_PERMISSIONS`. `attributes` are its sender's.
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
    """Some of what can be had, at most ten. Raises Unavailable."""
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
    """SQS's own clock, the one that `sent_at` is told by. Raises Unavailable."""
    with unavailable_when_failing():
        answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return _clock(answer["ResponseMetadata"].get("HTTPHeaders", {}))


def send(url: str, letters: Sequence[DeadLetter]) -> Unwritten:
    """To the queue that they were for, each with its sender's attributes. What EventBridge said of one stays behind."""
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
    """How many of them SQS did not delete: they are received again. Raises Unavailable."""
    kept = 0
    for some in _calls(letters):
        entries: Any = [{"Id": str(number), "ReceiptHandle": one.handle} for number, one in enumerate(some)]
        with unavailable_when_failing():
            answer = client("sqs").delete_message_batch(QueueUrl=url, Entries=entries)
        kept += len(answer.get("Failed", []))
    return kept


def give_back(url: str, letters: Sequence[DeadLetter]) -> None:
    """At once. One that SQS does not take back comes by itself after `HELD_SECONDS`. Raises Unavailable."""
    for some in _calls(letters):
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": one.handle, "VisibilityTimeout": 0}
            for number, one in enumerate(some)
        ]
        with unavailable_when_failing():
            client("sqs").change_message_visibility_batch(QueueUrl=url, Entries=entries)


@contextmanager
def looked_at(url: str, most: int) -> Iterator[list[DeadLetter]]:
    """Some of the queue's messages, each once, given back at the end. Raises Unavailable."""
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
    """Without EventBridge's, where it has put the message there, and without empty fields, which SQS refuses."""
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
    """An answer's date is in whole seconds: this machine's clock is finer, while it agrees with it."""
    here = datetime.now(UTC)
    said = headers.get("date")
    if not said:
        return here
    there = parsedate_to_datetime(said)
    return here if abs(here - there) <= AGREE else there + timedelta(seconds=1)


def _calls(letters: Sequence[DeadLetter]) -> Iterator[Sequence[DeadLetter]]:
    for start in range(0, len(letters), MOST_A_CALL):
        yield letters[start : start + MOST_A_CALL]
