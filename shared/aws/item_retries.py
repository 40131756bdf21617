"""Write many items in batch calls that may fail per item: cut them into calls, and retry only the failed items.

Kinesis, EventBridge, SQS, Firehose and DynamoDB all answer 200 and name the items that they did not accept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from botocore.exceptions import ClientError

from shared.aws.refusals import FAILURES, is_refusal, refuses
from shared.aws.runtime import pause as real_pause
from shared.failures import Unwritten
from shared.ports.runtime import Pause

logger = logging.getLogger(__name__)

ATTEMPTS = 4
FIRST_PAUSE = 0.1
"""Seconds before the second attempt at most; each further pause may be twice as long (full jitter)."""


def put_all(
    sizes: Sequence[int],
    put: Callable[[list[int]], Mapping[int, str]],
    *,
    most_items: int,
    most_bytes: int,
    pause: Pause = real_pause,
) -> Unwritten:
    """Write every item. Returns the positions of the items that stayed unwritten.

    `sizes` are the items' bytes. `put` writes the items at some positions with one call and returns the error codes of
    those that failed. A call that fails whole was already retried by the client: its items count as unwritten at once.
    But if it was refused for its content, it is halved until the item at fault is alone and the others are written.
    """
    left = list(range(len(sizes)))
    failed: list[int] = []
    refused: list[int] = []
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(FIRST_PAUSE * 2 ** (attempt - 1))
        again: list[int] = []
        calls = list(_calls(left, sizes, most_items, most_bytes))
        while calls:
            call = calls.pop(0)
            try:
                codes = put(call)
            except FAILURES as error:
                # The callers only get which items are left; why (a missing permission, say) must be seen somewhere.
                logger.warning("%d items not written: %s", len(call), error)
                if not (isinstance(error, ClientError) and refuses(error)):
                    failed += call
                elif len(call) == 1:
                    refused += call
                else:
                    calls[:0] = [call[: len(call) // 2], call[len(call) // 2 :]]
                continue
            for position, code in codes.items():
                (refused if is_refusal(code) else again).append(position)
        left = again
        if not left:
            break
    return Unwritten([*failed, *left], refused)


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
