"""Many messages at once, in simulated time: the functions the stack runs, on its queue, against a provider with limits.

The queue's and the functions' numbers are the stack's own; tests/infra/test_dead_letters.py holds the template to them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.send.batch import handle
from functions.send.channels.channel import SendingChannel
from functions.send.channels.email import EmailChannel
from functions.send.channels.webhook import WebhookChannel
from functions.send.pacing.pace import Pace
from functions.send.pacing.rates import AccountRate
from functions.send.pacing.receivers import Receivers
from functions.send.preparation import Preparation
from functions.send.sending import Sending
from infra.settings.model import Settings
from infra.settings.stages import DEV, PROD
from shared.bus_entries import MessageRequested
from shared.messaging.channels import CHANNELS, Channel
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import LONGEST_WAIT, Status
from shared.messaging.sending_limits import FUNCTION_TAKES, MOST_RECEIVES, QUEUE_KEEPS
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import Workspace
from simulation.ports.messages import FakeMessages
from simulation.ports.providers import FakeWebhook
from tests.fakes.queue import FakeQueue
from tests.fakes.send_stage import NOON, SHOP, TWO_RECEIVERS, SendStage
from tests.fakes.sending_account import FakeAccount
from tests.fakes.virtual_time import VirtualTime

STARTING, POLLING, LONGEST_POLLING = 0.01, 0.5, 60.0
"""Seconds between two invocations of one function, and between two looks at a queue that shows nothing."""

LOG_TAKES = (0.004, 0.015)
"""Seconds of one write to the message log."""

DAY = 24 * 3600.0

Rate = Callable[[], float | None]


class SlowMessages(FakeMessages):
    """The log takes its time, not always the same."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__()
        self._sleep = sleep
        self._random = random.Random(11)

    def claim(self, *request: Any, **claim: Any) -> LoggedMessage | None:
        self._sleep(self._random.uniform(*LOG_TAKES))
        return super().claim(*request, **claim)

    def record(self, *request: Any, **outcome: Any) -> None:
        self._sleep(self._random.uniform(*LOG_TAKES))
        super().record(*request, **outcome)


class Load:
    """A channel's queue, and as many functions as may send at once, each in a container of its own."""

    def __init__(self, channel: Channel, *, functions: int, workspace: Workspace = SHOP) -> None:
        self.channel: Channel = channel
        self.functions = functions
        self.time = VirtualTime()
        self._random = random.Random(5)
        self.done_at = 0.0
        self.stage = SendStage(channel, workspace)
        self.stage.messages = SlowMessages(self.time.sleep)
        self.stage.person(email="ada@x.example")
        self.queue = FakeQueue(
            self.clock,
            visibility=6 * FUNCTION_TAKES.total_seconds(),
            most_receives=MOST_RECEIVES,
            keeps=QUEUE_KEEPS.total_seconds(),
        )

    def clock(self) -> float:
        return self.time.now

    def _now(self) -> datetime:
        return NOON + timedelta(seconds=self.time.now)

    def fill(self, messages: int, campaign: str | None = None) -> list[MessageRequested]:
        requests = []
        for number in range(messages):
            requests.append(self.stage.queue(event_id=f"{campaign or 'e'}{number}", campaign=campaign))
            ((_, queued),) = self.stage.waiting.items()
            self.stage.waiting.clear()
            self.queue.send(queued["body"])
        return requests

    def run(
        self,
        way: SendingChannel,
        rate: Callable[[], Rate],
    ) -> float:
        """Until the queue is empty: the seconds that took. `rate` makes a container's."""
        for number in range(self.functions):
            self.time.start(lambda: self._container(way, rate), after=number * STARTING)
        self.time.run()
        return self.done_at

    def _container(self, way: SendingChannel, rate: Callable[[], Rate]) -> None:
        sending = Sending(
            preparations={
                self.channel: Preparation(
                    channel=self.channel,
                    way=way,
                    profiles=self.stage.profiles,
                    workspace=CurrentWorkspace(self.stage.workspaces, None, self.clock),
                    clock=self._now,
                )
            },
            messages=self.stage.messages,
            stream=self.stage.stream,
            pace=Pace(
                rate(),
                functions=self.functions,
                clock=self.clock,
                sleep=self.time.sleep,
                jitter=self._random.random,
            ),
            receivers=Receivers(self.clock),
            clock=self._now,
            ticks=self.clock,
        )
        while self.queue.messages:
            batch = self.queue.receive(CHANNELS[self.channel].batch_size)
            if batch:
                self._invoke(batch, sending)
                self.time.sleep(STARTING)
                continue
            self.time.sleep(min(LONGEST_POLLING, max(POLLING, self.queue.next_visible)))

    def _invoke(self, batch: list[dict[str, object]], sending: Sending) -> None:
        ends = self.time.now + FUNCTION_TAKES.total_seconds()
        handled = handle(
            batch, sending, lambda: timedelta(seconds=ends - self.time.now), self.stage.dead_letters
        )
        assert self.time.now <= ends, "no function is cut off"
        for message in batch:
            name = str(message["messageId"])
            if name in handled.again:
                self.queue.hide(name, handled.again[name])
            else:
                self.queue.delete(name)
                self.done_at = self.time.now

    @property
    def ended(self) -> dict[Status, int]:
        statuses = [one.status for one in self.stage.messages.items.values()]
        return {status: statuses.count(status) for status in set(statuses)}


