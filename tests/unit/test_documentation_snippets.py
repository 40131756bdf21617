"""A reader who copies a snippet of Python is told on the same page, before it, what to install for it."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
DISTRIBUTIONS = packages_distributions()
OURS = {"shared", "functions", "infra", "cli", "tests"}


def snippets() -> list[tuple[Path, int, str]]:
    """Page, where in it the snippet begins, and the snippet."""
    return [
        (page, match.start(), match[1])
        for page in PAGES
        for match in SNIPPET.finditer(page.read_text(encoding="utf-8"))
    ]


def needed(code: str) -> set[str]:
    """The distributions that the snippet imports from, besides Python's own library."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(str(node.module).partition(".")[0])
    return {DISTRIBUTIONS[module][0] for module in modules - sys.stdlib_module_names - OURS}


def test_there_are_snippets_that_need_something() -> None:
    assert {"segment-analytics-python", "boto3", "posthog"} <= {
        distribution for _, _, code in snippets() for distribution in needed(code)
    }


@pytest.mark.parametrize(
    ("page", "begins", "code"),
    snippets(),
    ids=lambda value: str(value.relative_to(ROOT)) if isinstance(value, Path) else "",
)
def test_the_page_says_first_what_to_install(page: Path, begins: int, code: str) -> None:
    before = page.read_text(encoding="utf-8")[:begins]

    for distribution in needed(code):
        assert f"pip install {distribution}`" in before, f"{page.name} needs `pip install {distribution}`"
