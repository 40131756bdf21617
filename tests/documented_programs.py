"""The programs that the documentation has people run: tests run them from the page itself."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ACCESS = ROOT / "docs" / "operating" / "access.md"
RESTORING = ROOT / "docs" / "operating" / "restoring.md"

PROGRAM = re.compile(r"^( *)```python\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def run_program(page: Path, heading: str, **names: object) -> None:
    """Run the one program below the heading, with these names given."""
    section = page.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    (code,) = (textwrap.dedent(text) for _, text in PROGRAM.findall(section))
    code = code.replace("WaitTimeSeconds=10", "WaitTimeSeconds=1")  # a test's queue answers with all it has
    exec(compile(code, page.name, "exec"), dict(names))
