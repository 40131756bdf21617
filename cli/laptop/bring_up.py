"""From whatever state a laptop is in to a running emulator with the code's stack on it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from cli import settings_in_force
from cli.console import console, step
from cli.laptop import access, assembly, deployment, life, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import HeldByAnother, held
from cli.laptop.ports import Ports, changes, remembered
from cli.problem import Problem
from shared.aws import clients


@contextmanager
def alone(laptop: Laptop) -> Iterator[None]:
    """One `up` at a time. Raises Problem."""
    with ExitStack() as holding:
        try:
            holding.enter_context(held(laptop.directory / "up.lock"))
        except HeldByAnother:
            raise Problem(
                f"Another `headrace up` is at work in {laptop.directory}", "Wait until it is done."
            ) from None
        yield


def bring_up(laptop: Laptop) -> Ports:
    """Do what is missing and no more. Raises Problem. Afterwards this process's AWS clients talk to the laptop."""
    settings_in_force.check("local")
    wanted = assembly.fingerprint()
    with ThreadPoolExecutor(max_workers=1) as background:
        synthesis = background.submit(assembly.synthesise, wanted)  # meanwhile the emulator can start
        ports = _run_emulator(laptop)
        access.enter(ports)
        clients.forget()
        if not deployment.is_bootstrapped():
            with step("Bootstrapping the emulator's account for the CDK"):
                deployment.bootstrap(laptop, ports)
        if deployment.is_current(laptop, wanted):
            return ports
        if not assembly.is_fresh(wanted):
            with step("Synthesising the stack"):
                synthesis.result()
        with step(f"Deploying {deployment.STACK} with cdk deploy") as advance:
            deployment.deploy(laptop, ports, synthesis.result(), wanted, advance)
    return ports


def _run_emulator(laptop: Laptop) -> Ports:
    if ports := life.running(laptop):
        return ports
    if stored.is_torn(laptop):
        console.print(
            "[yellow]The emulator was killed last time, before it could save: what it stored is lost. "
            "Starting from nothing.[/yellow]"
        )
        stored.wipe(laptop)
    before = remembered(laptop)
    with step("Starting the emulator of AWS"):
        chosen = life.start(laptop)
    for sentence in changes(laptop, chosen, before):
        console.print(sentence, style="yellow", markup=False, soft_wrap=True)
    return chosen
