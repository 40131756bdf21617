"""The send stage on fakes, and a queue that delivers to it as SQS does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.send.batch import handle
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
from shared.events import Event
from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.devices.device import Device, Devices
from shared.fold.parts.traits import Traits
from shared.fold.profile import Changes, Pointer, Profile
from shared.fold.state import States
from shared.messaging.channels import Channel
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import message_id
from shared.messaging.sending_limits import FUNCTION_TAKES
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.model import (
    Campaign,
    EmailSettings,
    EventDefinition,
    Settings,
    SmsSettings,
    Template,
    Webhook,
    Workspace,
)
from simulation.ports.announced import FakeDeadLetters
from simulation.ports.faults import Faults
from simulation.ports.messages import FakeMessages
from simulation.ports.profiles import FakeProfiles
from simulation.ports.providers import FakeEmail, FakePush, FakeSms, FakeWebhook
from simulation.ports.stream import FakeStream
from simulation.ports.workspaces import FakeWorkspaces

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TIMEOUT = FUNCTION_TAKES
VISIBLE_AGAIN = timedelta(hours=2)
SLACK_URL = "https://hooks.slack.com/services/T0/B0/secret"

SHOP = Workspace(
    events=(EventDefinition(id="Complete Purchase", name="Kauf"),),
    campaigns=tuple(
        Campaign(
            id=f"by-{channel}",
            name=channel,
            event="Complete Purchase",
            channel=channel,
            template=channel,
            webhook="crm" if channel == "webhook" else None,
            receiver="orders" if channel == "slack" else None,
        )
        for channel in ("email", "sms", "push", "webhook", "slack")
    ),
    templates=(
        Template(
            id="email",
            channel="email",
            parts={
                "subject": "Thanks, {{ traits.name | default: 'friend' }}",
                "html": "<b>{{ properties.amount }}</b>",
            },
        ),
        Template(
            id="sms", channel="sms", parts={"text": "{{ properties.amount }} {{ properties.currency }} paid"}
        ),
        Template(id="push", channel="push", parts={"title": "Paid", "text": "{{ properties.amount }}"}),
        Template(
            id="webhook", channel="webhook", parts={"body": '{"amount": {{ properties.amount | json }}}'}
        ),
        Template(
            id="slack", channel="slack", parts={"text": "Paid: {{ traits.name | default: 'somebody' }}"}
        ),
    ),
    settings=Settings(
        email=EmailSettings(sender="shop@shop.example"),
        sms=SmsSettings(allowed_prefixes=("+1",), daily_spend_usd=1.0, price_usd=0.01, sender_id="Shop"),
        webhooks={"crm": Webhook(url="https://crm.example/hook?key=k1")},
        receivers={"slack": ("orders",)},
    ),
)


TWO_RECEIVERS = SHOP.model_copy(
    update={
        "campaigns": (
            *SHOP.campaigns,
            SHOP.campaigns[3].model_copy(update={"id": "by-erp", "webhook": "erp"}),
        ),
        "settings": SHOP.settings.model_copy(
            update={
                "webhooks": {
                    "crm": Webhook(url="https://crm.example/hook"),
                    "erp": Webhook(url="https://erp.example/hook"),
                }
            }
        ),
    }
)
"""A second webhook, on another host, and its campaign."""


class FaultyProfiles(FakeProfiles):
    """The next loads raise what nobody foresaw."""

    def __init__(self, bugs: int, faults: Faults) -> None:
        super().__init__(faults)
        self.bugs = bugs

    def load(self, keys: Collection[str]) -> dict[str, Profile | Pointer]:
        if self.bugs:
            self.bugs -= 1
            raise RuntimeError("a bug")
        return super().load(keys)


class SendStage:
    """Everything outside survives when a function dies. A message that goes back comes again after three minutes."""

    def __init__(self, channel: Channel, workspace: Workspace = SHOP) -> None:
        self.channel: Channel = channel
        self.faults = Faults()
        self.now = NOON
        self.messages = FakeMessages(self.faults)
        self.profiles = FakeProfiles(self.faults)
        self.stream = FakeStream(self.faults)
        self.workspaces = FakeWorkspaces(workspace)
        self.email, self.sms = FakeEmail(self.faults), FakeSms(self.faults)
        self.push, self.webhook = FakePush(self.faults), FakeWebhook(self.faults)
        self.secrets: dict[str, str] = {"crm": "s3cret"}
        self.slack_urls: dict[str, str] = {"orders": SLACK_URL}
        self.waiting: dict[str, dict[str, Any]] = {}
        self.pauses: dict[str, int] = {}
        """Of what the latest invocation gave back: seconds until it comes again."""
        self.time_left = TIMEOUT
        self.rate: float | None = None
        self.pace = Pace(
            lambda: self.rate, functions=1, clock=self.ticks, sleep=self.sleep, jitter=lambda: 0.5
        )
        self.receivers = Receivers(self.ticks)
        self.dead_letters = FakeDeadLetters(self.faults)
        self._ids = itertools.count(1)

    @property
    def ways(self) -> dict[Channel, SendingChannel]:
        return {
            "email": EmailChannel(self.email),
            "sms": SmsChannel(self.sms),
            "push": PushChannel(self.push),
            "webhook": WebhookChannel(self.webhook, self.secrets.get, lambda: self.now),
            "slack": SlackChannel(self.webhook, self.slack_urls.get),
        }

    @property
    def delivered(self) -> int:
        """Messages that the channel's provider has; of push, devices."""
        return {
            "email": len(self.email.sent),
            "sms": len(self.sms.sent),
            "push": len({token for _, token, _ in self.push.sent}),
            "webhook": len(self.webhook.posted),
            "slack": len(self.webhook.posted),
        }[self.channel]

    @property
    def sending(self) -> Sending:
        return Sending(
            preparations={
                self.channel: Preparation(
                    channel=self.channel,
                    way=self.ways[self.channel],
                    profiles=self.profiles,
                    workspace=CurrentWorkspace(self.workspaces, None, lambda: 0.0),
                    clock=lambda: self.now,
                )
            },
            messages=self.messages,
            stream=self.stream,
            pace=self.pace,
            receivers=self.receivers,
            clock=lambda: self.now,
            ticks=self.ticks,
        )

    def bugs(self, count: int) -> None:
        """The next so many looks for a person fail in a way that nobody foresaw."""
        known = self.profiles
        self.profiles = FaultyProfiles(count, self.faults)
        self.profiles._items = known._items

    def ticks(self) -> float:
        return (self.now - NOON).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def person(self, key: str = "user:u1", *, devices: Sequence[Device] = (), **facts: Any) -> None:
        """Store a person: `consents` by channel, everything else traits; what is there already is replaced."""
        consents = {name: Consent(given, NOON) for name, given in facts.pop("consents", {}).items()}
        states = States(traits=Traits(facts), consents=Consents(consents), devices=Devices(tuple(devices)))
        stored = self.profiles.load([key]).get(key)
        profile = Profile(key, version=stored.version if stored else 0, states=states)
        self.profiles.save(Changes(profiles=(profile,)), at=self.now)
        self.faults.calls = 0

    def queue(
        self,
        person: str = "user:u1",
        *,
        event_id: str = "e1",
        campaign: str | None = None,
        requested_at: datetime = NOON,
        **properties: Any,
    ) -> MessageRequested:
        """The bus delivers a request to the queue."""
        event = Event(
            id=event_id,
            type="track",
            name="Complete Purchase",
            user_id="u1",
            source="shop",
            protocol="headrace",
            properties={"amount": 1500, "currency": "USD", **properties},
            occurred_at=NOON,
            received_at=NOON,
        )
        campaign = campaign or f"by-{self.channel}"
        request = MessageRequested(
            id=message_id(campaign, event),
            channel=self.channel,
            campaign=campaign,
            person=person,
            event=event,
            depth=2,
            requested_at=requested_at,
            workspace=1,
        )
        self.queue_body(
            json.dumps(
                {
                    "detail-type": "Message Requested",
                    "source": "headrace",
                    "detail": request.model_dump(mode="json", exclude_defaults=True),
                }
            )
        )
        return request

    def queue_body(self, body: str) -> None:
        number = next(self._ids)
        self.waiting[f"q{number}"] = {
            "messageId": f"q{number}",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "0"},
        }

    def invoke(self) -> list[str]:
        """One invocation with everything that waits; the ids of what goes back. A message done leaves the queue."""
        for message in self.waiting.values():
            received = int(message["attributes"]["ApproximateReceiveCount"])
            message["attributes"] = {"ApproximateReceiveCount": str(received + 1)}
        ends = self.now + self.time_left
        handled = handle(
            list(self.waiting.values()), self.sending, lambda: ends - self.now, self.dead_letters
        )
        self.waiting = {name: one for name, one in self.waiting.items() if name in handled.again}
        self.pauses = handled.again
        return list(handled.again)

    def later(self, by: timedelta = VISIBLE_AGAIN) -> None:
        self.now += by

    def reconfigure(self, **changes: Any) -> None:
        """Apply another workspace version with these settings."""
        latest = self.workspaces.latest_version()
        workspace = self.workspaces.load(latest)
        settings = workspace.settings.model_copy(update=changes)
        self.workspaces.apply(
            workspace.model_copy(update={"settings": settings}), after=latest, at=NOON, by="test"
        )

    @property
    def said(self) -> dict[str, Event]:
        """What is on the stream, by id: an event that was said twice is one."""
        return {event.id: event for event in self.stream.events}

    @property
    def logged(self) -> LoggedMessage:
        (message,) = self.messages.items.values()
        return message


def device(name: str, platform: Any = "android", token: str | None = None) -> Device:
    """A device seen at noon, with a token of its own unless one is given."""
    return replace(Device(id=name, platform=platform, seen=NOON.date()), token=token or f"token-of-{name}")
