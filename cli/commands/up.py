"""`headrace up`: everything on this machine, from nothing to sample events, or only what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.applying import local_json
from cli.applying.first_workspace import ensure_workspace, is_the_sample
from cli.console import console
from cli.doctor.examining import examined
from cli.doctor.report import is_broken, show
from cli.laptop.bring_up import alone, bring_up
from cli.laptop.laptop import LAST_PORT, Laptop
from cli.laptop.pid_lock import holder
from cli.problem import Problem
from cli.stacks import Stack
from cli.story import tell
from cli.workspace_folder import fit_to_apply

app = typer.Typer()

INTERRUPTED = 130
"""The exit code that shells give to Ctrl-C."""


@app.command()
def up(
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="Apply this folder. Without it: what was applied last; on a new stack, the sample shop."
        ),
    ] = None,
    collect_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=LAST_PORT,
            help="The port for events, now and later. Without it: the port of last time; at first, "
            "8080 or the next free one.",
        ),
    ] = None,
    story: Annotated[
        bool, typer.Option(help="With the sample shop: send sample events and show the results.")
    ] = True,
    doctor: Annotated[bool, typer.Option(help="End with headrace doctor.")] = True,
) -> None:
    """Start the emulator, deploy the stack with the CDK, apply a workspace, send sample events, and examine it all."""
    laptop = Laptop.of_this_checkout()
    try:
        _up(laptop, workspace, collect_port, story=story, doctor=doctor)
    except KeyboardInterrupt:
        console.print("\nStopped. " + standing(laptop), markup=False, soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None


def _up(
    laptop: Laptop, workspace: Path | None, collect_port: int | None, *, story: bool, doctor: bool
) -> None:
    if workspace is not None:
        fit_to_apply(workspace)  # before a minute of deployment, not after
    with alone(laptop):
        bring_up(laptop, collect_port)
        ensure_workspace(laptop, workspace)
    written = local_json.read(laptop)
    if written is None:
        raise Problem(f"{laptop.local_json} is gone", "Run it again.")
    console.print(f"Events go to [bold]{written['collect_url']}[/bold]; keys are in {laptop.local_json}")
    if not is_the_sample(laptop):
        console.print(f"Its sources: {', '.join(written['write_keys'])}. Their keys: headrace keys")
        console.print("An event by the first one for servers: headrace send EVENT --user u1")
    elif story:
        tell(written)
    if doctor:
        _examine()


def standing(laptop: Laptop) -> str:
    """What an `up` that was interrupted leaves behind, and how to go on."""
    process = holder(laptop.lock)
    if process is None:
        return "The emulator is not running, unless it was about to start (headrace status). Start again: headrace up"
    return (
        f"The emulator is still running (process {process}) with everything done so far. "
        "Continue: headrace up. Stop it: headrace down"
    )


def _examine() -> None:
    """Exit code 1 when something is broken."""
    found = examined(Stack.load(), with_message=True)
    show(found, console)
    if is_broken(found):
        raise typer.Exit(1)
