"""The messages of a dead-letter queue: receive them, give them back, delete them once they are elsewhere.

While a message is received, nobody else gets it for `HELD_SECONDS`. A dead-letter queue has no dead-letter queue of its
own, so messages can be received any number of times.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
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
    `error` is EventBridge's code for the failed delivery, such as `NO_PERMISSIONS`, `error_message` its sentence, and
    `tries` how often it tried. `attributes` are those of its sender.
    """

    id: str
    handle: str
    body: str
    sent_at: datetime
    came_from: str | None = None
    error: str | None = None
    attributes: Attributes = field(default_factory=dict)
    error_message: str | None = None
    tries: int | None = None

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


def kept(url: str) -> timedelta:
    """How long the queue keeps a message after it was sent. Raises Unavailable."""
    with unavailable_when_failing():
        answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["MessageRetentionPeriod"])
    return timedelta(seconds=int(answer["Attributes"]["MessageRetentionPeriod"]))


def give_back(url: str, handles: Sequence[str]) -> None:
    """Make messages available to others at once, by their handles. If SQS refuses one, it becomes available after
    `HELD_SECONDS`. Raises Unavailable."""
    for start in range(0, len(handles), MOST_A_CALL):
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
            for number, handle in enumerate(handles[start : start + MOST_A_CALL])
        ]
        with unavailable_when_failing():
            client("sqs").change_message_visibility_batch(QueueUrl=url, Entries=entries)


def each(url: str, most: int | None = None) -> Generator[DeadLetter]:
    """The queue's messages, each once, at most so many. They are held while they are looked at, and given back at the
    end, or when the caller stops: only their handles are kept till then. Raises Unavailable."""
    handles: dict[str, str] = {}
    try:
        while most is None or len(handles) < most:
            received = receive(url, wait=1)
            fresh = [one for one in received if one.id not in handles]
            handles |= {one.id: one.handle for one in received}
            if not fresh:
                break
            yield from fresh
    finally:
        give_back(url, list(handles.values()))


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
        error_message=_said(said, "ERROR_MESSAGE"),
        tries=int(tries) if (tries := _said(said, "RETRY_ATTEMPTS") or "").isdigit() else None,
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
