"""Apply a workspace's folder to a stack, without asking."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cli.applying import applied
from cli.applying.stores import Stores
from cli.stacks import Stack
from cli.workspace_folder import fit_to_apply
from shared.authoring.findings import Finding


class AppliedWorkspace(NamedTuple):
    """`version` is the latest one now; `write_keys` are by source id; `warnings` are lint's."""

    version: int
    write_keys: dict[str, str]
    changed: bool
    warnings: list[Finding]


def apply_workspace(directory: Path, stage: str | None) -> AppliedWorkspace:
    """Apply without asking. Raises Problem."""
    stack = Stack.load(stage)
    stores = Stores.of(stack)
    fit = fit_to_apply(directory)
    application = stores.prepare(fit.compiled.workspace)
    version = stores.carry_out(application).version
    applied.follow(stack, directory)
    return AppliedWorkspace(version, application.write_keys, application.makes_a_version, fit.warnings)
