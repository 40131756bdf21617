"""The sources of the applied workspace, with their keys from the stack's secret."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.secrets import StackSecret
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.failures import Unavailable
from shared.stored.current_workspace import DEFAULT_SOURCE, CurrentWorkspace
from shared.workspace.model import Source, Workspace
from shared.workspace.write_keys import key_hash

RESTORE = (
    "If somebody overwrote the secret, restore its previous value first: "
    "docs/operating/restoring.md, The secrets. `headrace apply DIR` would create new "
    "keys, which no installed client has."
)


class SourceKeys(NamedTuple):
    """The keys of one source. A key is None if it was removed from the secret; a key pair also if the source does not
    have one."""

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
    return of_workspace(*read(stack))


def read(stack: Stack) -> tuple[Workspace, Mapping[str, Any]]:
    """The workspace that is applied, and the secret with its sources' keys. Raises Problem."""
    secret = StackSecret(stack["SecretArn"])
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    try:
        return CurrentWorkspace(workspaces, secret, time.monotonic).get(), secret.read()
    except Unavailable as error:
        raise Problem(f"The keys cannot be read: {error}") from error
    except (LookupError, ValueError) as error:  # it is read, and it is not what it was
        raise Problem(f"The keys cannot be read: {error}", RESTORE) from error


def of_workspace(workspace: Workspace, secret: Mapping[str, Any]) -> list[SourceKeys]:
    return [_of_source(source, secret) for source in workspace.sources]


def lacking(workspace: Workspace, secret: Mapping[str, Any]) -> list[str]:
    """What the applied workspace knows of its sources and the secret has no longer, or has otherwise: `write key of
    web`, …"""
    return [
        f"{what} of {source.id}"
        for source, found in zip(workspace.sources, of_workspace(workspace, secret), strict=True)
        for what, is_there in (
            ("write key", found.write_key and key_hash(found.write_key) in source.key_hashes),
            (
                "identity secret",
                found.identity_secret or workspace.version == 0,
            ),  # the built-in source has none
            (
                "key pair",
                (found.secret_access_key and found.access_key_id == source.access_key_id)
                or not source.key_pair,
            ),
        )
        if not is_there
    ]


def write_keys(found: list[SourceKeys]) -> dict[str, str]:
    """By source id; without those that have none."""
    return {one.source: one.write_key for one in found if one.write_key}


def preferred(found: list[SourceKeys]) -> str | None:
    """The source that is meant when none is named: the first for servers, else the first. None without a key."""
    usable = [one for one in found if one.write_key]
    for_servers = [one for one in usable if one.trust == "server"]
    return next((one.source for one in for_servers or usable), None)


def _of_source(source: Source, secret: Mapping[str, Any]) -> SourceKeys:
    known = _object(_object(secret, "sources"), source.id)
    made_at_deployment = _text(secret, "default_write_key") if source.id == DEFAULT_SOURCE else None
    pair = _object(known, "key_pair") if source.key_pair else {}
    return SourceKeys(
        source=source.id,
        trust=source.trust,
        policy=source.policy,
        write_key=made_at_deployment or _text(known, "write_key"),
        identity_secret=_text(known, "identity_secret"),
        access_key_id=_text(pair, "access_key_id"),
        secret_access_key=_text(pair, "secret_access_key"),
    )


def _object(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Empty where somebody put something else."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _text(of: Mapping[str, Any], name: str) -> str | None:
    found = of.get(name)
    return found if isinstance(found, str) and found else None
