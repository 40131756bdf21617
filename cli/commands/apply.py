"""`headrace apply DIR`: show what a workspace changes, and make it the stack's next version."""

from __future__ import annotations

import secrets as randomness
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import orjson
import typer

from cli import sender_identity, source_keys
from cli.applying import applied
from cli.console import console
from cli.options import AsJson, InFolder, OnStage
from cli.problem import Problem
from cli.stacks import Stack, secrets_of
from cli.who import who
from cli.workspace_folder import fit_to_apply, folder, show
from shared.authoring.applying import Application, carry_out, prepare
from shared.authoring.findings import Finding
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.failures import Unavailable, VersionConflict
from shared.ports.workspaces import StackSecrets
from shared.stored.current_workspace import LOOKS_APART_SECONDS
from shared.workspace.model import Workspace

app = typer.Typer()

SIGNS = {"added": "[green]+[/green]", "changed": "[yellow]~[/yellow]", "removed": "[red]-[/red]"}


class AppliedWorkspace(NamedTuple):
    """`version` is the latest one now; `write_keys` are by source id; `warnings` are lint's."""

    version: int
    write_keys: dict[str, str]
    changed: bool
    warnings: list[Finding]


def apply_workspace(directory: Path, stage: str | None) -> AppliedWorkspace:
    """Apply without asking. Raises Problem."""
    stack = Stack.load(stage)
    stores = _Stores.of(stack)
    fit = fit_to_apply(directory)
    application = stores.prepare(fit.compiled.workspace)
    version = stores.carry_out(application).version
    applied.follow(stack, directory)
    return AppliedWorkspace(version, application.write_keys, application.makes_a_version, fit.warnings)


@app.command()
def apply(
    directory: InFolder = None,
    stage: OnStage = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. (Only a stack on AWS asks.)")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the workspace changes, then apply it. Applying the same again changes nothing."""
    where = folder(directory)
    stack = Stack.load(stage)
    stores = _Stores.of(stack)
    compiled, warnings = fit_to_apply(where)
    application = stores.prepare(compiled.workspace)
    if stage is not None:
        warnings += sender_identity.findings(compiled)
    if not as_json:
        _show(application)
        show(warnings)
    if not dry_run and application.makes_a_version and stage is not None and not yes:
        _ask(f"Apply this to {stage}?", as_json)
    version = application.before.version
    if not dry_run:
        version = stores.carry_out(application).version
        applied.follow(stack, where)
    if as_json:
        _print_json(application, version, warnings)
    elif not dry_run and application.makes_a_version:
        console.print(
            f"Applied as version {version}. Write keys: headrace keys{f' --stage {stage}' if stage else ''}"
        )


IN_FORCE_SECONDS = LOOKS_APART_SECONDS + 0.1
"""A function that has just refused something looks again after a second: when the command returns, no event is refused
for what the new version allows."""


class _Stores(NamedTuple):
    workspaces: DynamoWorkspaces
    secrets: StackSecrets

    @classmethod
    def of(cls, stack: Stack) -> _Stores:
        workspaces = DynamoWorkspaces(table=stack["WorkspaceTable"], bucket=stack["WorkspaceBucket"])
        return cls(workspaces, secrets_of(stack))

    def prepare(self, workspace: Workspace) -> Application:
        try:
            return prepare(workspace, self.workspaces, self.secrets, randomness.token_bytes)
        except Unavailable as error:
            raise Problem(f"The stack's workspace cannot be read: {error}") from error
        except (LookupError, ValueError) as error:
            raise Problem(f"The stack's workspace cannot be read: {error}", source_keys.RESTORE) from error

    def carry_out(self, application: Application) -> Workspace:
        """What is in force afterwards."""
        try:
            done = carry_out(application, self.workspaces, self.secrets, at=datetime.now(UTC), by=who())
        except VersionConflict as error:
            raise Problem(str(error), "Run it again to see the changes.") from error
        except Unavailable as error:
            raise Problem(f"The workspace was not applied: {error}", "Run it again.") from error
        if application.makes_a_version:
            time.sleep(IN_FORCE_SECONDS)
        return done


def _show(application: Application) -> None:
    if not application.makes_a_version:
        console.print(f"Nothing to change: version {application.before.version} is the same.")
        return
    for change in application.changes:
        console.print(f"{SIGNS[change.what]} {change.kind} [bold]{_plain(change.id)}[/bold] {change.what}")
        for detail in change.details:
            console.print(f"    [dim]{_plain(detail)}[/dim]", soft_wrap=True)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _ask(question: str, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        raise Problem("Applying to a stack on AWS asks first", "There is no terminal to ask on: add --yes.")
    if not typer.confirm(question):
        raise Problem("Nothing was applied")


def _print_json(application: Application, version: int, warnings: list[Finding]) -> None:
    answer: dict[str, object] = {
        "version": version,
        "changed": application.makes_a_version,
        "changes": [change.as_dict() for change in application.changes],
        "warnings": [finding.as_dict() for finding in warnings],
    }
    typer.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
