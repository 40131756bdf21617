"""`headrace lint DIR`: what is wrong in a workspace, and what is unwise in its names."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from cli import sender_identity
from cli.console import console
from cli.options import AsJson, AwsStage, InFolder
from cli.stacks import Stack
from cli.workspace_folder import folder, show
from shared.authoring.findings import errors
from shared.authoring.lint import checked, everything
from shared.text.counting import number_of

app = typer.Typer()


@app.command()
def lint(
    directory: InFolder = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    stage: Annotated[
        AwsStage | None, typer.Option("--stage", help="Also check whether SES may send as its sender there.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a workspace's files. Exit code 1 when there are errors."""
    where = folder(directory)
    compiled = checked(where)
    found = everything(compiled)
    if stage is not None:
        Stack.load(stage)
        found += sender_identity.findings(compiled)
    wrong = len(errors(found))
    if as_json:
        typer.echo(orjson.dumps([finding.as_dict() for finding in found], option=orjson.OPT_INDENT_2))
    else:
        show(found)
        console.print(f"{number_of(wrong, 'error')}, {number_of(len(found) - wrong, 'warning')} in {where}")
    if wrong or (strict and found):
        raise typer.Exit(1)
