"""Sent at most once and said exactly once, whatever dies and however often a request is delivered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from functions.send.batch import handle
from shared.messaging.channels import CHANNELS, Channel
from shared.messaging.messages import Status, Why
from shared.messaging.providers import ProviderThrottled, ProviderUnavailable
from simulation.ports.faults import Died, Faults
from simulation.ports.messages import FakeMessages
from tests.fakes.send_stage import SendStage, device

ADA: dict[str, Any] = {
    "email": "ada@x.example",
    "phone": "+15550100123",
    "devices": [device("a1"), device("i1", "ios")],
    "consents": {"sms": True, "push": True},
}
CALLS = 9
"""More than any channel makes for one message."""


def stage(channel: Channel) -> SendStage:
    made = SendStage(channel)
    made.person(**ADA)
    return made


def until_done(made: SendStage, invocations: int = 6) -> None:
    """Deliver again, as the queue does, until nothing waits."""
    for _ in range(invocations):
        if not made.waiting:
            return
        made.later()
        made.invoke()
    assert not made.waiting


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("death", range(1, CALLS + 1))
def test_a_function_that_dies_after_any_call_sends_at_most_once_and_the_log_says_the_truth(
    channel: Channel, death: int
) -> None:
    made = stage(channel)
    made.queue()
    made.faults.die_after = death
    with suppress(Died):
        made.invoke()
    died_after = list(made.faults.made)
    made.faults.die_after = None

    until_done(made)

    reached = {"push": 2}.get(channel, 1)
    status, left = made.logged.status, made.delivered
    assert left <= reached
    assert status in (Status.SENT, Status.UNCERTAIN)
    if status is Status.SENT:
        assert left == reached
        assert [event.name for event in made.said.values()] == ["Notification Sent"]
    else:
        assert (made.logged.reason, made.logged.to is not None) == (Why.OUTCOME_UNKNOWN, True)
        assert made.said == {}
        assert "messages.claim" in died_after, "only a claim that outlived its function is uncertain"
        assert "messages.record" not in died_after
    if channel == "sms":
        assert made.messages.spent["sms 2026-11-21"] == 10_000


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_death_before_the_claim_or_after_the_record_loses_nothing(channel: Channel) -> None:
    """So that the test above cannot pass by calling everything uncertain."""
    ended: dict[str, Status] = {}
    for death in range(1, CALLS + 1):
        made = stage(channel)
        made.queue()
        made.faults.die_after = death
        with suppress(Died):
            made.invoke()
        last = made.faults.made[-1]
        made.faults.die_after = None
        until_done(made)
        ended[last] = made.logged.status

    assert {call for call, status in ended.items() if status is Status.UNCERTAIN} == {
        "messages.claim",
        CHANNELS[channel].queue or channel,
    }
    assert {call for call, status in ended.items() if status is Status.SENT} == {
        "profiles.load", "messages.record", "stream.put",
    }  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_request_delivered_many_times_is_sent_once_and_said_once(channel: Channel) -> None:
    made = stage(channel)
    for _ in range(3):
        made.queue()
    made.invoke()
    made.queue()
    made.invoke()

    assert made.delivered == {"push": 2}.get(channel, 1)
    assert len(made.said) == 1
    assert made.logged.status is Status.SENT


class Interrupted(FakeMessages):
    """While one function is about to record its outcome, another one is given the same request."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(faults)
        self.meanwhile: Callable[[], None] | None = None

    def record(self, request: Any, **outcome: Any) -> None:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        super().record(request, **outcome)


def test_of_two_deliveries_at_once_one_sends_and_the_other_waits() -> None:
    made = stage("sms")
    log = Interrupted(made.faults)
    made.messages = log
    made.queue()
    (waiting,) = made.waiting.values()
    second: list[list[str]] = []
    log.meanwhile = lambda: second.append(
        [
            *handle(
                [{**waiting, "messageId": "again"}], made.sending, lambda: made.time_left, made.dead_letters
            ).again
        ]
    )

    assert made.invoke() == []
    assert second == [["again"]]
    assert len(made.sms.sent) == 1
    assert (made.logged.status, log.spent["sms 2026-11-21"]) == (Status.SENT, 10_000)


