"""`headrace cost`: a bill for a load, with the settings in force or others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.cost.prices import PRICES
from cli.main import typed
from cli.problem import Problem
from shared.workspace.model import MOST_DAYS


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "headrace.yaml"
    made.write_text("prod:\n  alarms: true\n")
    monkeypatch.setenv("HEADRACE_SETTINGS", str(made))
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typed, ["cost", *arguments])


def said(*arguments: str) -> dict[str, Any]:
    answer = run(*arguments, "--json")
    assert answer.exit_code == 0, answer.exception
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_json_has_the_sums_and_the_lines_they_are_made_of() -> None:
    found = said("--rate", "100", "--per-request", "20", "--people", "one", "--stage", "prod")

    assert found["load"]["events_a_month"] == 262_800_000
    assert found["month_usd"] == pytest.approx(sum(line["month_usd"] for line in found["lines"]), abs=0.2)
    assert found["idle_month_usd"] == pytest.approx(
        sum(line["idle_month_usd"] for line in found["lines"]), abs=0.1
    )
    assert found["per_million_usd"] == pytest.approx(found["month_usd"] / 262.8, abs=0.001)
    assert {line["service"] for line in found["lines"]} == {
        "api", "functions", "logs", "stream", "tables", "bus", "queues", "delivery", "storage", "alarms", "metrics",
        "secrets",
    }  # fmt: skip
    assert set(found["prices"]["unconfirmed"]) <= {name for name in PRICES if not PRICES[name].confirmed}


def test_the_settings_in_force_are_those_of_the_file(file: Path) -> None:
    before = said()
    file.write_text("prod:\n  stream_shards: 1\n  alarms: false\n")

    after = said()

    assert {line["service"] for line in before["lines"]} - {line["service"] for line in after["lines"]} == {
        "alarms"
    }
    assert [line["what"] for line in after["lines"] if line["unit"] == "shard-hours"] == [
        "shards: 1",
        "kept for 168 hours",
    ]


def test_a_setting_may_be_supposed() -> None:
    changed = said("--set", "stream_shards=1", "--set", "alarms=false", "--set", "timeline_days=30")
    what = [line["what"] for line in changed["lines"]]

    assert "shards: 1" in what
    assert not any("capacity" in one for one in what)
    assert "profiles: least capacity, writes" in [
        line["what"] for line in said("--set", "tables=provisioned")["lines"]
    ]
    assert "timeline, 30 days" in what
    assert "metrics watched" not in what


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("stream_shard=1", "did you mean stream_shards"),
        ("stream_shards=0", "stream_shards"),
        ("stream_shards", "has no value"),
        ("=1", "has no name"),
        ("timeline_days=none", "timeline_days: Input should be a valid integer"),
        ("timeline_days=null", "timeline_days: Input should be a valid integer"),
        ("timeline_days=true", "timeline_days: Input should be a valid integer"),
        ("timeline_days=30.0", "timeline_days: Input should be a valid integer"),
        ("timeline_days=1e300", "timeline_days: Input should be a valid integer"),
        ("timeline_days=0", "timeline_days: Input should be greater than or equal to 1"),
        (
            f"timeline_days={MOST_DAYS + 1}",
            f"timeline_days: Input should be less than or equal to {MOST_DAYS}",
        ),
        ("timeline_days=99999999999999", f"timeline_days: Input should be less than or equal to {MOST_DAYS}"),
        ("stream_shards=10001", "stream_shards: Input should be less than or equal to 10000"),
        ("stream_shards=1.5", "stream_shards: Input should be a valid integer"),
        ("stream_shards=many", "stream_shards: Input should be a valid integer"),
        ("log_days=2", "log_days: Input should be 1, 3,"),
        ("tables=cheap", "tables may be provisioned"),
    ],
)
def test_what_cannot_be_supposed_is_refused(change: str, expected: str) -> None:
    answer = run("--set", change)

    assert isinstance(answer.exception, Problem)
    assert expected in str(answer.exception)


@pytest.mark.parametrize("days", [1, MOST_DAYS])
def test_a_timeline_may_be_kept_as_long_as_a_workspace_lets_it(days: int) -> None:
    assert f"timeline, {days} days" in [
        line["what"] for line in said("--set", f"timeline_days={days}")["lines"]
    ]


def test_the_capacity_that_is_advised_may_be_set_and_costs_what_was_said() -> None:
    [advised] = [one for one in said()["advice"] if list(one["changes"]) == ["table_capacity"]]
    capacity = json.dumps(advised["changes"]["table_capacity"])

    assert said("--set", f"table_capacity={capacity}")["month_usd"] == advised["month_usd"]
    assert said("--set", "tables=provisioned")["month_usd"] == advised["month_usd"]


def test_the_text_has_every_line_the_sum_and_the_advice() -> None:
    found, lines = said(), run().stdout.splitlines()

    assert lines[0].startswith("prod: 100 events of 1024 bytes a second, 20 of one person in a request")
    assert any(line.startswith("sum ") and f"${found['month_usd']:,.2f}" in line for line in lines)
    for one in found["advice"]:
        assert one["sentence"] in lines
    for line in found["lines"]:
        assert line["month_usd"] == 0 or any(
            shown.strip().startswith((line["what"], line["service"])) for shown in lines
        ), line["what"]
    assert any(line.startswith("  rows to Firehose †") for line in lines)
    assert any(line.startswith("  process: runs ~") for line in lines)
