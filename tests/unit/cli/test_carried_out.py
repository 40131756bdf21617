"""A deployment that the emulator says it made, and made in part: `up` and `status` say which part is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from ministack.services import kinesis
from ministack.services.cloudformation import provisioners

from cli.commands import status
from cli.laptop import assembly, bring_up, deployment
from cli.laptop.carried_out import left_as_it_was
from shared.aws.stack.stack_outputs import StackDescription
from tests.fakes.pretended_aws import pretended_aws

OUTPUTS = {"StreamName": "events"}


@pytest.fixture(autouse=True)
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        boto3.client("kinesis").create_stream(StreamName="events", ShardCount=2)
        yield


def asking_for(folder: Path, **properties: Any) -> Path:
    resources = {
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": properties},
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {}},
    }
    (folder / "headrace-local.template.json").write_text(json.dumps({"Resources": resources}))
    return folder


@pytest.mark.parametrize("shards", [1, 3])
def test_a_stream_that_kept_its_size_is_said_with_both(tmp_path: Path, shards: int) -> None:
    [said] = left_as_it_was(asking_for(tmp_path, ShardCount=shards), "headrace-local", OUTPUTS)

    assert f"it has 2 shards, the settings ask for {shards}" in said
    assert "headrace destroy --yes && headrace up" in said


@pytest.mark.parametrize(
    "properties", [{"ShardCount": 2}, {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}]
)
def test_one_that_is_as_asked_is_not(tmp_path: Path, properties: dict[str, Any]) -> None:
    assert left_as_it_was(asking_for(tmp_path, **properties), "headrace-local", OUTPUTS) == []


def test_up_and_status_say_it_however_often_they_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built = asking_for(tmp_path, ShardCount=3)
    found = StackDescription("headrace-local", "UPDATE_COMPLETE", dict(OUTPUTS), is_protected=False)
    monkeypatch.setattr(assembly, "BUILT", built)
    monkeypatch.setattr(assembly, "is_fresh", lambda wanted: wanted == "this code")
    monkeypatch.setattr(deployment, "describe", lambda _name: found)

    for _ in range(2):
        bring_up._say_what_was_not_carried_out("this code")
        assert "it has 2 shards" in capsys.readouterr().out
    assert status.currency("this code", is_deployed=True) == {
        "up_to_date": False,
        "not_carried_out": deployment.left_as_it_was("this code"),
    }
    assert status.currency("other code", is_deployed=True) == {"up_to_date": True}
    assert status.currency("this code", is_deployed=False)["up_to_date"] is False


def test_the_emulator_still_leaves_shards_as_they_are() -> None:
    """When a later one changes them, the sentence is never said again, and the module can go."""
    before = {"Name": "of-this-test", "ShardCount": 2}
    provisioners._kinesis_stream_create("Stream", before, "stack")
    try:
        provisioners._kinesis_stream_update("of-this-test", before, {**before, "ShardCount": 3}, "stack")
        assert len(kinesis._streams["of-this-test"]["shards"]) == 2
    finally:
        del kinesis._streams["of-this-test"]
