"""One batch of requests. Each is sent or goes back to the queue by itself; a failing one does not affect the others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger

from functions.send import requests
from functions.send.outcomes import TryLater
from functions.send.pacing import pauses
from functions.send.sending import Sending
from shared.bus_entries import MessageRequested
from shared.failures import Refused, Unavailable
from shared.messaging.messages import Why
from shared.messaging.sending_limits import SENDING_TAKES
from shared.ports.streams import DeadLetters

MARGIN = timedelta(seconds=5)
"""How much longer a claim lasts than the function."""

MOST_FAULTS = 3
"""Unexpected failures, or deliveries of an unreadable message, before it becomes a dead letter."""

DEAD_LETTERED = "dead_lettered"

logger = Logger()


class Handled(NamedTuple):
    """The SQS message ids that go back, each with the seconds until it comes again; and the counts of messages by
    outcome."""

    again: dict[str, int]
    counts: Counter[str]


class _GoesBack(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__(f"for {seconds} s")
        self.seconds = seconds


def handle(
    sqs_messages: Sequence[dict[str, Any]],
    sending: Sending,
    time_left: Callable[[], timedelta],
    dead_letters: DeadLetters,
) -> Handled:
    again: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for sqs_message in sqs_messages:
        try:
            counts[_handled(sqs_message, sending, time_left, dead_letters)] += 1
        except _GoesBack as back:
            again[sqs_message["messageId"]] = back.seconds
            counts["again"] += 1
        except Exception as error:  # noqa: BLE001  to handle its failure failed: the others are not to wait for it
            logger.warning(
                "message failed twice", queued=sqs_message["messageId"], error=type(error).__name__
            )
            again[sqs_message["messageId"]] = pauses.untried(_received(sqs_message))
            counts["again"] += 1
    return Handled(again, counts)


def _handled(
    sqs_message: dict[str, Any],
    sending: Sending,
    time_left: Callable[[], timedelta],
    dead_letters: DeadLetters,
) -> str:
    """Handle one message and return its outcome. Raises _GoesBack.

    Errors are logged without their text, which may contain personal data.
    """
    queued, received = sqs_message["messageId"], _received(sqs_message)
    untried = pauses.untried(received)
    try:
        request = requests.read(sqs_message["body"], sending.preparations)
    except ValueError as error:
        logger.warning("message unreadable", queued=queued, error=type(error).__name__)
        if received < MOST_FAULTS:
            raise _GoesBack(untried) from error
        return _put_aside(sqs_message, error, dead_letters, untried)
    left = time_left()
    if left < SENDING_TAKES:
        raise _GoesBack(untried)
    try:
        now = sending.clock()
        return sending.send(
            request, begin_by=now + left - SENDING_TAKES, claim_until=now + left + MARGIN
        ).value
    except TryLater as later:
        cause = type(later.__cause__).__name__ if later.__cause__ else None
        logger.info("message goes back", queued=queued, why=str(later), cause=cause)
        raise _GoesBack(_seconds(later, untried)) from later
    except Refused as error:  # others of its kind are taken: waiting does not mend this one
        logger.warning("message refused", queued=queued, error=type(error).__name__)
        return _faulty(sqs_message, error, request, sending, dead_letters, untried)
    except Unavailable as error:
        logger.warning("message goes back", queued=queued, why="unavailable")
        raise _GoesBack(untried) from error
    except Exception as error:  # noqa: BLE001  it is counted, and the dead letters keep it
        logger.warning("message failed", queued=queued, error=type(error).__name__)
        return _faulty(sqs_message, error, request, sending, dead_letters, untried)


def _seconds(later: TryLater, untried: int) -> int:
    least = 0 if later.tried else untried
    return max(least, math.ceil(min(later.seconds, pauses.LONGEST_HIDDEN)))


def _faulty(
    sqs_message: dict[str, Any],
    error: Exception,
    request: MessageRequested,
    sending: Sending,
    dead_letters: DeadLetters,
    untried: int,
) -> str:
    """A failure that nobody foresaw is counted in the log: a message may have been received often for other reasons."""
    try:
        if _faults(sqs_message, request, sending) < MOST_FAULTS:
            raise _GoesBack(untried)
        ended = _put_aside(sqs_message, error, dead_letters, untried)
        _note(sqs_message, request, sending)
    except Unavailable as unavailable:
        raise _GoesBack(untried) from unavailable
    return ended


def _note(sqs_message: dict[str, Any], request: MessageRequested, sending: Sending) -> None:
    """Say in the log that it is among the dead letters: there it is, whether or not the log takes it."""
    try:
        sending.messages.wait(request, reason=Why.DEAD_LETTERED, at=sending.clock())
    except Refused:
        logger.warning("the log takes no word of a message", queued=sqs_message["messageId"])


def _faults(sqs_message: dict[str, Any], request: MessageRequested, sending: Sending) -> int:
    """How often it has failed by now; where the log takes nothing of the message, how often it was received: it would
    come again for two weeks."""
    try:
        return sending.messages.fault(request, at=sending.clock())
    except Refused:
        return _received(sqs_message)


def _received(sqs_message: dict[str, Any]) -> int:
    return int(sqs_message["attributes"]["ApproximateReceiveCount"])


def _put_aside(sqs_message: dict[str, Any], error: Exception, dead_letters: DeadLetters, untried: int) -> str:
    if dead_letters.put([sqs_message["body"].encode()]):
        raise _GoesBack(untried)
    logger.error("message put aside", queued=sqs_message["messageId"], error=type(error).__name__)
    return DEAD_LETTERED
