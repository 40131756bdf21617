"""The time that `headrace ledger` looks at."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cli.commands.ledger import app
from cli.stacks import Stack


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("1h", "2h", "it must come after --since"),
        ("1h", "1h", "it must come after --since"),
        ("2026-11-21", "2026-11-21", "it must come after --since"),
        ("9999-01-01", "9999-01-02", "that is in the future"),
    ],
)
def test_a_time_that_ends_before_it_begins_or_has_not_come_is_a_wrong_option(
    monkeypatch: pytest.MonkeyPatch, since: str, until: str, words: str
) -> None:
    """Exit code 1 would say that something is lost."""
    monkeypatch.setattr(Stack, "load", lambda _=None: Stack("local", "", {}))

    ended = CliRunner().invoke(app, ["--since", since, "--until", until])

    assert ended.exit_code == 2
    assert words in ended.stderr
