"""A laptop stack has a workspace: the one given when it is new, later whatever was applied to it."""

from __future__ import annotations

import time
from pathlib import Path

from cli.commands.apply import apply_workspace
from cli.commands.keys import sources
from cli.console import step
from cli.stacks import Stack
from shared.aws.secrets import StackSecret
from shared.aws.workspaces import DynamoWorkspaces
from shared.current_workspace import CurrentWorkspace


def ensure_workspace(directory: Path) -> dict[str, str]:
    """Apply it unless something was applied before. The write keys by source id. Raises Problem, Unavailable."""
    stack = Stack.load()
    workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
    if workspaces.latest_version() == 0:
        with step(f"Applying the workspace {directory.name}"):
            apply_workspace(directory, None)
    secret = StackSecret(stack["SecretArn"])
    rows = sources(CurrentWorkspace(workspaces, secret, time.monotonic).get(), secret.read())
    return {row["source"]: row["write_key"] for row in rows if row["source"] and row["write_key"]}
