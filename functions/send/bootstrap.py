"""A send-function, for the channels of one queue, on its AWS adapters, made at the first invocation: a snapshot holds
no socket."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from functions.send.channels import module_of
from functions.send.channels.channel import Bootstrapped, MakeClient
from functions.send.environment import Environment
from functions.send.pacing.pace import Pace
from functions.send.pacing.receivers import Receivers
from functions.send.preparation import Preparation
from functions.send.sending import Sending
from shared.aws.messages.log import DynamoMessages
from shared.aws.queues.request_dead_letters import SqsRequestDeadLetters
from shared.aws.queues.request_queue import SqsRequestQueue
from shared.aws.runtime import RUNTIME
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.messaging.channels import QUEUES
from shared.messaging.providers import WebhookProvider
from shared.ports.runtime import Runtime
from shared.stored.current_workspace import CurrentWorkspace


@cache
def environment() -> Environment:
    return Environment.read(os.environ)


@cache
def queue() -> SqsRequestQueue:
    return SqsRequestQueue(environment().queue_url)


@cache
def dead_letters() -> SqsRequestDeadLetters:
    return SqsRequestDeadLetters(environment().dead_letters_url)


@cache
def sending() -> Sending:
    return sending_of(environment(), RUNTIME, outgoing_client)


def outgoing_client(*, allow_private: bool) -> WebhookProvider:
    """Loaded by the channels that call addresses themselves."""
    from functions.send.outgoing_client import OutgoingClient

    return OutgoingClient(allow_private=allow_private)


def sending_of(names: Environment, runtime: Runtime, client: MakeClient) -> Sending:
    """`client` makes what calls the addresses that operators gave."""
    workspace = CurrentWorkspace(
        DynamoWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket), None, runtime.ticks
    )
    made = {channel: module_of(channel).bootstrap(names, runtime, client) for channel in QUEUES[names.queue]}
    return Sending(
        preparations={
            channel: Preparation(
                channel=channel,
                way=one.way,
                profiles=DynamoProfiles(names.profiles_table),
                workspace=workspace,
                clock=runtime.now,
            )
            for channel, one in made.items()
        },
        messages=DynamoMessages(
            names.messages_table,
            kept=timedelta(days=names.message_log_days) if names.message_log_days else None,
            clock=runtime.now,
            pause=runtime.pause,
            new_id=runtime.new_id,
        ),
        stream=KinesisStream(names.stream_name, runtime.pause),
        pace=Pace(
            rate(names, made[names.queue]),
            functions=names.concurrency,
            clock=runtime.ticks,
            sleep=runtime.sleep,
            jitter=runtime.draw,
        ),
        receivers=Receivers(runtime.ticks),
        clock=runtime.now,
        ticks=runtime.ticks,
        new_id=runtime.new_id,
    )


def rate(names: Environment, made: Bootstrapped) -> Callable[[], float | None]:
    """Messages a second of the whole queue, as `Pace` asks for it: the settings' word before the provider's."""
    return made.rate if names.messages_per_second is None else lambda: names.messages_per_second
