"""`cdk deploy` to the emulator, left out when what is deployed is what the code says."""

from __future__ import annotations

from pathlib import Path

from cli import cdk
from cli.console import Advance
from cli.laptop import access, assembly, carried_out
from cli.laptop.laptop import ACCOUNT, REGION, Laptop
from cli.laptop.ports import Ports
from cli.laptop.stored import DEPLOYED
from cli.problem import Problem
from shared.aws.stack.stack_outputs import describe

STACK = "headrace-local"
BOOTSTRAP_STACK = "CDKToolkit"


def is_current(laptop: Laptop, wanted: str) -> bool:
    """Whether the code with this fingerprint is deployed, and was deployed whole."""
    note = _note(laptop)
    if not note.exists() or note.read_text() != wanted:
        return False
    stack = describe(STACK)
    return stack is not None and stack.is_usable


def left_as_it_was(wanted: str) -> list[str]:
    """What is deployed according to CloudFormation, and not so. Nothing where the assembly at hand is of other code."""
    stack = describe(STACK)
    if stack is None or not stack.is_usable or not assembly.is_fresh(wanted):
        return []
    return carried_out.left_as_it_was(assembly.BUILT, STACK, stack.outputs)


def bootstrap(laptop: Laptop, ports: Ports) -> None:
    """The bucket and roles that `cdk deploy` needs; once per emulator. Raises Problem."""
    cdk.run_logged(
        ["bootstrap", f"aws://{ACCOUNT}/{REGION}"],
        env=access.environment(ports),
        log=laptop.directory / "cdk-bootstrap.log",
        cwd=laptop.directory,  # beside no cdk.json: it would synthesise the app first
    )


def is_bootstrapped() -> bool:
    """Whether the emulator has had `cdk bootstrap`."""
    return describe(BOOTSTRAP_STACK) is not None


def deploy(laptop: Laptop, ports: Ports, built: Path, wanted: str, advance: Advance) -> None:
    """Raises Problem. What is deployed afterwards is the code with the fingerprint `wanted`."""
    _note(laptop).unlink(missing_ok=True)
    try:
        cdk.run_logged(
            ["deploy", STACK, "--app", str(built), "--require-approval", "never", "--progress", "events"],
            env=access.environment(ports),
            log=laptop.directory / "cdk-deploy.log",
            advance=advance,
        )
    except Problem as problem:
        problem.advice += "\nTo start from nothing: headrace destroy --yes && headrace up"
        raise
    _note(laptop).write_text(wanted)


def _note(laptop: Laptop) -> Path:
    return laptop.data / DEPLOYED
