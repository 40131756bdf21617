"""What SQS takes, and the errors for what it does not.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

from simulation.aws.calls import AwsError

MOST_ENTRIES = 10
LARGEST_MESSAGE = 1024 * 1024
"""Bytes of one message, and of all messages of a batch; attributes included. It was 256 KiB until August 2025."""

LONGEST_DELAY = 900
ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
REFUSED_CHARACTERS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sender_error(code: str, message: str) -> AwsError:
    return AwsError(code, message)


def checked_entries(entries: list[dict[str, Any]]) -> None:
    """Raises AwsError for a batch that is refused whole."""
    if not entries:
        raise sender_error("AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one entry")
    if len(entries) > MOST_ENTRIES:
        raise sender_error(
            "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are {MOST_ENTRIES}. You have sent {len(entries)}.",
        )
    ids = [entry["Id"] for entry in entries]
    if not all(map(ENTRY_ID.fullmatch, ids)):
        raise sender_error(
            "AWS.SimpleQueueService.InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores.",
        )
    if len(set(ids)) < len(ids):
        raise sender_error("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "An id is there twice.")


def message_bytes(body: str, attributes: dict[str, Any]) -> int:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html"""
    size = len(body.encode())
    for name, value in attributes.items():
        size += len(name.encode()) + len(value["DataType"].encode())
        if "StringValue" in value:
            size += len(value["StringValue"].encode())
        if "BinaryValue" in value:
            size += len(b64decode(value["BinaryValue"]))
    return size


def refused_message(body: str, attributes: dict[str, Any], delay: float | None) -> AwsError | None:
    """Why one message is refused, if it is."""
    if not body:
        return sender_error("MissingParameter", "The request must contain the parameter MessageBody.")
    if message_bytes(body, attributes) > LARGEST_MESSAGE:
        return sender_error(
            "InvalidParameterValue",
            f"One or more parameters are invalid. Reason: Message must be shorter than {LARGEST_MESSAGE} bytes.",
        )
    if REFUSED_CHARACTERS.search(body):
        return sender_error(
            "InvalidMessageContents",
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | …",
        )
    if len(attributes) > 10:
        return sender_error(
            "InvalidParameterValue", "Number of message attributes exceeds the allowed maximum [10]."
        )
    for name, value in attributes.items():
        if not value.get("StringValue") and not value.get("BinaryValue"):
            return sender_error(
                "InvalidParameterValue",
                f"Message (user) attribute '{name}' must contain a non-empty value of type 'String'.",
            )
    if delay is not None and not 0 <= delay <= LONGEST_DELAY:
        return sender_error("InvalidParameterValue", "DelaySeconds must be from 0 to 900")
    return None
