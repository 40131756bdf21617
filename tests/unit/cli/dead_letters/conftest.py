"""An account whose stack the verb finds, without a wait at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.stacks import Stack
from tests.fakes.pretended_aws import pretended_aws
from tests.unit.cli.dead_letters.account import Aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with pretended_aws(monkeypatch):
        made = Aws()
        monkeypatch.setattr(Stack, "load", lambda _=None: Stack("local", "", made.outputs()))
        monkeypatch.setattr("cli.dead_letters.work.AT_THE_END", {"local": 0})
        monkeypatch.setattr("cli.dead_letters.work.WATCHED_SECONDS", 0)
        yield made
