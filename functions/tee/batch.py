"""One batch of requests, forwarded in parallel. Each is answered or goes back to the queue by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from aws_lambda_powertools import Logger

from functions.tee.forwarding import Forwarding, TryLater
from shared.failures import Refused, Unavailable
from shared.outgoing.calls import NoAnswer, NotAllowed, NotReached
from shared.ports.tee import TeeLog
from shared.tee import Answer, Missed, TeedRequest

NEEDED = timedelta(seconds=30)
"""The time of the slowest vendor, including the recording of its answer. A batch is not begun if less time is left."""

logger = Logger()


class Handled(NamedTuple):
    """The SQS message ids that go back, each with the seconds that its vendor asked for, and the counts by outcome."""

    again: dict[str, int | None]
    counts: Counter[str]


class _Queued(NamedTuple):
    message: str
    request: TeedRequest
    is_last_try: bool


class _Ended(NamedTuple):
    """`answer` None and not `goes_back`: the source forwards nothing any more, or not this request."""

    answer: Answer | None
    goes_back: bool = False
    after: int | None = None


def handle(
    sqs_messages: Sequence[dict[str, Any]],
    forwarding: Forwarding,
    attempts: int,
    time_left: Callable[[], timedelta],
) -> Handled:
    """`attempts` is how often the queue delivers a message before it becomes a dead letter."""
    messages = [message["messageId"] for message in sqs_messages]
    if time_left() < NEEDED:
        return _all_back(messages, "no time left")
    queued, unreadable = _read(sqs_messages, attempts)
    try:
        known, refused = _answered(forwarding.log, {one.request.id for one in queued})
    except Unavailable as error:
        return _all_back(messages, type(error).__name__)
    unreadable += [one.message for one in queued if one.request.id in refused]
    queued = [one for one in queued if one.request.id not in refused]
    # SQS may deliver one message twice, even in one batch: its copies wait for what becomes of the first.
    first = {one.request.id: one for one in reversed(queued) if one.request.id not in known}
    ended = dict(zip(first, _forwarded(list(first.values()), forwarding), strict=True))
    again: dict[str, int | None] = dict.fromkeys(unreadable)
    again |= {
        one.message: ended[one.request.id].after
        for one in queued
        if one.request.id in ended and ended[one.request.id].goes_back
    }
    answers = [end.answer for end in ended.values() if end.answer is not None]
    missed = [_missed(first[request], end) for request, end in ended.items() if end.answer is None]
    try:
        refused = _recorded(forwarding.log, answers, missed)
    except Unavailable as error:
        return _all_back(messages, type(error).__name__)
    again |= {one.message: None for one in queued if one.request.id in refused}
    counts = Counter(one.how for one in missed) + Counter(
        forwarded=len(answers) - len(refused), unreadable=len(unreadable)
    )
    counts += Counter(known=len({one.request.id for one in queued} & known))
    return Handled(again, counts)


def _read(sqs_messages: Sequence[dict[str, Any]], attempts: int) -> tuple[list[_Queued], list[str]]:
    """The requests, and the ids of messages that do not contain one."""
    queued, unreadable = [], []
    for message in sqs_messages:
        received = int(message["attributes"]["ApproximateReceiveCount"])
        try:
            request = TeedRequest.decode(message["body"])
            queued.append(_Queued(message["messageId"], request, received >= attempts))
        except Exception:  # noqa: BLE001  whatever it is, it concerns this message only
            logger.warning("unreadable request", extra={"queued": message["messageId"]})
            unreadable.append(message["messageId"])
    return queued, unreadable


def _answered(log: TeeLog, requests: Collection[str]) -> tuple[set[str], set[str]]:
    """Those with an answer on record, and those that the table refuses to look for: one must not fail the others."""
    try:
        return log.answered(requests), set()
    except Refused:
        if len(requests) == 1:
            return set(), {*requests}
        ordered, half = sorted(requests), len(requests) // 2
        known, refused = _answered(log, ordered[:half])
        more_known, more_refused = _answered(log, ordered[half:])
        return known | more_known, refused | more_refused


def _recorded(log: TeeLog, answers: Sequence[Answer], missed: Sequence[Missed]) -> set[str]:
    """The requests whose answers the table refuses; of what it refuses together, only those at fault."""
    try:
        log.record(answers, missed)
    except Refused:
        if answers and missed:
            return _recorded(log, answers, ()) | _recorded(log, (), missed)
        if len(answers) <= 1:
            logger.warning("answers cannot be recorded", extra={"requests": len(answers)})
            return {answer.request for answer in answers}
        half = len(answers) // 2
        return _recorded(log, answers[:half], ()) | _recorded(log, answers[half:], ())
    return set()


def _forwarded(queued: Sequence[_Queued], forwarding: Forwarding) -> list[_Ended]:
    if not queued:
        return []
    with forwarding.threads(len(queued)) as at_once:
        return list(at_once.map(lambda one: _forward(one, forwarding), queued))


def _forward(queued: _Queued, forwarding: Forwarding) -> _Ended:
    """What went wrong is logged without its words, but for those of ours: they may quote what a client sent."""
    about = {"request": queued.request.id, "source": queued.request.source}
    if queued.request.withheld:
        return _Ended(None)
    try:
        return _Ended(forwarding.forward(queued.request))
    except (TryLater, NotAllowed, NotReached, NoAnswer) as later:
        logger.warning("request goes back", extra={**about, "why": str(later)})
        return _Ended(None, goes_back=True, after=later.after if isinstance(later, TryLater) else None)
    except Exception as error:  # noqa: BLE001  the queue repeats it, the dead letters keep it
        logger.warning("request not forwarded", extra={**about, "error": type(error).__name__})
        return _Ended(None, goes_back=True)


def _missed(queued: _Queued, ended: _Ended) -> Missed:
    request = queued.request
    if not ended.goes_back:
        how: Literal["withheld", "switched_off"] = "withheld" if request.withheld else "switched_off"
        return Missed(request.source, request.received_at, how)
    return Missed(request.source, request.received_at, "failed" if queued.is_last_try else "tried")


def _all_back(messages: Sequence[str], why: str) -> Handled:
    logger.warning("the batch goes back", extra={"why": why})
    return Handled(dict.fromkeys(messages), Counter(again=len(messages)))
