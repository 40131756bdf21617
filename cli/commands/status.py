"""`headrace status`: what runs, where it is, and whether it is what the code says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import typer

from cli.checkout import ROOT
from cli.console import console
from cli.laptop import access, assembly, deployment, inspection, life
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.options import AsJson, OnStage
from cli.problem import Problem
from cli.rejected import refused_requests
from cli.stacks import Stack
from shared.authoring.checkout_version import version_of
from shared.failures import Unavailable

app = typer.Typer()

REFUSED_WITHIN = timedelta(hours=1)

UNKNOWN_STATE = "unknown: older code started the emulator. Start it anew: headrace down && headrace up"


@app.command()
def status(stage: OnStage = None, as_json: AsJson = False) -> None:
    """Show the stack. A laptop stack that does not run is an answer, not an error. Nothing here is secret."""
    facts = _of_the_laptop(Laptop.of_this_checkout()) if stage is None else _of_stage(stage)
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        if name == "refused_in_an_hour":
            console.print(f"{name:18} {refused_in_words(value)}", markup=False, soft_wrap=True)
        elif name == "state":
            console.print(f"{name:18} {state_in_words(value)}", markup=False, soft_wrap=True)
        elif isinstance(value, dict):
            console.print(f"{name}:")
            for inner, text in value.items():
                console.print(f"  {inner:26} {text}", soft_wrap=True)
        else:
            console.print(f"{name:18} {_shown(value)}", markup=False, soft_wrap=True)
    if facts["running"]:
        console.print(
            f"Write keys         headrace keys{f' --stage {stage}' if stage else ''}", soft_wrap=True
        )
    else:
        console.print("Start it: headrace up")


def _of_the_laptop(laptop: Laptop) -> dict[str, Any]:
    ports = life.running(laptop)
    facts: dict[str, Any] = {"running": ports is not None, "directory": str(laptop.directory)}
    if ports is None:
        return facts
    stack, wanted = Stack.load(), assembly.fingerprint()
    return facts | {
        "version": version_of(ROOT),
        "process": holder(laptop.lock),
        "collect_url": stack.collect_url,
        "aws_endpoint_url": access.gateway_url(ports),
        **currency(wanted, is_deployed=deployment.is_current(laptop, wanted)),
        "refused_in_an_hour": _refused(stack),
        "state": inspection.saves(access.gateway_url(ports)) or UNKNOWN_STATE,
        "log": str(laptop.log),
        "outputs": dict(stack.outputs),
    }


def currency(wanted: str, *, is_deployed: bool) -> dict[str, Any]:
    """Whether the stack is what the code with this fingerprint says, and what the emulator left as it was."""
    left = deployment.left_as_it_was(wanted) if is_deployed else []
    return {"up_to_date": is_deployed and not left} | ({"not_carried_out": left} if left else {})


def _of_stage(stage: str) -> dict[str, Any]:
    stack = Stack.load(stage)
    return {
        "running": True,
        "version": stack.outputs.get("Version", "unknown: it was deployed from an older one"),
        "this_checkout": version_of(ROOT),
        "collect_url": stack.collect_url,
        "outputs": dict(stack.outputs),
    }


def _refused(stack: Stack) -> dict[str, int] | str:
    """Requests by reason; or why that is not known, which keeps nobody from the rest."""
    try:
        found = refused_requests.refused(stack["CollectFunction"], datetime.now(UTC) - REFUSED_WITHIN)
    except (Problem, Unavailable) as error:
        return f"not known: {error}"
    return dict(found.by_reason)


def refused_in_words(by_reason: dict[str, int] | str) -> str:
    """Requests that left no event behind: their sender got the reason, and their lines are in collect's log."""
    if isinstance(by_reason, str):
        return by_reason
    counts = refused_requests.in_words(by_reason)
    return f"requests: {counts}. Each of them: headrace logs collect" if counts else "no request"


def state_in_words(state: dict[str, Any] | str) -> str:
    """When the emulator saved what it stores, and what a kill would cost."""
    if isinstance(state, str):
        return state
    seconds = f" in {state['seconds']} s" if state["seconds"] is not None else ""
    saved = f"saved at {state['saved_at']}{seconds}" if state["saved_at"] else "not saved yet"
    without = "".join(f"; without {service}: {why}" for service, why in state["without"].items())
    failed = f"; the last try failed: {state['failure']}" if state["failure"] else ""
    return f"{saved}{without}{failed}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
