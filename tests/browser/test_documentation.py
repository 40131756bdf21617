"""docs/browser-tag.md names every call and option there is."""

from __future__ import annotations

import re

import pytest

from tests.browser.capture import ROOT
from tests.browser.conftest import Visit

SOURCES = ROOT / "functions" / "collect" / "tag" / "src"


def first_column(heading: str) -> set[str]:
    text = (ROOT / "docs" / "browser-tag.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)", cell)}


@pytest.mark.browser
def test_every_call_is_documented(visit: Visit) -> None:
    tab = visit()
    tab.wait_for_function("headrace.version")
    calls = tab.evaluate("Object.keys(headrace).filter(name => typeof headrace[name] == 'function')")

    assert first_column("Calls") == set(calls) - {"init", "push"}


def test_every_option_is_documented() -> None:
    read = {
        name
        for path in SOURCES.glob("*.js")
        for name in re.findall(r"\bsettings\.(\w+)", path.read_text(encoding="utf-8"))
    }
    passed_on = {"consent", "respectDnt"}  # to consent.js, by name

    assert first_column("Options of init") == (read | passed_on | {"host"}) - {"url", "writeKey"}
