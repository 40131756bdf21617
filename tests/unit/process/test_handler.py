"""The function's entry counts what became of a batch, whether or not some of it has to come again."""

from __future__ import annotations

import json

import pytest

from functions.process import handler
from functions.process.batch import PeopleNotSaved
from tests.fakes.process_stage import Stage, event


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")
    stage = Stage()
    monkeypatch.setattr(handler, "process", lambda: stage.process)
    return stage


def metrics(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    [emitted] = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return {name: value[0] for name, value in json.loads(emitted).items() if name.startswith("process_")}


def test_a_batch_is_counted(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    records = [stage.record(event("View Item")), stage.lambda_record("user:u1", b"not ours")]
    handler.lambda_handler({"Records": records}, None)
    counted = metrics(capsys)
    assert (counted["process_records"], counted["process_events"]) == (2, 1)
    assert (counted["process_dead_letters"], counted["process_unsaved"]) == (1, 0)


def test_a_dead_letter_is_counted_though_another_record_has_to_come_again(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.profiles.throttled = ["user:u1"]
    records = [stage.record(event("View Item")), stage.lambda_record("user:u2", b"not ours")]
    with pytest.raises(PeopleNotSaved):
        handler.lambda_handler({"Records": records}, None)
    counted = metrics(capsys)
    assert (counted["process_dead_letters"], counted["process_unsaved"]) == (1, 1)
