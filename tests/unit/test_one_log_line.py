"""An invocation that went well is one line of the log, which is the metrics at once: lines are paid for by the byte."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from functions.archive import handler as archive
from functions.archive.batches import Archived
from functions.process import handler as process
from functions.sweep import handler as sweep
from functions.sweep.sweep import Round
from simulation.ports.stream import FakeStream


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """On AWS the environment says both, before the modules are loaded."""
    for module in (archive, process, sweep):
        metrics: Metrics = module.metrics
        monkeypatch.setattr(metrics.provider, "namespace", "Headrace")
        monkeypatch.setattr(metrics.provider, "service", "x")


def lines(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What an invocation wrote: metrics go to standard output, the rest by way of the logger."""
    logged = [{"message": record.message} for record in caplog.records]
    return [*(json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line), *logged]


def test_process_says_its_counts_and_that_it_is_done_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    class Stage:
        def batch(self, records: list[object], _account: object) -> dict[str, int]:
            return {"records": len(records), "duplicates": 0}

    monkeypatch.setattr(process, "process", Stage)
    with caplog.at_level("INFO"):
        process.lambda_handler({"Records": [{}, {}]}, None)

    [line] = lines(capsys, caplog)
    assert (line["message"], line["process_records"]) == ("batch processed", [2.0])
    assert "process_duplicates" not in line


def test_archive_says_its_counts_and_that_it_is_done_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(archive, "stage", lambda: SimpleNamespace(delivery=None))
    monkeypatch.setattr(archive, "archive", lambda records, _: Archived([], {"messages": len(records)}))
    with caplog.at_level("INFO"):
        archive.lambda_handler({"Records": [{}]}, None)

    [line] = lines(capsys, caplog)
    assert (line["message"], line["archive_messages"]) == ("archived", [1.0])


@pytest.mark.parametrize(
    ("done", "counted"),
    [
        (Round(), {}),
        (Round(timers=3), {"sweep_timers": [3.0]}),
        (Round(behind=timedelta(minutes=6)), {"sweep_behind": [360.0]}),
    ],
)
def test_a_round_of_sweep_is_one_line_whether_it_has_something_to_count_or_not(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    done: Round,
    counted: dict[str, list[float]],
) -> None:
    class Rounds:
        stream = FakeStream()

        def round(self, _: object) -> Round:
            return done

    monkeypatch.setattr(sweep, "sweep", Rounds)
    with caplog.at_level("INFO"):
        sweep.lambda_handler({}, None)

    [line] = lines(capsys, caplog)
    assert line["message"] == "sweep done"
    assert {
        name: value for name, value in line.items() if name in ("sweep_timers", "sweep_behind")
    } == counted
