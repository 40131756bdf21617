"""`headrace settings`: what is in force, and where it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import settings_in_force
from cli.console import console
from cli.laptop.bring_up import bring_up
from cli.laptop.laptop import Laptop
from cli.main import typed
from cli.problem import Problem
from shared.aws import clients


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "headrace.yaml"
    made.write_text("all:\n  lake_days: 30\nprod:\n  stream_shards: 4\n  stream_parallelism: 2\n")
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


CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"


def test_nothing_is_cut_in_a_pipe(file: Path) -> None:
    file.write_text(f"prod:\n  domain: {{name: events.shop.example, certificate: '{CERTIFICATE}'}}\n")

    lines = run("--stage", "prod", "--changed").stdout.splitlines()

    assert len(lines) == 2
    assert CERTIFICATE in lines[1]
    assert lines[1].endswith(f"{file}:2")


def test_nothing_is_cut_on_a_narrow_terminal(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("prod:\n  alarm_email: somebody.with.a.long.name@operations.shop.example\n")
    monkeypatch.setattr(console, "_force_terminal", True)
    monkeypatch.setattr(console, "width", 70)

    assert "…" not in run("--stage", "prod", "--changed").stdout


def test_a_certificate_of_elsewhere_is_told_where_the_region_is_known(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"prod:\n  domain: {{name: events.shop.example, certificate: '{CERTIFICATE}'}}\n")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    clients.forget()

    shown = run("--stage", "prod").stdout

    assert f"{file}:2: prod > domain > certificate: is in us-east-1, and the stack goes to eu-west-1" in shown


def test_what_is_said_in_vain_is_told(file: Path) -> None:
    file.write_text("prod:\n  alarms: false\n  alarm_email: ops@shop.example\n")

    assert f"{file}:3: `alarm_email`: has no effect while `alarms` is false" in run("--stage", "prod").stdout
    assert "no effect" not in run("--stage", "dev").stdout


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
