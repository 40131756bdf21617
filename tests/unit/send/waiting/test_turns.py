"""Messages leave at the channel's rate, and a slow receiver holds up no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.send.pacing.receivers import FIRST_REST
from shared.messaging.messages import LONGEST_WAIT, Status, Why
from shared.messaging.providers import (
    ProviderThrottled,
)
from tests.fakes.send_stage import TWO_RECEIVERS, SendStage
from tests.unit.send.waiting.waiting_stage import stage


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
