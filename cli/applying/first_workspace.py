"""A laptop stack has a workspace: the one asked for, else the one applied last, else the sample shop."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cli.applying import applied
from cli.applying.applied import Applied
from cli.applying.apply import apply_workspace
from cli.applying.stores import Stores
from cli.checkout import ROOT
from cli.console import console, step
from cli.laptop.laptop import Laptop
from cli.problem import Problem
from cli.stacks import Stack
from cli.who import who
from cli.workspace_folder import show
from shared import doctor
from shared.failures import Unavailable, UnreadableWorkspace, VersionConflict

SHOP = ROOT / "examples" / "shop"


def ensure_workspace(laptop: Laptop, wanted: Path | None = None) -> None:
    """Apply what is missing, and say so. local.json has its keys afterwards. Raises Problem."""
    stack = Stack.load()
    stores = Stores.of(stack)
    before = applied.read(laptop)
    if before is not None and _is_missing(before, stores):
        _bring_back(before, stores)
    if wanted is not None:
        _apply(wanted, before)
    elif not stores.workspaces.latest_version():
        _apply(SHOP, before)
    introduce_doctor(stores)
    applied.follow(stack)


def introduce_doctor(stores: Stores) -> None:
    """Let a workspace that was applied by older code, or with another key of the stack, know the doctor's source."""
    version = stores.workspaces.latest_version()
    workspace, wanted = stores.workspaces.load(version), doctor.source(stores.secrets.keys.read())
    if workspace.doctor != wanted:
        known = workspace.model_copy(update={"doctor": wanted})
        stores.workspaces.apply(known, after=version, at=datetime.now(UTC), by=who())


def is_the_sample(laptop: Laptop) -> bool:
    """Whether the sample shop is what was applied last: its sample events fit no other workspace."""
    before = applied.read(laptop)
    return before is not None and before.directory == SHOP


def _is_missing(before: Applied, stores: Stores) -> bool:
    try:
        return applied.is_missing(before, stores.workspaces)
    except UnreadableWorkspace:  # by this code; the one remembered may be another
        return True
    except Unavailable as error:
        raise Problem(f"The workspace cannot be read: {error}", "Run it again.") from error


def _apply(directory: Path, before: Applied | None) -> None:
    with step(f"Applying the workspace {directory}"):
        done = apply_workspace(directory, None)
    show(done.warnings)
    if not done.changed:
        console.print(f"{directory} is applied already: it is version {done.version}.")
    elif before is not None:
        instead = f", instead of {before.name}" if before.directory != directory.resolve() else ""
        console.print(f"{directory} is version {done.version} of this stack's workspace now{instead}.")


def _bring_back(before: Applied, stores: Stores) -> None:
    try:
        applied.bring_back(before, stores, by=who())
    except UnreadableWorkspace as error:
        if before.directory is None or not before.directory.is_dir():
            raise Problem(
                f"The workspace that was applied last cannot be read: {error}",
                "Apply its folder: headrace up --workspace DIR. The keys are in place.",
            ) from error
        apply_workspace(before.directory, None)
    except VersionConflict as error:
        raise Problem(str(error), "Run it again.") from error
    console.print(
        f"Applied again, with its keys: the workspace {before.name}, as it was applied last "
        f"(before {before.noted_at.astimezone():%Y-%m-%d %H:%M:%S})."
    )
