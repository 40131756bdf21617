"""Queries that are answered as a test says, and the verb."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from cli.commands import query
from cli.lake import asking
from cli.stacks import Stack
from tests.unit.cli.query.answered import NOTHING, FakeQueries


@pytest.fixture(autouse=True)
def queries(monkeypatch: pytest.MonkeyPatch) -> type[FakeQueries]:
    def load(stage: str | None = None) -> Stack:
        outputs = {"GlueDatabase": "headrace_db", "AthenaWorkgroup": "headrace-wg"}
        return Stack(stage or "local", "http://127.0.0.1:8080", outputs)

    monkeypatch.setattr(Stack, "load", load)
    monkeypatch.setattr(asking, "AthenaQueries", FakeQueries)
    FakeQueries.answer, FakeQueries.asked = NOTHING, ""
    FakeQueries.all_asked.clear()
    return FakeQueries


@pytest.fixture
def run() -> Callable[..., Result]:
    return lambda *arguments: CliRunner().invoke(query.app, list(arguments), catch_exceptions=True)
