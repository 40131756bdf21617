"""What SQS says of a queue and of its messages."""

from __future__ import annotations

import hashlib

import orjson

from simulation.aws.calls import Answer, arn
from simulation.aws.sqs.queue import Queue, Received


def received(found: Received, system: list[str], *, with_attributes: bool) -> Answer:
    shown = {name: text for name, text in found.system.items() if name in system or "All" in system}
    message: Answer = {
        "MessageId": found.id,
        "ReceiptHandle": found.handle,
        "Body": found.body,
        "MD5OfBody": md5(found.body),
    }
    if shown:
        message["Attributes"] = shown
    if with_attributes and found.attributes:
        message["MessageAttributes"] = found.attributes
    return message


def attributes(queue: Queue, wanted: list[str]) -> Answer:
    ready, later = queue.depth()
    settings = queue.settings
    known = {
        "QueueArn": queue.arn,
        "ApproximateNumberOfMessages": str(ready),
        "ApproximateNumberOfMessagesNotVisible": str(later),
        "ApproximateNumberOfMessagesDelayed": "0",
        "VisibilityTimeout": str(int(settings.visibility)),
        "MessageRetentionPeriod": str(int(settings.retention.total_seconds())),
    }
    if settings.policy is not None:
        known["Policy"] = settings.policy
    if settings.dead_letters is not None:
        known["RedrivePolicy"] = orjson.dumps(
            {
                "deadLetterTargetArn": arn("sqs", settings.dead_letters),
                "maxReceiveCount": settings.most_receives,
            }
        ).decode()
    return {"Attributes": {name: text for name, text in known.items() if name in wanted or "All" in wanted}}


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
