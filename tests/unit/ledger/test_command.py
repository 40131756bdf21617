"""The time that `headrace ledger` looks at."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cli.commands.ledger import app
from cli.problem import Problem
from cli.stacks import Stack


@pytest.mark.parametrize(
    ("since", "until"),
    [("1h", "2h"), ("1h", "1h"), ("2026-11-21", "2026-11-21")],
)
def test_a_time_that_ends_before_it_begins_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, since: str, until: str
) -> None:
    monkeypatch.setattr(Stack, "load", lambda _=None: Stack("local", "", {}))

    ended = CliRunner().invoke(app, ["--since", since, "--until", until])

    assert isinstance(ended.exception, Problem)
    assert "--until must come after --since" in str(ended.exception)
