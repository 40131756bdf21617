"""What waits, why, how long, and what counts as an attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.send.pacing.pauses import MOST_ATTEMPTS, after_attempt, untried
from shared.messaging.messages import LONGEST_WAIT, Status, Why
from shared.messaging.providers import (
    ProviderClosed,
    ProviderThrottled,
    ProviderUnavailable,
)
from shared.messaging.sending_limits import FUNCTION_TAKES, MOST_RECEIVES, QUEUE_KEEPS
from tests.unit.send.waiting.waiting_stage import stage

MOST_VISIBILITY = timedelta(hours=12)
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html"""


def test_pauses_grow() -> None:
    assert [after_attempt(attempts) for attempts in range(1, 8)] == [5, 25, 125, 625, 3125, 3600, 3600]
    assert [untried(received) for received in (0, 1, 20, 21, 40, 41, 180, 181, 1000)] == [
        5, 5, 5, 10, 10, 20, 1280, 1800, 1800,
    ]  # fmt: skip
    assert (after_attempt(10**9), untried(10**9)) == (3600, 1800)


def test_a_message_that_is_never_tried_expires_before_its_queue_gives_it_up() -> None:
    pauses = [untried(received) for received in range(1, MOST_RECEIVES)]

    assert timedelta(seconds=sum(pauses)) > LONGEST_WAIT
    assert timedelta(seconds=max(pauses)) + LONGEST_WAIT < QUEUE_KEEPS
    assert timedelta(seconds=max(pauses)) < MOST_VISIBILITY


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (ProviderThrottled("429"), Why.RATE_LIMITED),
        (ProviderClosed("AccessDenied"), Why.PROVIDER_UNAVAILABLE),
    ],
)
def test_a_message_that_was_not_tried_waits_however_often_that_happens(failure: Exception, why: Why) -> None:
    made = stage("email")
    made.email.failures.extend([failure] * 50)
    made.queue()

    for _ in range(50):
        assert made.invoke() == ["q1"]
        assert (made.logged.status, made.logged.reason, made.logged.attempts) == (Status.WAITING, why, 0)
        made.later()
    assert made.invoke() == []
    assert (made.logged.status, made.logged.attempts) == (Status.SENT, 1)


def test_a_message_whose_provider_is_throttling_ends_when_its_time_is_over() -> None:
    made = stage("email")
    made.email.failures.extend([ProviderThrottled("429")] * 2)
    made.queue()
    made.invoke()
    made.later(LONGEST_WAIT - timedelta(seconds=made.ticks(), microseconds=1))
    assert made.invoke() == ["q1"]
    made.later(timedelta(microseconds=1))

    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.EXPIRED, Why.WAITED_TOO_LONG)
    assert made.email.sent == []


def test_a_message_ends_when_its_time_is_over_though_its_workspace_cannot_be_had() -> None:
    """An older workspace restored from a backup, say: the queue would forget the message, and nobody would know."""
    made = stage("email")
    made.queue()
    (waiting,) = made.waiting.values()
    waiting["body"] = waiting["body"].replace('"workspace": 1', '"workspace": 9')
    assert made.invoke() == ["q1"]
    made.later(LONGEST_WAIT)

    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.EXPIRED, Why.WAITED_TOO_LONG)


def test_a_message_has_failed_after_ten_attempts_and_its_money_is_given_back() -> None:
    made = stage("sms")
    made.sms.failures.extend([ProviderUnavailable("500")] * MOST_ATTEMPTS)
    made.queue()

    for attempt in range(1, MOST_ATTEMPTS):
        assert made.invoke() == ["q1"]
        assert made.pauses == {"q1": after_attempt(attempt)}
        assert (made.logged.status, made.logged.attempts) == (Status.WAITING, attempt)
        made.later()
    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.FAILED, Why.PROVIDER_UNAVAILABLE)
    assert (made.logged.attempts, made.logged.to) == (MOST_ATTEMPTS, "+15550100123")
    assert made.messages.spent["sms 2026-11-21"] == 0


def test_the_last_attempt_may_still_be_the_one_that_works() -> None:
    made = stage("sms")
    made.sms.failures.extend([ProviderUnavailable("500")] * (MOST_ATTEMPTS - 1))
    made.queue()
    for _ in range(MOST_ATTEMPTS - 1):
        made.invoke()
        made.later()

    assert made.invoke() == []
    assert (made.logged.status, made.logged.attempts) == (Status.SENT, MOST_ATTEMPTS)


def test_throttling_between_attempts_counts_for_nothing() -> None:
    made = stage("sms")
    for _ in range(MOST_ATTEMPTS - 1):
        made.sms.failures.extend([ProviderUnavailable("500"), ProviderThrottled("429")])
    made.queue()
    for _ in range(2 * (MOST_ATTEMPTS - 1)):
        assert made.invoke() == ["q1"]
        made.later()

    assert made.invoke() == []
    assert made.logged.status is Status.SENT


@pytest.mark.parametrize("per_second", [1 / 3600, 1 / MOST_VISIBILITY.total_seconds(), 1e-9])
def test_a_message_never_hides_for_longer_than_its_queue_can_hide_it(per_second: float) -> None:
    """SQS refuses to, and the message would come again every few minutes until it was a dead letter."""
    made = stage("email")
    made.rate = per_second
    made.queue(event_id="e1")
    made.queue(event_id="e2")

    assert made.invoke() == ["q2"]
    assert 0 < made.pauses["q2"] <= (MOST_VISIBILITY - FUNCTION_TAKES).total_seconds()
