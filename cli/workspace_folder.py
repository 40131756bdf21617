"""Compile the workspace folder of a command, or list its mistakes as a problem."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cli.console import console
from cli.problem import Problem
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding, errors
from shared.authoring.lint import checked, everything

COLOURS = {"error": "red", "warning": "yellow"}


WORKSPACE_FILE = "workspace.yaml"


def folder(typed: Path | None) -> Path:
    """The folder that was typed; without one the one we stand in, if it holds a workspace. Relative to where the
    command runs if it is below, so that findings can be clicked. Raises Problem."""
    if typed is None:
        if not Path(WORKSPACE_FILE).is_file():
            raise Problem(
                f"There is no {WORKSPACE_FILE} in this folder",
                "Name a workspace's folder, or create one: headrace init DIR",
            )
        return Path()
    if not typed.is_dir():
        raise Problem(f"There is no folder {typed}", "A workspace is a folder of YAML, like examples/shop.")
    return typed


class Fit(NamedTuple):
    """A folder that can be applied, and what lint says of it besides."""

    compiled: Compiled
    warnings: list[Finding]


def fit_to_apply(directory: Path) -> Fit:
    """Raises Problem with everything that makes it unfit."""
    compiled = checked(folder(directory))
    wrong = errors(compiled.findings)
    if wrong:
        raise Problem(
            f"{directory} cannot be applied\n{as_text(wrong)}", f"See also: headrace lint {directory}"
        )
    return Fit(compiled, everything(compiled))


def as_text(findings: Iterable[Finding]) -> str:
    """For a problem: one finding per line, and below it what to do."""
    lines = [
        line
        for finding in findings
        for line in (f"  {finding}", *([f"      {finding.advice}"] if finding.advice else []))
    ]
    return "\n".join(lines)


def show(findings: Sequence[Finding]) -> None:
    """One finding per line, and below it what to do."""
    for finding in findings:
        colour = COLOURS[finding.severity]
        console.print(
            f"{finding.place}: [{colour}]{finding.severity}[/{colour}] {finding.rule}: {_plain(finding.message)}",
            soft_wrap=True,
        )
        if finding.advice:
            console.print(f"    [dim]{_plain(finding.advice)}[/dim]", soft_wrap=True)


def _plain(text: str) -> str:
    """What an author wrote must not be read as markup."""
    return text.replace("[", r"\[")
