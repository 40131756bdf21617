"""Whether the workspace that was applied last can be read, by this checkout's code: the stack's should be the same."""

from __future__ import annotations

from cli.doctor.examination import Examination
from cli.doctor.finding import Finding, broken, ok


def workspace(examination: Examination) -> Finding:
    return of_versions(examination.workspace.version, examination.unreadable)


def of_versions(in_use: int, unreadable: str | None) -> Finding:
    if unreadable is not None:
        return broken(
            f"{unreadable}; version {in_use} is used instead",
            "Apply your workspace again with the version of Headrace that is deployed: `headrace apply DIR`.",
        )
    return ok(f"version {in_use} is in use" if in_use else "nothing is applied yet")
