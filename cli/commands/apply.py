"""`headrace apply DIR`: show what a workspace changes, and make it the stack's next version."""

from __future__ import annotations

import sys
from typing import Annotated

import orjson
import typer

from cli import sender_identity
from cli.applying import applied
from cli.applying.stores import Stores
from cli.console import console
from cli.options import AsJson, InFolder, OnStage
from cli.problem import Problem
from cli.stacks import Stack
from cli.workspace_folder import fit_to_apply, folder, show
from shared.authoring.applying import Application
from shared.authoring.findings import Finding

app = typer.Typer()

SIGNS = {"added": "[green]+[/green]", "changed": "[yellow]~[/yellow]", "removed": "[red]-[/red]"}


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
    stores = Stores.of(stack)
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
