"""What settings may be: the bounds that AWS or Headrace draws."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.records import RETENTION

Stage = Literal["local", "dev", "prod"]

LEAST_MESSAGE_LOG_DAYS, MOST_MESSAGE_LOG_DAYS = 30, 36_500
"""The minimum is about twice as long as a queue and its dead-letter queue keep a message. The maximum is a century."""

MOST_WINDOW_SECONDS = 300
"""Lambda's maximum batching window: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"""

LATE_SECONDS = 60
"""An event that waits longer than this for `process` is no longer answered at the right moment: `EventsLate`."""

MOST_SHARDS = 10_000
"""What UpdateShardCount takes:
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html"""

MOST_STREAM_HOURS = int(RETENTION.total_seconds()) // 3600

Memory = Annotated[int, Field(ge=128, le=10_240)]
"""MB of a Lambda function: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
Concurrency = Annotated[int, Field(ge=2, le=1_000)]
"""Lambda's maximum concurrency for an SQS source:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""
LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653]
"""Days that CloudWatch Logs accepts:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError("is not an email address")
    return text


def _identity(text: str) -> str:
    if not re.fullmatch(r"([^@\s]+@)?[^@\s.]+(\.[^@\s.]+)+", text):
        raise ValueError("is neither a domain, such as shop.example, nor an email address")
    return text


Address = Annotated[str, AfterValidator(_address)]
Identity = Annotated[str, AfterValidator(_identity)]
