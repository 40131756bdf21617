"""What commands print in these tests is as wide as in a pipe, whatever terminal the tests run in."""

from __future__ import annotations

import pytest

from cli.console import WIDE, console


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """xdist tells its workers the width of its own terminal, and a line that is broken elsewhere fails a test."""
    monkeypatch.setattr(console, "width", WIDE)