def test_a_function_that_outlives_its_claim_corrects_the_log() -> None:
    """It was stopped for longer than any function may run: the other one could only say that it does not know."""
    made = stage("sms")
    log = Interrupted(made.faults)
    made.messages = log
    made.queue()
    (waiting,) = made.waiting.values()

    def much_later() -> None:
        made.later(timedelta(hours=1))
        assert not handle([waiting], made.sending, lambda: made.time_left, made.dead_letters).again
        assert made.logged.status is Status.UNCERTAIN

    log.meanwhile = much_later
    made.invoke()

    assert (made.logged.status, made.logged.reason, len(made.sms.sent)) == (Status.SENT, None, 1)


@pytest.mark.parametrize("failure", [ProviderThrottled("too fast"), ProviderUnavailable("down")])
@pytest.mark.parametrize("death", range(1, 12))
def test_a_function_that_dies_after_any_call_of_a_try_that_came_to_nothing_sends_at_most_once(
    failure: Exception, death: int
) -> None:
    made = stage("sms")
    made.sms.failures.append(failure)
    made.queue()
    made.faults.die_after = death
    died_after = None
    for _ in range(2):
        try:
            made.invoke()
        except Died:
            died_after = made.faults.made[-1]
        made.later()
    made.faults.die_after = None
    until_done(made)

    assert len(made.sms.sent) <= 1
    if made.logged.status is Status.UNCERTAIN:
        assert died_after in ("messages.claim", "sms"), "only a claim that outlived its function is uncertain"
    else:
        assert (made.logged.status, len(made.sms.sent)) == (Status.SENT, 1)
        assert [event.name for event in made.said.values()] == ["Notification Sent"]
    assert made.messages.spent["sms 2026-11-21"] == 10_000


def test_a_function_that_dies_while_a_message_is_put_aside_loses_nothing() -> None:
    for death in range(1, 9):
        made = stage("sms")
        made.sms.failures.append(RuntimeError("a bug"))
        made.bugs(9)
        made.queue()
        made.faults.die_after = death
        for _ in range(4):
            with suppress(Died):
                made.invoke()
            made.later()
        made.faults.die_after = None
        until_done(made)

        assert set(made.dead_letters.letters), "a letter twice is better than none"
        assert made.sms.tried == 0


@pytest.mark.parametrize("call", ["claim", "decline"])
def test_a_log_that_cannot_be_written_before_sending_loses_and_sends_nothing(call: str) -> None:
    made = stage("sms")
    if call == "decline":
        made.person(**{**ADA, "consents": {"sms": False}})
    made.messages.failing.append(call)
    made.queue()

    assert made.invoke() == ["q1"]
    assert (made.messages.items, made.sms.sent) == ({}, [])
    until_done(made)
    assert made.logged.status is (Status.SENT if call == "claim" else Status.SKIPPED)


def test_a_claim_that_could_not_be_given_back_is_uncertain_rather_than_sent_twice() -> None:
    made = stage("sms")
    made.sms.failures.append(ProviderUnavailable("down"))
    made.messages.failing.append("release")
    made.queue()

    assert made.invoke() == ["q1"]
    until_done(made)
    assert (made.logged.status, made.sms.sent) == (Status.UNCERTAIN, [])


def test_a_stream_that_does_not_take_what_was_sent_is_told_again_without_sending_again() -> None:
    made = stage("sms")
    made.stream.item_faults.planned.append("all")
    made.queue()

    assert made.invoke() == ["q1"]
    assert made.logged.status is Status.SENT
    until_done(made)
    assert (len(made.sms.sent), len(made.said)) == (1, 1)


def test_what_is_said_again_is_the_same_event() -> None:
    made = stage("sms")
    made.queue()
    made.invoke()
    made.later()
    made.queue()
    made.invoke()

    first, second = (record.events[0] for record in made.stream.records)
    assert (first.id, first.name, first.occurred_at) == (second.id, second.name, second.occurred_at)
