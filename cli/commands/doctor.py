"""`headrace doctor`: does the deployed stack do what it is for, and may the account do what the workspace wants?"""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import console
from cli.doctor.examining import examined
from cli.doctor.report import as_json as presented
from cli.doctor.report import is_broken, show
from cli.json_output import print_json
from cli.options import AsJson, OnStage
from cli.stacks import Stack

app = typer.Typer()


@app.command()
def doctor(
    stage: OnStage = None,
    email: Annotated[
        bool, typer.Option(help="Also send one message, to SES's mailbox simulator ($0.0001).")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Send probes through the stack, read them back, and say what is fine, what wants attention and what is broken.

    Exit code 1 only when something is broken. On AWS it takes as long as Firehose gathers rows: see docs/doctor.md.
    """
    stack = Stack.load(stage)
    found = examined(stack, with_message=email, quiet=as_json)
    if as_json:
        print_json(presented(found))
    else:
        show(found, console)
    if is_broken(found):
        raise typer.Exit(1)
