"""`headrace messages` says when it may have left some out."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import messages
from cli.stacks import Stack


@pytest.mark.parametrize(("there_are", "says_so"), [(1, False), (2, True), (3, True)])
def test_a_list_that_reaches_its_limit_says_that_there_may_be_more(
    monkeypatch: pytest.MonkeyPatch, there_are: int, says_so: bool
) -> None:
    def logged(stack: Stack, *, limit: int, **_: Any) -> list[dict[str, str]]:
        return [{"id": f"m{n}"} for n in range(there_are)][:limit]

    monkeypatch.setattr(Stack, "load", lambda stage: Stack(stage or "local", "http://127.0.0.1:8080", {}))
    monkeypatch.setattr(messages, "logged", logged)

    result = CliRunner().invoke(messages.app, ["--limit", "2", "--json"])

    assert result.exit_code == 0
    assert ("there may be more: --limit 20" in result.stderr) is says_so
    assert "more" not in result.stdout
