"""The queues of an account, and the calls to them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import Answer, AwsError, Call, Untaken, only, unknown_operation
from simulation.aws.sqs.answers import attributes, md5, received
from simulation.aws.sqs.limits import (
    LARGEST_MESSAGE,
    MOST_ENTRIES,
    checked_entries,
    message_bytes,
    refused_message,
    sender_error,
)
from simulation.aws.sqs.message import Settings
from simulation.aws.sqs.queue import Queue

THROTTLED = "ServiceUnavailable"


class Queues:
    """`shared.aws.queues` and `shared.aws.tee.queue` ask it."""

    def __init__(
        self, *, now: Callable[[], float], draw: random.Random, behaviour: Behaviour, untaken: Untaken
    ) -> None:
        self._now, self._draw, self._behaviour, self._untaken = now, draw, behaviour, untaken
        self._queues: dict[str, Queue] = {}

    def create(
        self,
        name: str,
        *,
        visibility: float = 30.0,
        retention: timedelta = timedelta(days=4),
        delay: float = 0.0,
        dead_letters: str | None = None,
        most_receives: int | None = None,
        policy: str | None = None,
    ) -> Queue:
        """After `most_receives` a message moves to the queue named `dead_letters`. `policy` is JSON text."""
        settings = Settings(visibility, retention, delay, dead_letters, most_receives, policy)
        self._queues[name] = Queue(
            name,
            settings,
            now=self._now,
            draw=self._draw,
            behaviour=self._behaviour,
            moved=lambda to, message: self._queues[to].put(message),
        )
        return self._queues[name]

    def __getitem__(self, name: str) -> Queue:
        return self._queues[name]

    def __iter__(self) -> Any:
        return iter(self._queues)

    def __contains__(self, name: object) -> bool:
        return name in self._queues

    def answer(self, call: Call) -> Answer:
        asked = call.asked
        match call.operation:
            case "SendMessage":
                only(call, frozenset({"QueueUrl", "MessageBody", "MessageAttributes", "DelaySeconds"}))
                return self._send(self._queue(call), asked)
            case "SendMessageBatch":
                return self._batch(call, self._sent, size=True)
            case "DeleteMessageBatch":
                return self._batch(call, _deleted)
            case "ChangeMessageVisibilityBatch":
                return self._batch(call, _changed)
            case "ReceiveMessage":
                return self._receive(call)
            case "GetQueueAttributes":
                only(call, frozenset({"QueueUrl", "AttributeNames"}))
                return attributes(self._queue(call), asked.get("AttributeNames", []))
            case "GetQueueUrl":
                return {"QueueUrl": self._named(asked["QueueName"]).url}
            case "ListQueues":
                only(call, frozenset({"QueueNamePrefix", "MaxResults", "NextToken"}))
                return self._list(asked)
        raise unknown_operation(call)

    def _queue(self, call: Call) -> Queue:
        return self._named(str(call.asked["QueueUrl"]).rpartition("/")[2])

    def _named(self, name: str) -> Queue:
        found = self._queues.get(name)
        if found is None:
            raise AwsError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
        return found

    def _send(self, queue: Queue, asked: dict[str, Any]) -> Answer:
        """Raises AwsError."""
        body, own = asked["MessageBody"], asked.get("MessageAttributes") or {}
        delay = asked.get("DelaySeconds")
        refusal = refused_message(body, own, delay)
        if refusal is not None:
            raise refusal
        message = queue.send(body, own, delay)
        return {"MessageId": message.id, "MD5OfMessageBody": md5(body)}

    def _sent(self, queue: Queue, entry: dict[str, Any]) -> Answer:
        return self._send(queue, entry)

    def _batch(
        self, call: Call, do: Callable[[Queue, dict[str, Any]], Answer], *, size: bool = False
    ) -> Answer:
        only(call, frozenset({"QueueUrl", "Entries"}))
        queue, entries = self._queue(call), call.asked["Entries"]
        checked_entries(entries)
        if size and sum(_entry_bytes(one) for one in entries) > LARGEST_MESSAGE:
            raise sender_error(
                "AWS.SimpleQueueService.BatchRequestTooLong",
                f"Batch requests cannot be longer than {LARGEST_MESSAGE} bytes.",
            )
        untaken = self._untaken(call, len(entries))
        answer: Answer = {"Successful": [], "Failed": []}
        for position, entry in enumerate(entries):
            try:
                outcome = _unavailable() if position in untaken else do(queue, entry)
                answer["Successful"].append({"Id": entry["Id"], **outcome})
            except AwsError as error:
                answer["Failed"].append(
                    {
                        "Id": entry["Id"],
                        "Code": error.code,
                        "Message": error.message,
                        "SenderFault": error.status < 500,
                    }
                )
        return {kind: found for kind, found in answer.items() if found}

    def _receive(self, call: Call) -> Answer:
        only(
            call,
            frozenset(
                {
                    "QueueUrl", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds",
                    "MessageSystemAttributeNames", "MessageAttributeNames",
                }
            ),
        )  # fmt: skip
        asked = call.asked
        most = asked.get("MaxNumberOfMessages", 1)
        if not 1 <= most <= MOST_ENTRIES:
            raise sender_error("InvalidParameterValue", "MaxNumberOfMessages must be from 1 to 10")
        found = self._queue(call).receive(
            most, asked.get("VisibilityTimeout"), is_short=not asked.get("WaitTimeSeconds")
        )
        if not found:
            return {}
        system = asked.get("MessageSystemAttributeNames", [])
        with_attributes = "All" in asked.get("MessageAttributeNames", [])
        return {"Messages": [received(one, system, with_attributes=with_attributes) for one in found]}

    def _list(self, asked: dict[str, Any]) -> Answer:
        prefix, start = asked.get("QueueNamePrefix", ""), int(asked.get("NextToken", 0))
        urls = [queue.url for name, queue in sorted(self._queues.items()) if name.startswith(prefix)]
        most = asked.get("MaxResults", 1000)
        page: Answer = {"QueueUrls": urls[start : start + most]} if urls[start:] else {}
        if "MaxResults" in asked and start + most < len(urls):
            page["NextToken"] = str(start + most)
        return page


def _entry_bytes(entry: dict[str, Any]) -> int:
    return message_bytes(entry["MessageBody"], entry.get("MessageAttributes") or {})


def _deleted(queue: Queue, entry: dict[str, Any]) -> Answer:
    if not queue.delete(entry["ReceiptHandle"]):
        raise sender_error("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    return {}


def _changed(queue: Queue, entry: dict[str, Any]) -> Answer:
    code = queue.change(entry["ReceiptHandle"], entry["VisibilityTimeout"])
    if code is not None:
        raise sender_error(code, "The visibility timeout of the message could not be changed.")
    return {}


def _unavailable() -> Answer:
    raise AwsError(THROTTLED, "The service is unavailable. Try again.", 503)
