"""What compiling a folder finds, and where."""

from pathlib import Path

from shared.authoring.compiling import compile_folder
from shared.authoring.findings import Finding


def findings(directory: Path) -> list[Finding]:
    """What compiling these files finds."""
    return compile_folder(directory).findings


def only(directory: Path) -> Finding:
    """The one finding."""
    found = findings(directory)
    assert len(found) == 1, found
    return found[0]


def where(directory: Path, finding: Finding) -> str:
    """The file and line of a finding."""
    return f"{Path(finding.place.file).relative_to(directory)}:{finding.place.line}"
