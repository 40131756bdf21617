"""The stage on its AWS adapters, made at the first invocation."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache

from functions.tee.credentials import VendorCredentials
from functions.tee.environment import Environment
from functions.tee.forwarding import Forwarding
from functions.tee.vendor_client import VendorClient
from shared.aws.queues.request_queue import SqsRequestQueue
from shared.aws.secrets import StackSecret
from shared.aws.tables.collecting_workspaces import DynamoCollectingWorkspaces
from shared.aws.tee.bodies import S3TeeBodies
from shared.aws.tee.log import DynamoTeeLog
from shared.stored.current_workspace import CurrentWorkspace


@cache
def environment() -> Environment:
    return Environment.read()


@cache
def forwarding() -> Forwarding:
    names = environment()
    workspaces = DynamoCollectingWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket)
    return Forwarding(
        workspace=CurrentWorkspace(workspaces, None, time.monotonic),
        credentials=VendorCredentials(StackSecret(names.outgoing_secret_arn), time.monotonic).of,
        vendor=VendorClient(allow_private=names.allow_private_vendors),
        bodies=S3TeeBodies(names.workspace_bucket),
        log=DynamoTeeLog(names.tee_table),
        clock=lambda: datetime.now(UTC),
        ticks=time.monotonic,
    )


@cache
def queue() -> SqsRequestQueue:
    return SqsRequestQueue(environment().queue_url)
