"""A send-function, for the channels of one queue, on its AWS adapters, made at the first invocation: a snapshot holds
no socket."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from functions.send.channels import module_of
from functions.send.channels.channel import Bootstrapped
from functions.send.environment import Environment
from functions.send.pacing.pace import Pace
from functions.send.pacing.receivers import Receivers
from functions.send.preparation import Preparation
from functions.send.sending import Sending
from shared.aws.messages.log import DynamoMessages
from shared.aws.queues.request_dead_letters import SqsRequestDeadLetters
from shared.aws.queues.request_queue import SqsRequestQueue
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.messaging.channels import QUEUES
from shared.stored.current_workspace import CurrentWorkspace


def now() -> datetime:
    return datetime.now(UTC)


@cache
def environment() -> Environment:
    return Environment.read()


@cache
def queue() -> SqsRequestQueue:
    return SqsRequestQueue(environment().queue_url)


@cache
def dead_letters() -> SqsRequestDeadLetters:
    return SqsRequestDeadLetters(environment().dead_letters_url)


@cache
def sending() -> Sending:
    names = environment()
    workspace = CurrentWorkspace(
        DynamoWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket), None, time.monotonic
    )
    made = {channel: module_of(channel).bootstrap(names) for channel in QUEUES[names.queue]}
    return Sending(
        preparations={
            channel: Preparation(
                channel=channel,
                way=one.way,
                profiles=DynamoProfiles(names.profiles_table),
                workspace=workspace,
                clock=now,
            )
            for channel, one in made.items()
        },
        messages=DynamoMessages(
            names.messages_table,
            kept=timedelta(days=names.message_log_days) if names.message_log_days else None,
        ),
        stream=KinesisStream(names.stream_name),
        pace=Pace(
            rate(names, made[names.queue]),
            functions=names.concurrency,
            clock=time.monotonic,
            sleep=time.sleep,
            jitter=random.random,
        ),
        receivers=Receivers(time.monotonic),
        clock=now,
        ticks=time.monotonic,
    )


def rate(names: Environment, made: Bootstrapped) -> Callable[[], float | None]:
    """Messages a second of the whole queue, as `Pace` asks for it: the settings' word before the provider's."""
    return made.rate if names.messages_per_second is None else lambda: names.messages_per_second
