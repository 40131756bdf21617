"""The stage on its AWS adapters, made at the first invocation: a SnapStart snapshot holds no socket."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache

from functions.process.batch import Process
from functions.process.environment import Environment
from functions.process.garbage import look_seldom
from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.streams.bus import EventBridgeBus
from shared.aws.tables.failed_tries import DynamoFailedTries
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.stored.current_workspace import CurrentWorkspace


@cache
def process() -> Process:
    names = Environment.read()
    made = Process(
        profiles=DynamoProfiles(names.profiles_table),
        timeline=DynamoTimeline(names.timeline_table),
        rejected=DynamoRejected(names.rejected_table, names.workspace_bucket),
        bus=EventBridgeBus(names.bus_name),
        dead_letters=SqsDeadLetters(names.dead_letter_queue_url, names.workspace_bucket),
        tries=DynamoFailedTries(names.rejected_table),
        workspace=CurrentWorkspace(
            DynamoWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket), None, time.monotonic
        ),
        clock=lambda: datetime.now(UTC),
    )
    look_seldom()
    return made
