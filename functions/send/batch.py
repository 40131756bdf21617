"""One batch of requests: each is sent or goes back to the queue by itself; none sinks its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger

from functions.send import requests
from functions.send.sending import Sending, TryLater

NEEDED = timedelta(seconds=15)
"""What the longest provider call takes, with the log before and after it: a message is not begun with less left."""

MARGIN = timedelta(seconds=5)
"""A claim outlives the function by so much."""

logger = Logger()


class Handled(NamedTuple):
    """SQS message ids that go back, and how many messages ended in each way."""

    again: list[str]
    counts: Counter[str]


def handle(
    sqs_messages: Sequence[dict[str, Any]], sending: Sending, time_left: Callable[[], timedelta]
) -> Handled:
    again: list[str] = []
    counts: Counter[str] = Counter()
    for sqs_message in sqs_messages:
        ended = _handled(sqs_message, sending, time_left)
        counts[ended or "again"] += 1
        if ended is None:
            again.append(sqs_message["messageId"])
    return Handled(again, counts)


def _handled(sqs_message: dict[str, Any], sending: Sending, time_left: Callable[[], timedelta]) -> str | None:
    """How the message ended; None when it goes back to the queue, and after too many times to the dead letters.

    What went wrong is logged without its words: they may quote personal data.
    """
    left = time_left()
    if left < NEEDED:
        return None
    try:
        request = requests.read(sqs_message["body"], sending.channel)
        return sending.send(request, sending.clock() + left + MARGIN).value
    except TryLater as later:
        cause = type(later.__cause__).__name__ if later.__cause__ else None
        logger.info("message goes back", queued=sqs_message["messageId"], why=str(later), cause=cause)
    except Exception as error:  # noqa: BLE001  the queue repeats it, the dead letters keep it
        logger.warning("message failed", queued=sqs_message["messageId"], error=type(error).__name__)
    return None
