"""The function's entry counts what became of a batch, whether or not some of it has to come again."""

from __future__ import annotations

import json

import pytest

from functions.process import handler
from functions.process.batch import PeopleNotSaved
from functions.process.progress import Counts
from shared.fold.effects import TIMER_DUE
from shared.messaging.channels import CHANNELS
from tests.fakes.process_stage import NOON, Stage, event, identify, minutes
from tests.unit.process.test_twice_is_once import SHOP


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
    assert counted["process_dead_letters"] == 1
    assert "process_unsaved" not in counted, "a metric costs, and this one says nothing"


def test_a_dead_letter_is_counted_though_another_record_has_to_come_again(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.profiles.throttled = ["user:u1"]
    records = [stage.record(event("View Item")), stage.lambda_record("user:u2", b"not ours")]
    with pytest.raises(PeopleNotSaved):
        handler.lambda_handler({"Records": records}, None)
    counted = metrics(capsys)
    assert (counted["process_dead_letters"], counted["process_unsaved"]) == (1, 1)


def test_what_is_counted_for_the_queues_is_what_is_put_on_the_bus_for_them(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alarm compares it with what gets there: a repetition, a refusal and a timer put nothing there."""
    stage.workspaces.apply(SHOP, after=0, at=NOON, by="test")
    bought = event("Complete Purchase", properties={"amount": 1500, "currency": "USD"}, at=NOON)
    handed = event("View Item", at=NOON + minutes(1))
    records = [
        stage.record(identify(email="ann@shop.example"), bought, bought),
        stage.record(handed, handed, at=NOON + minutes(1)),
        stage.record(identify(email="eve@shop.example", at=NOON + minutes(2)), trust="browser"),
        stage.record(event(TIMER_DUE, type="system", at=NOON + minutes(3)), source="headrace"),
        stage.record(event("View Item", at=NOON + minutes(90))),  # a session ends and another begins
    ]
    handler.lambda_handler({"Records": records}, None)
    counted = metrics(capsys)

    assert counted["process_archived"] == len(stage.bus.rows)
    assert {name: count for name, count in counted.items() if "requested" in name} == {
        "process_messages_requested": len(stage.bus.requests),
        **{
            f"process_messages_requested_{channel}": sum(
                request.channel == channel for request in stage.bus.requests.values()
            )
            for channel in {request.channel for request in stage.bus.requests.values()}
        },
    }
    assert stage.bus.requests
    assert counted["process_refused"] == 1


def test_a_timer_that_finds_nothing_to_do_is_nothing_for_the_archive(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    handler.lambda_handler({"Records": [stage.record(event("View Item"))]}, None)
    capsys.readouterr()
    timer = stage.record(event(TIMER_DUE, type="system", at=NOON + minutes(3)), source="headrace")
    stage.bus.entries.clear()
    handler.lambda_handler({"Records": [timer]}, None)

    assert "process_archived" not in metrics(capsys)
    assert not stage.bus.entries


def test_every_channel_has_a_metric_of_its_own() -> None:
    counts = Counts(by_channel=dict.fromkeys(CHANNELS, 1))

    assert {f"messages_requested_{channel}" for channel in CHANNELS} <= set(counts.named())
