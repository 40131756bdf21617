"""What a stack has put aside: how much waits in each dead-letter queue, and in the bucket of given-up batches."""

from __future__ import annotations

from collections.abc import Iterator

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.queues.queue_depth import depth

DEAD_LETTERS = "DeadLetters"
"""In the name of each: what CloudFormation calls it begins with the construct's."""


def dead_letters(prefix: str) -> dict[str, int]:
    """How much waits, by the name of each dead-letter queue whose name begins so. Raises Unavailable."""
    return {url.rpartition("/")[2]: depth(url).waiting for url in _urls(prefix) if DEAD_LETTERS in url}


def given_up(bucket: str) -> int:
    """Batches, each an object; 1,000 of more. Raises Unavailable."""
    with unavailable_when_failing():
        return int(client("s3").list_objects_v2(Bucket=bucket)["KeyCount"])


def _urls(prefix: str) -> Iterator[str]:
    with unavailable_when_failing():
        pages = (
            client("sqs")
            .get_paginator("list_queues")
            .paginate(QueueNamePrefix=prefix, PaginationConfig={"PageSize": 1000})
        )
        for page in pages:
            yield from page.get("QueueUrls", [])
