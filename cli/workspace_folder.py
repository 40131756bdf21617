"""A workspace folder as a command was given it: compiled, or a problem that lists what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli.console import console
from cli.problem import Problem
from shared.authoring.findings import Finding, errors
from shared.authoring.lint import checked
from shared.workspace import Workspace

COLOURS = {"error": "red", "warning": "yellow"}


def folder(directory: Path) -> Path:
    """Relative to where the command runs if it is below, so that findings can be clicked. Raises Problem."""
    if not directory.is_dir():
        raise Problem(
            f"There is no folder {directory}", "A workspace is a folder of YAML, like examples/shop."
        )
    return directory


def fit_to_apply(directory: Path) -> Workspace:
    """Raises Problem with everything that makes it unfit."""
    compiled = checked(folder(directory))
    wrong = errors(compiled.findings)
    if wrong:
        lines = "\n".join(f"  {finding}" for finding in wrong)
        raise Problem(f"{directory} cannot be applied\n{lines}", f"See also: headrace lint {directory}")
    return compiled.workspace


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
