"""The stage on its AWS adapters, made at the first invocation: a SnapStart snapshot holds no socket."""

from __future__ import annotations

import os
from functools import cache

from functions.process.batch import Process
from functions.process.environment import Environment
from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.runtime import RUNTIME
from shared.aws.streams.bus import EventBridgeBus
from shared.aws.tables.failed_tries import DynamoFailedTries
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.garbage import look_seldom
from shared.ports.runtime import Runtime
from shared.stored.current_workspace import CurrentWorkspace


@cache
def process() -> Process:
    made = process_of(Environment.read(os.environ), RUNTIME)
    look_seldom()
    return made


def process_of(names: Environment, runtime: Runtime) -> Process:
    pause = runtime.pause
    return Process(
        profiles=DynamoProfiles(names.profiles_table),
        timeline=DynamoTimeline(names.timeline_table, pause),
        rejected=DynamoRejected(names.rejected_table, names.workspace_bucket),
        bus=EventBridgeBus(names.bus_name, pause),
        dead_letters=SqsDeadLetters(names.dead_letter_queue_url, names.workspace_bucket, pause),
        tries=DynamoFailedTries(names.rejected_table),
        workspace=CurrentWorkspace(
            DynamoWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket), None, runtime.ticks
        ),
        clock=runtime.now,
        threads=runtime.threads,
        pause=pause,
    )
