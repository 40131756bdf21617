"""From whatever state a laptop is in to a running emulator with the code's stack on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from cli import settings_before, settings_in_force
from cli.console import console, step
from cli.laptop import access, assembly, deployment, leftovers, life, saves, stored
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import HeldByAnother, held
from cli.laptop.ports import Ports, changes, remembered
from cli.problem import Problem
from cli.settings_before import Change
from shared.aws import clients
from shared.aws.stack.stack_outputs import describe


@contextmanager
def alone(laptop: Laptop) -> Iterator[None]:
    """One `up` at a time. Raises Problem."""
    with ExitStack() as holding:
        try:
            holding.enter_context(held(laptop.directory / "up.lock"))
        except HeldByAnother:
            raise Problem(
                f"Another `headrace up` is running in {laptop.directory}", "Wait until it is done."
            ) from None
        yield


def bring_up(laptop: Laptop, collect_port: int | None = None) -> Ports:
    """Do what is missing and no more; `collect_port` is where events are to go. Raises Problem. Afterwards this
    process's AWS clients talk to the laptop."""
    found = settings_in_force.read("local")
    settings_before.say(found)
    wanted = assembly.fingerprint()
    with ThreadPoolExecutor(max_workers=1) as background:
        synthesis = background.submit(assembly.synthesise, wanted)  # meanwhile the emulator can start
        ports = run_emulator(laptop, collect_port)
        access.enter(ports)
        clients.forget()
        if not deployment.is_bootstrapped():
            with step("Bootstrapping the emulator's account for the CDK"):
                deployment.bootstrap(laptop, ports)
        if deployment.is_current(laptop, wanted):
            _say_what_was_not_carried_out(wanted)
            return ports
        _say_what_changes(settings_before.changes(describe(deployment.STACK), found))
        if not assembly.is_fresh(wanted):
            with step("Synthesising the stack"):
                synthesis.result()
        with step(f"Deploying {deployment.STACK} with cdk deploy") as advance:
            deployment.deploy(laptop, ports, synthesis.result(), wanted, advance)
    _say_what_was_not_carried_out(wanted)
    return ports


def _say_what_was_not_carried_out(wanted: str) -> None:
    for sentence in deployment.left_as_it_was(wanted):
        console.print(sentence, style="yellow", markup=False, soft_wrap=True)


def _say_what_changes(changes: Sequence[Change]) -> None:
    """Between this deployment and the last."""
    for change in changes:
        console.print(
            f"  {change}" + (": it is in no file now" if change.is_dropped else ""),
            style="yellow" if change.is_dropped else None,
            markup=False,
            soft_wrap=True,
        )


def run_emulator(laptop: Laptop, collect_port: int | None = None) -> Ports:
    """Have it run, from its last save if it was killed; says what that loses. Raises Problem."""
    ports = life.running(laptop)
    if ports is not None and collect_port not in (None, ports.collect):
        raise Problem(
            f"It is running, and events go to port {ports.collect}",
            f"To change that: headrace down && headrace up --collect-port {collect_port}",
        )
    if ports is not None:
        if not life.hangs(ports):
            return ports
        console.print("[yellow]The emulator is running but does not answer: restarting it.[/yellow]")
        life.end(laptop, patience=life.ASKED_SECONDS)
    if stored.is_torn(laptop):
        _say_what_is_lost(laptop)
    before = remembered(laptop)
    with step("Starting the emulator of AWS"):
        chosen = life.start(laptop, collect_port)
    for sentence in changes(laptop, chosen, before):
        console.print(sentence, style="yellow", markup=False, soft_wrap=True)
    return chosen


def _say_what_is_lost(laptop: Laptop) -> None:
    """And wipe what cannot be used: without a save, objects and keys that no table or function goes with."""
    leftovers.end(laptop)
    save = saves.newest(laptop)
    if save is None:
        console.print(
            "[yellow]The emulator was killed before it could save anything: its data is lost. "
            "Starting from nothing.[/yellow]"
        )
        stored.wipe(laptop)
        return
    alive = stored.last_alive(laptop)
    seconds = math.ceil((alive - save.at).total_seconds()) if alive else 0
    lost = (
        f"what was stored in the last {seconds} s before {alive.astimezone():%H:%M:%S} may be missing"
        if alive and seconds > 0
        else "what it stored after that is missing"
    )
    console.print(
        f"[yellow]The emulator was killed before it could save everything. It continues from its save of "
        f"{save.at.astimezone():%Y-%m-%d %H:%M:%S}: {lost}, except in S3.[/yellow]",
        soft_wrap=True,
    )
    if requests := stored.accepted_since_save(laptop):
        console.print(
            f"At least {requests} accepted {'request' if requests == 1 else 'requests'} came after that save. Send "
            "them again: events that are there already are recognised by their ids. `headrace ledger` names what is "
            "lost.",
            style="yellow",
            soft_wrap=True,
        )
    for service, why in save.contents.without.items():
        console.print(f"Of {service}, what an older save has: {why}", style="yellow", markup=False)
