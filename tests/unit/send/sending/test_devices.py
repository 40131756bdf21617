"""A push goes to the devices that are the person's, and one that was reached is enough."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from shared.messaging.messages import Status, Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
)
from tests.fakes import process_stage
from tests.fakes.send_stage import NOON, SendStage, device
from tests.unit.send.sending.one_message import moved, outcome, stage


def test_a_push_leaves_out_a_device_that_somebody_else_signed_in_on() -> None:
    made = stage("push", devices=[moved("a1"), device("a2")])
    made.queue()

    assert outcome(made) == (Status.SENT, None, "android/a2")
    assert [token for _, token, _ in made.push.sent] == ["token-of-a2"]


def test_a_push_for_whoever_signed_out_never_reaches_whoever_signed_in() -> None:
    process = process_stage.Stage()
    made = SendStage("push")
    made.profiles = process.profiles
    phone = {"device": {"id": "phone", "type": "android", "token": "T"}}
    for minute, user in enumerate(("u1", "u2", "u1")):
        said = process_stage.identify(user=user, at=NOON + timedelta(minutes=minute), consents={"push": True})
        process.deliver(process.record({**said, "context": phone}, at=NOON + timedelta(hours=1)))
        for person in ("u1", "u2"):
            made.queue(f"user:{person}", event_id=f"{minute}-{person}")
        made.invoke()

    ends = {message.event_id: (message.status, message.reason) for message in made.messages.items.values()}
    skipped, unknown = (Status.SKIPPED, Why.TOKEN_MOVED), (Status.SKIPPED, Why.PERSON_UNKNOWN)
    sent = (Status.SENT, None)
    assert ends == {
        "0-u1": sent, "0-u2": unknown,
        "1-u1": skipped, "1-u2": sent,
        "2-u1": sent, "2-u2": skipped,
    }  # fmt: skip


def test_one_device_reached_is_a_message_sent_and_refused_tokens_are_reported() -> None:
    made = stage("push")
    made.push.switched_off.add("token-of-a1")
    made.queue()

    assert outcome(made)[0] is Status.SENT
    assert {event.name: event.properties for event in made.said.values()}["Push Token Invalid"] == {
        "platform": "android",
        "device": "a1",
        "token": "token-of-a1",
    }
    assert len(made.stream.entries) == 1
    assert made.push.forgotten == [("android", "token-of-a1")]


def test_when_every_token_is_refused_nobody_was_reached() -> None:
    made = stage("push", devices=[device("a1")])
    made.push.switched_off.add("token-of-a1")
    made.queue()

    assert outcome(made) == (Status.FAILED, Why.ADDRESS_NOT_REACHABLE, "android/a1")
    assert [event.name for event in made.said.values()] == ["Push Token Invalid"]


@pytest.mark.parametrize(
    ("second", "status"),
    [(ProviderUnavailable("down"), Status.SENT), (OutcomeUnknown("timeout"), Status.SENT)],
)
def test_a_device_that_fails_after_another_was_reached_does_not_repeat_the_message(
    second: Exception, status: Status
) -> None:
    made = stage("push")
    made.push.failures.extend([None, second])
    made.queue()

    assert outcome(made)[0] is status


def test_a_push_that_no_device_could_get_now_is_tried_again() -> None:
    made = stage("push")
    made.push.failures.extend([ProviderUnavailable("down")] * 2)
    made.queue()

    assert made.invoke() == ["q1"]
    made.later()
    assert outcome(made)[0] is Status.SENT
    assert len(made.push.sent) == 2


@pytest.mark.parametrize(
    "failures",
    list(itertools.permutations([ProviderRefused(Why.PROVIDER_REFUSED, "no"), ProviderThrottled("429")])),
)
def test_a_push_waits_as_long_as_one_device_may_still_get_it(failures: tuple[Exception, ...]) -> None:
    made = stage("push")
    made.push.failures.extend(failures)
    made.queue()

    assert made.invoke() == ["q1"]
    assert (made.logged.status, made.logged.reason) == (Status.WAITING, Why.RATE_LIMITED)
    made.later()
    assert outcome(made)[0] is Status.SENT


@pytest.mark.parametrize(
    "failures",
    list(itertools.permutations([ProviderClosed("switched off"), ProviderUnavailable("down")])),
)
def test_a_push_that_one_device_was_tried_with_counts_as_tried(failures: tuple[Exception, ...]) -> None:
    made = stage("push")
    made.push.failures.extend(failures)
    made.queue()

    assert made.invoke() == ["q1"]
    assert (made.logged.status, made.logged.attempts) == (Status.WAITING, 1)


def test_a_push_whose_answer_is_lost_is_uncertain() -> None:
    made = stage("push")
    made.push.failures.extend([ProviderUnavailable("down"), OutcomeUnknown("timeout")])
    made.queue()

    assert outcome(made)[:2] == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
