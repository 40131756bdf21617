"""Count what a stack has put aside: in each dead-letter queue, and in the bucket of given-up batches."""

from __future__ import annotations

from collections.abc import Iterator

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.queues.queue_depth import depth

DEAD_LETTERS = "DeadLetters"
"""Part of the name of each dead-letter queue: CloudFormation's name begins with the construct's."""


def dead_letters(prefix: str) -> dict[str, int]:
    """The number of waiting messages by queue name, for the dead-letter queues with this prefix. Raises Unavailable."""
    return {url.rpartition("/")[2]: depth(url).waiting for url in _urls(prefix) if DEAD_LETTERS in url}


def given_up(bucket: str) -> int:
    """The number of given-up batches, at most 1,000. Raises Unavailable."""
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
