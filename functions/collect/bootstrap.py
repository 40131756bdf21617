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
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from functions.collect import protocols
from functions.collect.auth.quota import Quota
from functions.collect.auth.source_secrets import SourceSecrets
from functions.collect.environment import Environment
from functions.collect.work import Resources
from shared.aws.clients import client
from shared.aws.runtime import RUNTIME
from shared.aws.secrets import StackSecret
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.collecting_workspaces import DynamoCollectingWorkspaces
from shared.failures import Unavailable
from shared.ports.rejected import Rejected
from shared.ports.runtime import Runtime
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
def collecting() -> Collecting:
    return Collecting(Environment.read(os.environ), RUNTIME)


@cache
def resources() -> Resources:
    # botocore's pauses between tries are drawn: as the snapshot has it, the same ones in every environment.
    random.seed()
    return collecting().resources()


class Collecting:
    """The stage, put together. What few requests ask for is loaded and made when the first one does."""

    def __init__(self, names: Environment, runtime: Runtime) -> None:
        self.names = names
        self.runtime = runtime

    def resources(self) -> Resources:
        return Resources(
            workspace=self.workspace,
            secrets=self.source_secrets(),
            stream=self.stream(),
            rejected=lambda: self.rejected,
            quota=Quota(self.runtime.ticks),
            lookups=self.lookups,
            tee_queue=lambda: self.tee_queue,
            clock=self.now,
            new_id=self.runtime.new_id,
        )

    def source_secrets(self) -> SourceSecrets:
        return SourceSecrets(StackSecret(self.names.secret_arn), self.runtime.ticks)

    def stream(self) -> KinesisStream:
        return KinesisStream(self.names.stream_name, self.runtime.pause)

    @cached_property
    def workspace(self) -> CurrentWorkspace[CollectingWorkspace]:
        names = self.names
        store = DynamoCollectingWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket)
        return CurrentWorkspace(store, StackSecret(names.secret_arn), self.runtime.ticks)

    @cached_property
    def rejected(self) -> Rejected:
        from shared.aws.tables.rejected import DynamoRejected

        return DynamoRejected(self.names.rejected_table, self.names.workspace_bucket, self.runtime.now)

    @cached_property
    def tee_queue(self) -> TeeQueue:
        from shared.aws.tee.queue import SqsTeeQueue

        return SqsTeeQueue(self.names.tee_queue_url, self.names.workspace_bucket)

    def lookups(self, judged_by: CollectingWorkspace) -> Lookups:
        from functions.collect.stored_lookups import StoredLookups
        from shared.aws.tables.profiles import DynamoProfiles

        return StoredLookups(
            judged_by, DynamoProfiles(self.names.profiles_table), self.workspace, self.define
        )

    def define(self, asked: dict[str, Any]) -> dict[str, Any]:
        """By the function that may. Raises Unavailable: also when it failed, for the same call may work later."""
        from shared.aws.stack.invocations import FunctionFailed, invoke

        try:
            answered: dict[str, Any] = invoke(self.names.define_function, asked)
        except FunctionFailed as error:
            raise Unavailable(str(error)) from error
        return answered

    def now(self) -> datetime:
        """UTC, in milliseconds: more is not kept."""
        at = self.runtime.now()
        return at.replace(microsecond=at.microsecond // 1000 * 1000)
