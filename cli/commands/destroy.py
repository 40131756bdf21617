"""`headrace destroy`: remove a stack, or everything on the laptop."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import aws_account, cdk, settings_in_force
from cli.console import console
from cli.laptop import life, stored
from cli.laptop.laptop import Laptop
from cli.options import AwsStage, OnStage
from cli.problem import Problem
from cli.stacks import described, name_of

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
    console.print("The laptop stack is gone. `headrace up` makes a new one.")


def _destroy_on_aws(stage: AwsStage, yes: bool) -> None:
    settings = settings_in_force.read(stage)["settings"]
    caller = aws_account.caller()
    _refuse_if_protected(stage)
    if not yes:
        typer.confirm(
            f"Account {caller.account} in {caller.region}. "
            + _consequence(stage, keeps_data=settings["keeps_data"]["value"]),
            abort=True,
        )
    cdk.run_attached(
        ["destroy", name_of(stage), "--context", f"stage={stage}", "--force"], aws_account.environment(caller)
    )


def _refuse_if_protected(stage: AwsStage) -> None:
    """CloudFormation would refuse it anyway, after everything was asked. Raises Problem."""
    if described(stage, "There is nothing to remove.").is_protected:
        raise Problem(
            f"The termination protection of {name_of(stage)} is on: CloudFormation would refuse to remove it",
            "To lift it: aws cloudformation update-termination-protection "
            f"--stack-name {name_of(stage)} --no-enable-termination-protection\nThen destroy it again.",
        )


def _consequence(stage: AwsStage, *, keeps_data: bool) -> str:
    if keeps_data:
        return f"Remove {name_of(stage)}? Tables, the stream and the lake are kept in the account; all else goes."
    return f"Remove {name_of(stage)} and every event, profile and message it stores?"
