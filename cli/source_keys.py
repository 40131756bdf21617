"""The sources of the applied workspace, with their keys out of the stack's secret."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.secrets import StackSecret
from shared.aws.workspaces import DynamoWorkspaces
from shared.current_workspace import DEFAULT_SOURCE, CurrentWorkspace
from shared.ports import Unavailable
from shared.workspace import Source, Workspace


class SourceKeys(NamedTuple):
    """A key is None when somebody took it out of the secret; a key pair also when the source wants none."""

    source: str
    trust: str
    policy: str
    write_key: str | None
    identity_secret: str | None
    access_key_id: str | None
    secret_access_key: str | None


def of_stack(stack: Stack) -> list[SourceKeys]:
    """In the order of the workspace's files. Raises Problem.

    The secret alone would not do: it keeps the keys of sources that are out of the workspace, which `collect` refuses.
    """
    secret = StackSecret(stack["SecretArn"])
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    try:
        return of_workspace(CurrentWorkspace(workspaces, secret, time.monotonic).get(), secret.read())
    except (Unavailable, LookupError, ValueError) as error:
        raise Problem(f"The keys cannot be read: {error}") from error


def of_workspace(workspace: Workspace, secret: Mapping[str, Any]) -> list[SourceKeys]:
    return [_of_source(source, secret) for source in workspace.sources]


def write_keys(found: list[SourceKeys]) -> dict[str, str]:
    """By source id; without those that have none."""
    return {one.source: one.write_key for one in found if one.write_key}


def preferred(found: list[SourceKeys]) -> str | None:
    """The source that is meant when none is named: the first for servers, else the first. None without a key."""
    usable = [one for one in found if one.write_key]
    for_servers = [one for one in usable if one.trust == "server"]
    return next((one.source for one in for_servers or usable), None)


def _of_source(source: Source, secret: Mapping[str, Any]) -> SourceKeys:
    known = secret.get("sources", {}).get(source.id, {})
    pair = known.get("key_pair", {}) if source.key_pair else {}
    return SourceKeys(
        source=source.id,
        trust=source.trust,
        policy=source.policy,
        write_key=secret.get("default_write_key") if source.id == DEFAULT_SOURCE else known.get("write_key"),
        identity_secret=known.get("identity_secret"),
        access_key_id=pair.get("access_key_id"),
        secret_access_key=pair.get("secret_access_key"),
    )
