"""Which of AWS's error codes speak of the content, not of the moment: the one list by which errors are told apart.

Everything else is `Unavailable` and may work later: throttling, time-outs, 5xx, a role without a permission, a resource
that is gone, a token that expired. Those never count against a record, for an operator or time mends them.
"""

from __future__ import annotations

from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

FAILURES = (ClientError, BotoCoreError, ResponseParserError)
"""What botocore raises where a call did not succeed; the last, for an answer that is none, as proxies give it."""

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
    """Of the code of one item, as batch calls answer."""
    return code in REFUSALS


def refuses(error: ClientError) -> bool:
    """Whether the call failed for what it asked; a transaction, for what one of its items asked."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return is_refusal(code) or any(map(is_refusal, cancellations(error)))


def cancellations(error: ClientError) -> list[str]:
    """The reason for each item of a cancelled transaction, in order; `None` (the text) for those that are sound."""
    reasons: Iterable[dict[str, str]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return [reason.get("Code", "None") for reason in reasons]
