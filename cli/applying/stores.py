"""Where a stack keeps its workspace and its secrets, and how a version of the workspace comes into force."""

from __future__ import annotations

import secrets as randomness
import time
from datetime import UTC, datetime
from typing import NamedTuple

from cli import source_keys
from cli.problem import Problem
from cli.stacks import Stack, secrets_of
from cli.who import who
from shared.authoring.applying import Application, carry_out, prepare
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.failures import Unavailable, VersionConflict
from shared.ports.workspaces import StackSecrets
from shared.stored.current_workspace import LOOKS_APART_SECONDS
from shared.workspace.model import Workspace

IN_FORCE_SECONDS = LOOKS_APART_SECONDS + 0.1
"""A function that has just refused something looks again after a second: when the command returns, no event is refused
for what the new version allows."""


class Stores(NamedTuple):
    """Of one stack."""

    workspaces: DynamoWorkspaces
    secrets: StackSecrets

    @classmethod
    def of(cls, stack: Stack) -> Stores:
        workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
        return cls(workspaces, secrets_of(stack))

    def prepare(self, workspace: Workspace) -> Application:
        """What applying the workspace would change. Raises Problem when the stack's cannot be read."""
        try:
            return prepare(workspace, self.workspaces, self.secrets, randomness.token_bytes)
        except Unavailable as error:
            raise Problem(f"The stack's workspace cannot be read: {error}") from error
        except (LookupError, ValueError) as error:
            raise Problem(f"The stack's workspace cannot be read: {error}", source_keys.RESTORE) from error

    def carry_out(self, application: Application) -> Workspace:
        """The workspace in force afterwards; waits until every function has it. Raises Problem when somebody else
        applied one meanwhile, or the stack does not answer."""
        try:
            done = carry_out(application, self.workspaces, self.secrets, at=datetime.now(UTC), by=who())
        except VersionConflict as error:
            raise Problem(str(error), "Run it again to see the changes.") from error
        except Unavailable as error:
            raise Problem(f"The workspace was not applied: {error}", "Run it again.") from error
        if application.makes_a_version:
            time.sleep(IN_FORCE_SECONDS)
        return done
