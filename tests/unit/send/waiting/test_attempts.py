"""What waits, why, how long, and what counts as an attempt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from functions.send.pacing.pauses import MOST_ATTEMPTS, after_attempt, untried
from functions.send.pacing.receivers import FIRST_REST
from shared.messaging.channels import Channel
from shared.messaging.messages import LONGEST_WAIT, Status, Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
)
from shared.messaging.sending_limits import FUNCTION_TAKES, MOST_RECEIVES, QUEUE_KEEPS
from shared.workspace.model import EmailSettings
from tests.fakes.send_stage import TWO_RECEIVERS, SendStage

MOST_VISIBILITY = timedelta(hours=12)
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html"""


def stage(channel: Channel) -> SendStage:
    made = SendStage(channel)
    made.person(email="ada@x.example", phone="+15550100123", consents={"sms": True, "push": True})
    return made


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


def test_an_email_whose_answer_is_always_lost_is_not_sent_for_ever() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout")] * 100)
    made.queue()

    for _ in range(MOST_ATTEMPTS):
        assert made.invoke() == ["q1"]
        assert made.pauses == {"q1": 65}, "until the claim is over"
        made.later()
    assert made.invoke() == []
    assert (made.logged.status, len(made.email.sent)) == (Status.UNCERTAIN, MOST_ATTEMPTS)


THEN: dict[str, Callable[[SendStage], object]] = {
    "it expires": lambda made: made.later(LONGEST_WAIT),
    "consent is withdrawn": lambda made: made.person(email="ada@x.example", consents={"email": False}),
    "the person is gone": lambda made: made.profiles._items.clear(),
    "it is not to be sent again": lambda made: made.reconfigure(
        email=EmailSettings(sender="shop@shop.example")
    ),
}


@pytest.mark.parametrize("failure", [ProviderThrottled("429"), ProviderUnavailable("500")], ids=repr)
@pytest.mark.parametrize("then", THEN.values(), ids=list(THEN))
def test_an_email_that_may_have_left_never_ends_as_one_that_did_not(
    failure: Exception, then: Callable[[SendStage], object]
) -> None:
    """Its first answer was lost; the second try surely did not leave, which says nothing of the first."""
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout"), failure])
    made.queue()
    made.invoke()
    made.later()
    assert made.invoke() == ["q1"], "it is to be tried again"
    assert (made.logged.status, made.logged.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
    then(made)
    made.later()

    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
    assert len(made.email.sent) == 1


def test_an_email_that_may_have_left_is_not_failed_by_a_later_refusal() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout"), ProviderRefused(Why.PROVIDER_REFUSED, "no")])
    made.queue()
    made.invoke()
    made.later()

    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)


def test_an_email_that_may_have_left_is_sent_after_throttling() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout"), *[ProviderThrottled("429")] * MOST_ATTEMPTS])
    made.queue()
    for _ in range(1 + MOST_ATTEMPTS):
        assert made.invoke() == ["q1"]
        made.later()

    assert made.invoke() == []
    assert (made.logged.status, made.logged.attempts) == (Status.SENT, 2)


@pytest.mark.parametrize("per_second", [1 / 3600, 1 / MOST_VISIBILITY.total_seconds(), 1e-9])
def test_a_message_never_hides_for_longer_than_its_queue_can_hide_it(per_second: float) -> None:
    """SQS refuses to, and the message would come again every few minutes until it was a dead letter."""
    made = stage("email")
    made.rate = per_second
    made.queue(event_id="e1")
    made.queue(event_id="e2")

    assert made.invoke() == ["q2"]
    assert 0 < made.pauses["q2"] <= (MOST_VISIBILITY - FUNCTION_TAKES).total_seconds()


def test_messages_leave_at_the_channels_rate() -> None:
    made = stage("email")
    made.rate = 2.0
    began = made.now
    for number in range(5):
        made.queue(event_id=f"e{number}")

    assert made.invoke() == []
    assert made.now - began == timedelta(seconds=2), "five messages have four gaps"


def test_what_does_not_fit_into_the_functions_time_waits_untried() -> None:
    made = stage("email")
    made.rate = 0.1
    for number in range(10):
        made.queue(event_id=f"e{number}")

    back = made.invoke()

    assert len(made.email.sent) == 5, "at 0, 10, 20, 30 and 40 s of the 45 in which a message may be begun"
    assert back == ["q6", "q7", "q8", "q9", "q10"]
    waiting = [one for one in made.messages.items.values() if one.status is Status.WAITING]
    assert {(one.reason, one.attempts) for one in waiting} == {(Why.RATE_LIMITED, 0)}
    assert set(made.pauses.values()) == {10}, "there is room for one then"


