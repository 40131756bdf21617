"""`headrace destroy`: remove a stack, or everything on the laptop."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import aws_account, cdk, settings_before, settings_in_force
from cli.console import console
from cli.laptop import life, stored
from cli.laptop.laptop import Laptop
from cli.options import AwsStage, OnStage
from cli.problem import Problem
from cli.stacks import described, name_of
from shared.aws.stack.stack_outputs import StackDescription

app = typer.Typer()

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def destroy(stage: OnStage = None, yes: Yes = False) -> None:
    """Remove the stack of a stage with the CDK; without `--stage`, the laptop's stack and all it stores."""
    if stage is not None:
        _destroy_on_aws(stage, yes)
        return
    if not yes:
        typer.confirm(
            "Stop the laptop stack and delete every event, profile and message it stores, and its keys?",
            abort=True,
        )
    laptop = Laptop.of_this_checkout()
    life.end(
        laptop
    )  # without a save: what it would save is deleted, and one that hangs or cannot save must go too
    stored.forget(laptop)
    console.print("The laptop stack is gone. `headrace up` creates a new one.")


def _destroy_on_aws(stage: AwsStage, yes: bool) -> None:
    found = settings_in_force.read(stage)
    caller = aws_account.caller()
    stack = _unprotected(stage)
    if not yes:
        typer.confirm(
            f"Account {caller.account} in {caller.region}. "
            + _consequence(stage, keeps_data=settings_before.deployed_value(stack, found, "keeps_data")),
            abort=True,
        )
    cdk.run_attached(
        ["destroy", name_of(stage), "--context", f"stage={stage}", "--force"], aws_account.environment(caller)
    )


def _unprotected(stage: AwsStage) -> StackDescription:
    """Raises Problem for a protected one: CloudFormation would refuse it anyway, after everything was asked."""
    stack = described(stage, "There is nothing to remove.")
    if stack.is_protected:
        raise Problem(
            f"The termination protection of {name_of(stage)} is on, so CloudFormation would refuse to remove it",
            "To lift it: aws cloudformation update-termination-protection "
            f"--stack-name {name_of(stage)} --no-enable-termination-protection\nThen destroy it again.",
        )
    return stack


def _consequence(stage: AwsStage, *, keeps_data: bool) -> str:
    if keeps_data:
        return (
            f"Remove {name_of(stage)}? Tables, the stream and the lake stay in the account; "
            "everything else is deleted."
        )
    return f"Remove {name_of(stage)} and every event, profile and message it stores?"
