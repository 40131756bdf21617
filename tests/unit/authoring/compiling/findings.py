"""What compiling a folder finds, and where."""

from pathlib import Path

from shared.authoring.compiling import compile_folder
from shared.authoring.findings import Finding


def findings(directory: Path) -> list[Finding]:
    return compile_folder(directory).findings


def only(directory: Path) -> Finding:
    found = findings(directory)
    assert len(found) == 1, found
    return found[0]


def where(directory: Path, finding: Finding) -> str:
    return f"{Path(finding.place.file).relative_to(directory)}:{finding.place.line}"
