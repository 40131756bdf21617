"""Findings about the files of a workspace: the place, the problem, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a document: `("events", "Play Song", "properties", "genre")`."""


class Place(NamedTuple):
    """A line of a file. `file` is as the author would write it on the command line; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Finding(NamedTuple):
    """One finding. `related` has other places that it is about, such as the first of two duplicates."""

    place: Place
    rule: str
    severity: Severity
    message: str
    advice: str = ""
    related: tuple[Place, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.severity} {self.rule}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.place.file,
            "line": self.place.line,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "advice": self.advice,
            "related": [place._asdict() for place in self.related],
        }


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]
