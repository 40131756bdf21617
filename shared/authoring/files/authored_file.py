"""One file of a workspace, as far as it could be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.authoring.files.models.authored import Authored
from shared.authoring.files.yaml_document import Document
from shared.authoring.findings import Finding, Path, Place


@dataclass(frozen=True)
class AuthoredFile:
    """`name` is the file as findings show it; `texts` are the files that templates name, by what they name.

    `content` is the part that could be read. `findings` and `lost` say what could not, and where. A missing value at
    such a place, or below, may in fact have been written.
    """

    name: str
    document: Document
    content: Authored
    texts: dict[str, Text] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    lost: frozenset[Path] = frozenset()

    def place(self, *path: str | int) -> Place:
        return Place(self.name, self.document.line(path))


@dataclass(frozen=True)
class Text:
    """A file named by another one, such as the HTML of an email."""

    name: str
    content: str


class NotUsable(Exception):
    """The file cannot be used. `findings` has its mistakes."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings
