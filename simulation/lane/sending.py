"""The send stage: every decision is its own, and the providers take everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from functions.send.channels.channel import SendingChannel
from functions.send.channels.email import EmailChannel
from functions.send.channels.push import PushChannel
from functions.send.channels.slack import SlackChannel
from functions.send.channels.sms import SmsChannel
from functions.send.channels.webhook import WebhookChannel
from functions.send.pacing.pace import Pace
from functions.send.pacing.receivers import Receivers
from functions.send.preparation import Preparation
from functions.send.sending import Sending
from shared.bus_entries import MessageRequested
from shared.messaging.channels import Channel
from shared.ports.people import Profiles
from shared.ports.runtime import NewId
from shared.ports.streams import Stream
from shared.stored.current_workspace import CurrentWorkspace
from simulation.lane.entries import Outcome
from simulation.ports.messages import FakeMessages
from simulation.ports.providers import FakeEmail, FakePush, FakeSms, FakeWebhook

ROOM = timedelta(minutes=1)
"""Nothing takes time here, so that any time is enough."""

RECEIVER = "https://hooks.slack.com/services/T0/B0/simulated"
"""A stack has one after `headrace receivers set`; here every receiver is set, and every webhook's secret made."""


def channels(clock: Callable[[], datetime]) -> dict[Channel, SendingChannel]:
    return {
        "email": EmailChannel(FakeEmail()),
        "sms": SmsChannel(FakeSms()),
        "push": PushChannel(FakePush()),
        "webhook": WebhookChannel(FakeWebhook(), lambda name: name, clock),
        "slack": SlackChannel(FakeWebhook(), lambda _: RECEIVER),
    }


class Messages:
    """Messages are sent, or not, as soon as they are asked for."""

    def __init__(
        self,
        profiles: Profiles,
        workspace: CurrentWorkspace,
        stream: Stream,
        clock: Callable[[], datetime],
        new_id: NewId,
    ) -> None:
        self._clock = clock
        self._log = FakeMessages()
        self._sending = Sending(
            preparations={
                channel: Preparation(channel, way, profiles, workspace, clock)
                for channel, way in channels(clock).items()
            },
            messages=self._log,
            stream=stream,
            pace=Pace(lambda: None, functions=1, clock=_never, sleep=_no_pause, jitter=_never),
            receivers=Receivers(_never),
            clock=clock,
            ticks=_never,
            new_id=new_id,
        )

    def send(self, request: MessageRequested) -> Outcome:
        until = self._clock() + ROOM
        status = self._sending.send(request, begin_by=until, claim_until=until)
        return Outcome(status, self._log.items[request.id].reason)


def _never() -> float:
    return 0.0


def _no_pause(_: float) -> None:
    return
