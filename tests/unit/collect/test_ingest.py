"""The order of work for a request: which steps there are, in which order, and what each took."""

from __future__ import annotations

import gc

import orjson
import pytest

from functions.collect import telemetry
from functions.collect.http.request import Request
from functions.collect.pipeline.ingest import STEPS
from functions.collect.routing.router import respond
from tests.fakes.collect_stage import LENIENT, Stage, basic, purchase

EVENTS = [
    "authorize", "parse", "require_known_people", "validate", "validate_by_latest", "explain_rejected",
    "hold_to_quota", "pack", "store", "keep_rejected", "answer",
]  # fmt: skip

DEBUG = {"headrace-debug": "1"}


def test_nothing_is_answered_before_it_is_stored() -> None:
    steps = [step.__name__ for step in STEPS["events"]]
    assert steps == EVENTS


def test_a_rehearsal_stores_nothing() -> None:
    steps = [step.__name__ for step in STEPS["rehearsal"]]
    assert steps == [*EVENTS[:6], "answer_rehearsal"]


def test_a_step_is_found_by_its_name() -> None:
    """In the module of the same name, or in the one of the step that it goes with."""
    together = {
        "require_known_people": "parse", "validate_by_latest": "by_latest", "explain_rejected": "store",
        "hold_to_quota": "quota", "keep_rejected": "store", "answer_rehearsal": "answer",
    }  # fmt: skip
    for step in (*STEPS["events"], *STEPS["rehearsal"]):
        module = step.__module__.rpartition(".")[2]
        assert module == together.get(step.__name__, step.__name__)


def test_a_server_may_ask_what_each_step_took(stage: Stage) -> None:
    took = stage.batch(purchase(), headers=DEBUG).body["milliseconds"]
    assert list(took) == EVENTS[:-1]
    assert all(milliseconds >= 0 for milliseconds in took.values())


def test_the_log_says_of_a_slow_request_what_each_step_took(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.batch(purchase())
    assert "steps" not in orjson.loads(capsys.readouterr().out)

    monkeypatch.setattr(telemetry, "SLOW_SECONDS", 0.0)
    stage.batch(purchase(messageId="m2"))
    assert list(orjson.loads(capsys.readouterr().out)["steps"]) == EVENTS


def test_a_request_leaves_no_cycle_behind_that_only_the_collector_would_find(stage: Stage) -> None:
    def asked() -> None:
        body = orjson.dumps({"batch": [purchase()]}).decode()
        headers = {"authorization": basic(f"{LENIENT}:"), "content-type": "application/json"}
        request = Request("POST", "/v1/batch", headers, "", None, body, False)
        respond(request, stage.resources).for_gateway(request)

    asked()
    gc.collect()
    gc.disable()
    try:
        asked()
        assert gc.collect() == 0
    finally:
        gc.enable()
