"""The stage on its AWS adapters, made at the first invocation.

Where Lambda takes a snapshot of the function before that (SnapStart), every environment goes on from the same memory.
What is slow to make and the same for all is made before it, `prepare`: modules and AWS clients, of which none has
connected to its service. Nothing is drawn before it, and nothing read: no id, no workspace, no secret. AWS credentials
come from Lambda's own endpoint then, and botocore asks there anew before those of the snapshot expire.
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.collect import protocols
from functions.collect.auth.quota import Quota
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.environment import Environment
from functions.collect.work import Resources
from shared.aws.clients import client
from shared.aws.secrets import StackSecret
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.collecting_workspaces import DynamoCollectingWorkspaces
from shared.failures import Unavailable
from shared.ports.rejected import Rejected
from shared.ports.tee import TeeQueue
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.collecting import CollectingWorkspace

if TYPE_CHECKING:  # few requests ask for them
    from functions.collect.adapter.lookups import Lookups


def is_before_a_snapshot() -> bool:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def prepare() -> None:
    """What a first request would wait for: the clients of the table, the bucket and the stream, and every format."""
    for service in ("dynamodb", "s3", "kinesis"):
        client(service)
    for name in protocols.NAMES:
        protocols.wire_format(name)


@cache
def environment() -> Environment:
    return Environment.read()


@cache
def workspace() -> CurrentWorkspace[CollectingWorkspace]:
    names = environment()
    store = DynamoCollectingWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket)
    return CurrentWorkspace(store, StackSecret(names.secret_arn), time.monotonic)


@cache
def resources() -> Resources:
    # botocore's pauses between tries are drawn: as the snapshot has it, the same ones in every environment.
    random.seed()
    names = environment()
    return Resources(
        workspace=workspace(),
        secrets=SourceSecrets(StackSecret(names.secret_arn), time.monotonic),
        stream=KinesisStream(names.stream_name),
        rejected=rejected,
        quota=Quota(time.monotonic),
        lookups=lookups,
        tee_queue=tee_queue,
        clock=now,
    )


@cache
def rejected() -> Rejected:
    """Loaded when the first event is rejected."""
    from shared.aws.tables.rejected import DynamoRejected

    return DynamoRejected(environment().rejected_table, environment().workspace_bucket)


@cache
def tee_queue() -> TeeQueue:
    """Loaded when a source that has a tee sends something."""
    from shared.aws.tee.queue import SqsTeeQueue

    return SqsTeeQueue(environment().tee_queue_url, environment().workspace_bucket)


def lookups(judged_by: CollectingWorkspace) -> Lookups:
    """What it needs is loaded when it is first asked: most functions only ever take events."""
    from functions.collect.stored_lookups import StoredLookups
    from shared.aws.tables.profiles import DynamoProfiles

    return StoredLookups(judged_by, DynamoProfiles(environment().profiles_table), workspace(), define)


def define(asked: dict[str, Any]) -> dict[str, Any]:
    """By the function that may. Raises Unavailable: also when it failed, for the same call may work later."""
    from shared.aws.stack.invocations import FunctionFailed, invoke

    try:
        answered: dict[str, Any] = invoke(environment().define_function, asked)
    except FunctionFailed as error:
        raise Unavailable(str(error)) from error
    return answered


def now() -> datetime:
    """UTC, in milliseconds: more is not kept."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
