"""The AWS error codes that mean the content was refused, and not that the service is unavailable. This is the only such
list.

Every other error is `Unavailable` and may work later: throttling, time-outs, 5xx, a missing permission, a deleted
resource, an expired token. Those never count against a record, because an operator or time fixes them.
"""

from __future__ import annotations

from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

FAILURES = (ClientError, BotoCoreError, ResponseParserError)
"""The errors that botocore raises when a call fails. The last one is for an answer that is not AWS's, such as a
proxy's."""

REFUSALS = frozenset(
    {
        # DynamoDB, Kinesis, EventBridge, of a whole call: a key or value of a wrong type, empty, or too large
        "ValidationException",
        "ValidationError",  # ... the same, as the reason of one item of a transaction
        "ItemCollectionSizeLimitExceeded",
        "ItemCollectionSizeLimitExceededException",
        "SerializationException",  # text that the service's JSON reader does not take
        "InvalidArgumentException",  # Kinesis and Firehose: a record or its key is too long
        # EventBridge, of one entry
        "InvalidArgument",
        "MalformedDetail",
        "RedactionFailure",
        # SQS, of one message or of a batch
        "InvalidMessageContents",
        "InvalidParameterValue",
        "BatchRequestTooLong",
        "AWS.SimpleQueueService.BatchRequestTooLong",
        # S3
        "EntityTooLarge",
        "KeyTooLongError",
        # any of them, of a request as a whole
        "RequestEntityTooLarge",
        "RequestEntityTooLargeException",
        "413",
    }
)


def is_refusal(code: str) -> bool:
    """Whether the error code of one item of a batch call is a refusal."""
    return code in REFUSALS


def refuses(error: ClientError) -> bool:
    """Whether the call failed because of its content, or a transaction because of the content of one of its items."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return is_refusal(code) or any(map(is_refusal, cancellations(error)))


def cancellations(error: ClientError) -> list[str]:
    """The reason for each item of a cancelled transaction, in order. It is the text `None` for items without a
    problem."""
    reasons: Iterable[dict[str, str]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return [reason.get("Code", "None") for reason in reasons]
