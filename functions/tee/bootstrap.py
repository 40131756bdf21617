"""The stage on its AWS adapters, made at the first invocation."""

from __future__ import annotations

import os
from functools import cache

from functions.tee.credentials import VendorCredentials
from functions.tee.environment import Environment
from functions.tee.forwarding import Forwarding, Vendor
from functions.tee.vendor_client import VendorClient
from shared.aws.queues.request_queue import SqsRequestQueue
from shared.aws.runtime import RUNTIME
from shared.aws.secrets import StackSecret
from shared.aws.tables.collecting_workspaces import DynamoCollectingWorkspaces
from shared.aws.tee.bodies import S3TeeBodies
from shared.aws.tee.log import DynamoTeeLog
from shared.ports.runtime import Runtime
from shared.stored.current_workspace import CurrentWorkspace


@cache
def environment() -> Environment:
    return Environment.read(os.environ)


@cache
def forwarding() -> Forwarding:
    names = environment()
    return forwarding_of(names, RUNTIME, VendorClient(allow_private=names.allow_private_vendors))


@cache
def queue() -> SqsRequestQueue:
    return SqsRequestQueue(environment().queue_url)


def forwarding_of(names: Environment, runtime: Runtime, vendor: Vendor) -> Forwarding:
    workspaces = DynamoCollectingWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket)
    return Forwarding(
        workspace=CurrentWorkspace(workspaces, None, runtime.ticks),
        credentials=VendorCredentials(StackSecret(names.outgoing_secret_arn), runtime.ticks).of,
        vendor=vendor,
        bodies=S3TeeBodies(names.workspace_bucket),
        log=DynamoTeeLog(names.tee_table, runtime.pause, runtime.draw),
        clock=runtime.now,
        ticks=runtime.ticks,
        threads=runtime.threads,
    )
