"""A send-function on its AWS adapters: one channel each."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from functions.send.channels.channel import SendingChannel
from functions.send.channels.email import EmailChannel
from functions.send.channels.push import PushChannel
from functions.send.channels.sms import SmsChannel
from functions.send.channels.webhook import WebhookChannel
from functions.send.environment import Environment
from functions.send.pace import Pace
from functions.send.rates import AccountRate
from functions.send.receivers import Receivers
from functions.send.sending import Sending
from functions.send.signing_secrets import SigningSecrets
from functions.send.webhook_client import WebhookClient
from shared.aws.messages.log import DynamoMessages
from shared.aws.providers.email import SesEmail, sending_quota
from shared.aws.providers.push import SnsPush
from shared.aws.providers.sms import SnsSms
from shared.aws.secrets import StackSecret
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.messaging.messages import Channel
from shared.workspace.current import CurrentWorkspace


def now() -> datetime:
    return datetime.now(UTC)


def _webhook(names: Environment) -> WebhookChannel:
    secrets = SigningSecrets(StackSecret(names.outgoing_secret_arn), time.monotonic)
    return WebhookChannel(WebhookClient(allow_private=names.allow_private_webhooks), secrets.of, now)


CHANNELS: dict[Channel, Callable[[Environment], SendingChannel]] = {
    "email": lambda _: EmailChannel(SesEmail()),
    "sms": lambda _: SmsChannel(SnsSms()),
    "push": lambda names: PushChannel(SnsPush(names.push_applications)),
    "webhook": _webhook,
}


def rate(names: Environment) -> Callable[[], float | None]:
    """Messages a second of the whole channel, as `Pace` asks for it."""
    if names.messages_per_second is not None:
        return lambda: names.messages_per_second
    if names.channel == "email":
        return AccountRate(sending_quota, time.monotonic).per_second
    return lambda: None


def sending(names: Environment) -> Sending:
    return Sending(
        channel=names.channel,
        way=CHANNELS[names.channel](names),
        messages=DynamoMessages(
            names.messages_table,
            kept=timedelta(days=names.message_log_days) if names.message_log_days else None,
        ),
        profiles=DynamoProfiles(names.profiles_table),
        stream=KinesisStream(names.stream_name),
        workspace=CurrentWorkspace(
            DynamoWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket), None, time.monotonic
        ),
        pace=Pace(
            rate(names),
            functions=names.concurrency,
            clock=time.monotonic,
            sleep=time.sleep,
            jitter=random.random,
        ),
        receivers=Receivers(time.monotonic),
        clock=now,
        ticks=time.monotonic,
    )
