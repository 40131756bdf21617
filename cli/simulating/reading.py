"""The workspace and the history of a simulation. Mistakes in them are arguments that are wrong: exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import typer

from cli.problem import Problem
from cli.workspace_folder import fit_to_apply
from shared.text.counting import number_of
from shared.workspace.model import Workspace
from simulation.lane.lines import BadLine, read
from simulation.lane.plan import NotAWorkspace, Plan, planned

MOST_SHOWN = 20
"""Lines that are named one by one: the thousandth has the mistake of the first."""


def plan_of(directory: Path, events: str, *, until: datetime | None, seed: int) -> Plan:
    """Raises Problem for a folder that cannot be applied; exits with code 2 for one that is not there,
    and for lines that cannot be read."""
    if not directory.is_dir():
        raise typer.BadParameter(f"{directory} is no folder", param_hint="FOLDER")
    workspace = fit_to_apply(directory).compiled.workspace
    happenings, unread = read(_bytes(events), seed)
    plan, unknown = planned(workspace, happenings, _applied, until=until, seed=seed)
    if bad := sorted([*unread, *unknown]):
        _say(events, bad)
        raise typer.Exit(2)
    return plan


def _applied(folder: str) -> Workspace:
    try:
        return fit_to_apply(Path(folder)).compiled.workspace
    except Problem as problem:
        raise NotAWorkspace(str(problem)) from problem


def _bytes(events: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if events == "-" else Path(events).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{events} cannot be read: {error.strerror}", param_hint="EVENTS") from error


def _say(events: str, bad: Sequence[BadLine]) -> None:
    name = "standard input" if events == "-" else events
    typer.echo(f"headrace: {number_of(len(bad), 'line')} of {name} cannot be read", err=True)
    for line in bad[:MOST_SHOWN]:
        typer.echo(f"  {line}", err=True)
    if len(bad) > MOST_SHOWN:
        typer.echo(f"  … and {len(bad) - MOST_SHOWN} more", err=True)
