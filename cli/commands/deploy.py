"""`headrace deploy --stage dev|prod`: the CDK, on the user's AWS account."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import aws_account, cdk, settings_in_force
from cli.console import console
from cli.options import AwsStage
from cli.stacks import Stack, name_of

app = typer.Typer()


@app.command()
def deploy(
    stage: Annotated[AwsStage, typer.Option("--stage", help="The target on AWS.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask about changed permissions.")] = False,
) -> None:
    """Deploy to the AWS account of the current credentials. The account must have had `cdk bootstrap`."""
    settings_in_force.check(stage)
    caller = aws_account.caller()
    console.print(f"{name_of(stage)} goes to account {caller.account} in {caller.region}, as {caller.arn}")
    if outdated := cdk.outdated_node():
        console.print(outdated, style="yellow")
    approval = ["--require-approval", "never"] if yes else []
    cdk.run_attached(
        ["deploy", name_of(stage), "--context", f"stage={stage}", *approval], aws_account.environment(caller)
    )
    stack = Stack.load(stage)
    console.print(f"Deployed. Events go to {stack.collect_url}")
    console.print(f"Next: headrace apply examples/shop --stage {stage}")
