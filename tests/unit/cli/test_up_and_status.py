"""What an interrupted `up` says of what runs, and the words of `status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import up
from cli.commands.status import UNKNOWN_STATE, state_in_words
from cli.laptop import bring_up, life
from cli.laptop.laptop import Laptop
from cli.laptop.ports import Ports
from cli.main import typed
from cli.problem import Problem


@pytest.mark.parametrize(
    ("process", "said"),
    [
        (
            4711,
            "The emulator is still running (process 4711) with everything done so far. Continue: headrace up.",
        ),
        (None, "The emulator is not running, unless it was about to start (headrace status)."),
    ],
)
def test_ctrl_c_says_what_runs_and_how_to_go_on(
    process: int | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path))
    monkeypatch.setattr(up, "bring_up", interrupted)
    monkeypatch.setattr(up, "holder", lambda _: process)

    ended = CliRunner().invoke(typed, ["up"])

    assert ended.exit_code == 130
    assert f"Stopped. {said}" in ended.stdout
    assert "headrace up" in ended.stdout


def test_another_port_than_the_one_it_runs_on_takes_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "running", lambda _: Ports(gateway=4566, collect=8082))

    with pytest.raises(Problem, match="events go to port 8082") as caught:
        bring_up.run_emulator(Laptop(tmp_path), 8090)

    assert caught.value.advice == "To change that: headrace down && headrace up --collect-port 8090"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            {"saved_at": "2026-11-30T11:37:20+00:00", "seconds": 0.39, "without": {}, "failure": None},
            "saved at 2026-11-30T11:37:20+00:00 in 0.39 s",
        ),
        (
            {"saved_at": "T", "seconds": None, "without": {"athena": "no [room]"}, "failure": "disk full"},
            "saved at T; without athena: no [room]; the last try failed: disk full",
        ),
        ({"saved_at": None, "seconds": None, "without": {}, "failure": None}, "not saved yet"),
        (UNKNOWN_STATE, UNKNOWN_STATE),
    ],
)
def test_the_state_of_the_emulator_is_a_sentence(state: dict[str, Any] | str, said: str) -> None:
    assert state_in_words(state) == said