@pytest.mark.parametrize("target", [DEV, PROD], ids=lambda target: target.stage)
def test_ten_thousand_emails_leave_once_each_at_the_rate_the_account_has(target: Settings) -> None:
    load = Load("email", functions=target.concurrency("email"))
    account = FakeAccount(per_second=14, clock=load.clock, sleep=load.time.sleep)
    requests = load.fill(10_000)

    seconds = load.run(EmailChannel(account), lambda: AccountRate(account.quota, load.clock).per_second)

    assert account.sent == {request.id: 1 for request in requests}
    assert load.ended == {Status.SENT: 10_000}
    assert load.queue.dead == load.queue.lost == []
    assert load.stage.dead_letters.letters == []
    assert 10_000 / 14 - 1 <= seconds <= 13 * 60
    assert {one.attempts for one in load.stage.messages.items.values()} == {1}


def test_a_quota_that_is_used_up_makes_messages_wait_for_the_next_day() -> None:
    """An account in the sandbox: one a second, so many a day; here 20, for five days."""
    load = Load("email", functions=DEV.concurrency("email"))
    account = FakeAccount(per_second=1, per_day=20, clock=load.clock, sleep=load.time.sleep)
    load.fill(100)

    seconds = load.run(EmailChannel(account), lambda: AccountRate(account.quota, load.clock).per_second)

    assert (account.sent.total(), load.ended) == (100, {Status.SENT: 100})
    assert load.queue.dead == load.queue.lost == []
    assert 4 * DAY <= seconds <= 4.5 * DAY
    assert {one.attempts for one in load.stage.messages.items.values()} == {1}


def test_what_a_quota_never_lets_through_expires_and_is_no_dead_letter() -> None:
    load = Load("email", functions=DEV.concurrency("email"))
    account = FakeAccount(per_second=1, per_day=1, clock=load.clock, sleep=load.time.sleep)
    load.fill(20)

    seconds = load.run(EmailChannel(account), lambda: AccountRate(account.quota, load.clock).per_second)

    assert load.ended == {Status.SENT: 13, Status.EXPIRED: 7}
    assert load.queue.dead == load.queue.lost == []
    assert LONGEST_WAIT.total_seconds() <= seconds < QUEUE_KEEPS.total_seconds()


def test_a_slow_receiver_gets_every_message_and_none_is_given_up_untried() -> None:
    """Five seconds an answer: with ten in a batch and five deliveries, 7.7 % became dead letters, untried."""
    load = Load("webhook", functions=PROD.concurrency("webhook"))
    receiver = FakeWebhook()
    receiver.seconds, receiver.sleep = {"crm.example": 5.0}, load.time.sleep
    load.fill(200)

    load.run(WebhookChannel(receiver, lambda _: "s3cret", lambda: NOON), lambda: lambda: None)

    assert len(receiver.posted) == 200
    assert load.ended == {Status.SENT: 200}
    assert load.queue.dead == []
    assert {one.attempts for one in load.stage.messages.items.values()} == {1}


def test_others_do_not_wait_for_all_that_a_slow_receiver_has_before_them() -> None:
    """In their order of arrival, they would wait for 400 answers of 5 s, two at a time: a thousand seconds."""
    load = Load("webhook", functions=DEV.concurrency("webhook"), workspace=TWO_RECEIVERS)
    receiver = FakeWebhook()
    receiver.seconds, receiver.sleep = {"crm.example": 5.0}, load.time.sleep
    slow = load.fill(400)
    others = load.fill(40, campaign="by-erp")

    load.run(WebhookChannel(receiver, lambda _: "s3cret", lambda: NOON), lambda: lambda: None)

    assert load.ended == {Status.SENT: 440}
    assert load.queue.dead == []
    sent = {one.id: (one.updated_at - NOON).total_seconds() for one in load.stage.messages.items.values()}
    assert max(sent[one.id] for one in others) < 60
    assert max(sent[one.id] for one in slow) >= 400 * 5 / 2
