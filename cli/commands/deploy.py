"""`headrace deploy --stage dev|prod`: the CDK, on the user's AWS account."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from cli import aws_account, cdk, settings_before, settings_in_force
from cli.console import console
from cli.options import AwsStage
from cli.problem import Problem
from cli.settings_before import Change
from cli.stacks import Stack, looked_up, name_of
from shared.authoring.user_settings import VARIABLE
from shared.aws.stack.stack_outputs import StackDescription, lift_protection
from shared.failures import Unavailable

app = typer.Typer()


@app.command()
def deploy(
    stage: Annotated[AwsStage, typer.Option("--stage", help="The target on AWS.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask about changed permissions.")] = False,
    back_to_defaults: Annotated[
        bool,
        typer.Option(
            "--back-to-defaults",
            help="Deploy even if settings of the last deployment are in no file now.",
        ),
    ] = False,
    revert_drift: Annotated[
        bool, typer.Option("--revert-drift", help="Also put back what was changed by hand.")
    ] = False,
) -> None:
    """Deploy to the AWS account of the current credentials. The account must have had `cdk bootstrap`."""
    settings_in_force.read(stage)  # a mistake in them is shown before anything is asked of AWS
    caller = aws_account.caller()
    found = settings_in_force.read(stage, caller.region, caller.account)
    keeps_data = found["settings"]["keeps_data"]["value"]
    console.print(f"{name_of(stage)} goes to account {caller.account} in {caller.region}, as {caller.arn}")
    settings_before.say(found)
    if found["errors"]:
        raise Problem("The settings cannot be used in this account:\n" + "\n".join(found["errors"]))
    if outdated := cdk.outdated_node():
        console.print(outdated, style="yellow")
    deployment = ["deploy", name_of(stage), "--context", f"stage={stage}"]
    if yes:
        deployment += ["--require-approval", "never"]
    before = looked_up(stage)
    _agree_on(
        settings_before.changes(before, found), stage, back_to_defaults=back_to_defaults, asking=not yes
    )
    is_the_first = before is None or before.never_was
    if revert_drift and not is_the_first:
        deployment += ["--revert-drift"]
    if keeps_data and is_the_first:
        _let_it_be_repeated(before)
        cdk.run_attached([*deployment, "--context", "protected=false"], aws_account.environment(caller))
        console.print("The stack is complete. Switching on its protection.")
    cdk.run_attached(deployment, aws_account.environment(caller))
    stack = Stack.load(stage)
    console.print(f"Deployed. Events go to {stack.collect_url}")
    if target := stack.outputs.get("DomainTarget"):
        console.print(f"Your DNS must point that name at {target} (a CNAME), if it does not yet.")
    console.print(f"Next, apply your workspace: headrace apply DIR --stage {stage}")


def _agree_on(changes: Sequence[Change], stage: AwsStage, *, back_to_defaults: bool, asking: bool) -> None:
    """Show what is another than at the last deployment. What no file says any more is asked, or refused where nobody
    can be asked: most likely the file is missing. Raises Problem."""
    for change in changes:
        console.print(
            f"  {change}", markup=False, soft_wrap=True, style="yellow" if change.is_dropped else None
        )
    dropped = [change.name for change in changes if change.is_dropped]
    if not dropped or back_to_defaults:
        return
    said = (
        f"{name_of(stage)} was deployed with settings that are in no file now: {', '.join(dropped)}. "
        "They would go back to their defaults"
    )
    if not asking or not is_interactive():
        raise Problem(
            said,
            f"Name the file: {VARIABLE}=PATH headrace deploy --stage {stage}\n"
            "If that is meant, write the defaults into your file, or add --back-to-defaults.",
        )
    if not typer.confirm(f"{said}. Deploy anyway?"):
        raise Problem("Nothing is deployed", f"The file with the settings is named by {VARIABLE}.")


def is_interactive() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


def _let_it_be_repeated(failed: StackDescription | None) -> None:
    """The CDK deletes a stack whose first deployment failed, and makes it anew; where it was protected from the start
    (`cdk deploy` by hand), CloudFormation would refuse that. Raises Problem."""
    if failed is None or not failed.is_protected:
        return
    try:
        lift_protection(failed.name)
    except Unavailable as error:
        raise Problem(f"The termination protection of {failed.name} cannot be lifted: {error}") from error
    console.print(
        f"The first deployment of {failed.name} did not succeed ({failed.status}). It is "
        "created again; until then its termination protection is lifted."
    )