def test_nothing_is_claimed_once_the_days_quota_is_used_up() -> None:
    made = stage("email")
    made.rate = 0.0
    made.queue()

    for _ in range(20):
        assert made.invoke() == ["q1"]
        assert made.pauses["q1"] >= 300
        made.later()
    assert (made.logged.status, made.logged.reason, made.logged.attempts) == (
        Status.WAITING, Why.RATE_LIMITED, 0,
    )  # fmt: skip
    made.rate = 14.0
    assert made.invoke() == []
    assert made.logged.status is Status.SENT


def test_a_message_that_is_not_sent_takes_nobodys_turn() -> None:
    made = stage("sms")
    made.rate = 0.1
    began = made.now
    made.person(phone="+15550100123", consents={"sms": False})
    for number in range(20):
        made.queue(event_id=f"e{number}")

    assert made.invoke() == []
    assert made.now == began


def test_a_message_that_expires_while_it_waits_for_its_turn_is_not_sent() -> None:
    made = stage("email")
    made.rate = 0.1
    made.queue(event_id="e1")
    made.invoke()
    made.later(LONGEST_WAIT - timedelta(seconds=1))
    made.queue(event_id="e2")
    made.pace.going()

    assert made.invoke() == []
    assert [one.status for one in made.messages.items.values()] == [Status.SENT, Status.EXPIRED]


def two_receivers() -> SendStage:
    made = SendStage("webhook", TWO_RECEIVERS)
    made.person(email="ada@x.example")
    made.secrets["erp"] = "s3cret"
    return made


def test_a_slow_receiver_does_not_hold_up_the_others() -> None:
    made = two_receivers()
    made.webhook.seconds = {"crm.example": 5.0}
    made.webhook.sleep = made.sleep
    for number in range(8):
        made.queue(event_id=f"e{number}")
    made.queue(event_id="e9", campaign="by-erp")

    back = made.invoke()

    assert [url for url, _, _ in made.webhook.posted] == [
        "https://crm.example/hook",
        "https://erp.example/hook",
    ]
    assert back == [f"q{number}" for number in range(2, 9)]
    waiting = [one for one in made.messages.items.values() if one.status is Status.WAITING]
    assert {(one.reason, one.attempts) for one in waiting} == {(Why.RECEIVER_SLOW, 0)}
    assert list(made.pauses.values()) == [5, 16, 27, 38, 49, 60, 71], "each comes when there is time for it"
    made.later(timedelta(seconds=5))
    assert len(made.invoke()) == 6


@pytest.mark.parametrize(("took", "rests"), [(0.999, False), (1.0, True), (1.001, True)])
def test_a_receiver_rests_once_it_kept_a_function_waiting_for_a_second(took: float, rests: bool) -> None:
    made = two_receivers()
    made.webhook.seconds = {"crm.example": took}
    made.webhook.sleep = made.sleep
    made.queue(event_id="e1")
    made.queue(event_id="e2")

    assert made.invoke() == (["q2"] if rests else [])


def test_a_receiver_that_says_slowly_that_it_has_too_much_to_do_rests_as_long_as_one_that_says_so_at_once() -> (
    None
):
    made = two_receivers()
    made.webhook.seconds = {"crm.example": 2.0}
    made.webhook.sleep = made.sleep
    made.webhook.failures.append(ProviderThrottled("429"))
    made.queue()
    made.invoke()

    assert made.receivers.turn("crm.example") == FIRST_REST


def test_a_receiver_that_has_too_much_to_do_rests_ever_longer_and_the_others_do_not() -> None:
    made = two_receivers()
    made.webhook.failures.extend([ProviderThrottled("429"), None])
    made.queue(event_id="e1")
    made.queue(event_id="e2")
    made.queue(event_id="e3", campaign="by-erp")

    assert made.invoke() == ["q1", "q2"]
    assert [one.status for one in made.messages.items.values()] == [
        Status.WAITING, Status.WAITING, Status.SENT,
    ]  # fmt: skip
    assert {one.attempts for one in made.messages.items.values()} == {0, 1}
    made.later()
    assert made.invoke() == []
