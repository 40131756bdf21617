"""Batch calls that fail per item: cut to what one call takes, and retry only what failed.

Kinesis, EventBridge, SQS, Firehose and DynamoDB all answer 200 and name the items they did not take.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence

from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)

ATTEMPTS = 4
FIRST_PAUSE = 0.1
"""Seconds before the second attempt at most; each further pause may be twice as long (full jitter)."""


def put_all(
    sizes: Sequence[int],
    put: Callable[[list[int]], list[int]],
    *,
    most_items: int,
    most_bytes: int,
    sleep: Callable[[float], None] = time.sleep,
) -> list[int]:
    """Write every item; the positions of those that stayed unwritten, in order.

    `sizes` are the items' bytes. `put` writes the items at some positions with one call and returns the positions that
    failed. A call that fails whole was already retried by the client: its items count as unwritten at once.
    """
    left = list(range(len(sizes)))
    refused: list[int] = []
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(random.uniform(0, FIRST_PAUSE * 2 ** (attempt - 1)))
        failed: list[int] = []
        for batch in _calls(left, sizes, most_items, most_bytes):
            try:
                failed += put(batch)
            except (ClientError, BotoCoreError) as error:
                # The callers only hear which items are left; why (a missing permission, say) must be seen somewhere.
                logger.warning("%d items not written: %s", len(batch), error)
                refused += batch
        left = failed
        if not left:
            break
    return sorted(refused + left)


def _calls(
    positions: Sequence[int], sizes: Sequence[int], most_items: int, most_bytes: int
) -> Iterator[list[int]]:
    call: list[int] = []
    size = 0
    for position in positions:
        if call and (len(call) == most_items or size + sizes[position] > most_bytes):
            yield call
            call, size = [], 0
        call.append(position)
        size += sizes[position]
    if call:
        yield call
