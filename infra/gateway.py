"""The API in front of `collect`: an HTTP API or a REST API of API Gateway, as `settings.api` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.log_retention import RETENTION_DAYS
from infra.settings.model import Settings

ACCESS = {
    "time": "$context.requestTimeEpoch",
    "request": "$context.requestId",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "error": "$context.error.message",
    "integration": "$context.integrationErrorMessage",
}
"""The access log's fields. Paths are not: some formats have a key in them, others a person's id or address."""

KEYS_NOT_USERS = "Senders authorise with their source's write key, which the function checks."


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """`url` is the address for clients, without a slash at its end. `stage` is a reference, so that resources that need
    the stage wait for it. `dimensions` and the names of errors are those of CloudWatch's namespace AWS/ApiGateway."""

    kind: Literal["http", "rest"]
    api_id: str
    stage: str
    url: str
    access_log: logs.ILogGroup
    dimensions: Mapping[str, str]
    client_errors: str
    server_errors: str


def api_name(settings: Settings) -> str:
    return f"headrace-{settings.stage}-collect"


def access_log(scope: Construct, settings: Settings) -> logs.LogGroup:
    """The access log, for requests that never reach the function. (The function logs each request that it gets.)"""
    return logs.LogGroup(
        scope,
        "AccessLog",
        # The prefix spares the account's policy for log delivery, which has room for few groups.
        log_group_name=f"/aws/vendedlogs/{api_name(settings)}",
        retention=RETENTION_DAYS[settings.log_days],
        removal_policy=RemovalPolicy.DESTROY,
    )


def access_format(**more: str) -> str:
    return json.dumps({**ACCESS, **more})
