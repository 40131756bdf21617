"""`headrace settings`: what is in force, and where it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import settings_in_force
from cli.laptop.bring_up import bring_up
from cli.laptop.laptop import Laptop
from cli.main import typed
from cli.problem import Problem


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "headrace.yaml"
    made.write_text("all:\n  lake_days: 30\nprod:\n  stream_shards: 4\n  stream_parallelism: 4\n")
    monkeypatch.setenv("HEADRACE_SETTINGS", str(made))
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typed, ["settings", *arguments])


def test_every_setting_is_shown_with_its_value_and_the_line_that_says_it(file: Path) -> None:
    found = json.loads(run("--stage", "prod", "--json").stdout)

    assert (found["stage"], found["file"]) == ("prod", str(file))
    assert found["settings"]["stream_shards"] == {"value": 4, "default": None, "line": 4}
    assert found["settings"]["lake_days"] == {"value": 30, "default": None, "line": 2}
    assert found["settings"]["snap_start"] == {"value": True, "default": True, "line": None}
    assert found["settings"]["routes"]["value"] == "infra/routes.py"
    assert len(found["settings"]) > 25


def test_what_was_changed_is_shown_alone(file: Path) -> None:
    """A setting that says the default is none."""
    assert set(json.loads(run("--stage", "prod", "--changed", "--json").stdout)["settings"]) == {
        "lake_days",
        "stream_shards",
    }
    shown = run("--stage", "prod", "--changed").stdout
    assert f"{file}:4" in shown
    assert "snap_start" not in shown


def test_without_a_file_the_defaults_are_in_force() -> None:
    assert "there is no headrace.yaml" in run("--changed").stdout


def test_a_mistake_is_told_by_file_and_line_before_anything_else_is_done(file: Path) -> None:
    file.write_text("dev:\n  stream_shard: 4\n")

    with pytest.raises(Problem, match=rf"{file}:2: `stream_shard` is not known in dev") as caught:
        settings_in_force.read("local")
    assert "Traceback" not in str(caught.value)


def test_up_stops_at_a_mistake_before_it_starts_the_emulator(file: Path, tmp_path: Path) -> None:
    file.write_text("local:\n  stream_shards: 0\n")
    laptop = Laptop(tmp_path / "laptop")

    with pytest.raises(Problem, match=rf"{file}:2: local > stream_shards"):
        bring_up(laptop)
    assert not laptop.directory.exists()
