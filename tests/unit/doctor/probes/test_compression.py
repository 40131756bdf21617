"""Compressed bodies that the API destroys: found, and said whose matter it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cli.doctor.bodies import CONTENT_TYPES, name_of
from cli.doctor.examination import Examination
from cli.doctor.finding import State
from cli.doctor.running import examine
from cli.stacks import Stack
from shared.gateway_headers import is_taken_for_text
from tests.fakes.examined_stack import ExaminedStack, examination
from tests.unit.doctor.probes.planted import answering, everything_destroyed, found_by, named


@pytest.mark.parametrize("content_type", [one for one in CONTENT_TYPES if is_taken_for_text(one)])
@pytest.mark.parametrize(
    ("stage", "do"), [("local", "headrace.yaml and headrace up"), ("prod", "headrace.yaml and deploy")]
)
def test_gzip_that_an_http_api_destroys_wants_a_setting(content_type: str, stage: str, do: str) -> None:
    stack = ExaminedStack()
    stack.api, stack.outputs = "http", {"CollectApi": "http"}
    with examination(stack) as examined:
        there = replace(examined, stack=replace(examined.stack, stage=stage))
        [one] = examine([named(name_of(content_type, zipped=True))], there)
    found = one.finding
    assert found.state is State.ATTENTION
    assert "api: rest" in found.do
    assert do in found.do
    assert "disable_compression" in found.do
    assert found_by(name_of(content_type, zipped=False), stack).state is State.OK


@pytest.mark.parametrize("content_type", [one for one in CONTENT_TYPES if is_taken_for_text(one)])
def test_gzip_that_a_rest_api_destroys_is_broken(content_type: str) -> None:
    stack = ExaminedStack()
    stack.api = "http"  # and the stack's output says otherwise
    assert found_by(name_of(content_type, zipped=True), stack).state is State.BROKEN


@pytest.mark.parametrize("api", ["http", "rest"])
def test_gzip_destroyed_under_a_binary_type_is_broken(api: str) -> None:
    stack = ExaminedStack()
    stack.front, stack.outputs = everything_destroyed, {"CollectApi": api}
    assert found_by(name_of("application/octet-stream", zipped=True), stack).state is State.BROKEN


@pytest.mark.parametrize(("api", "state"), [("http", State.ATTENTION), ("rest", State.BROKEN)])
def test_gzip_destroyed_without_a_type_is_a_matter_of_the_api_for_nobody_knows(
    api: str, state: State
) -> None:
    stack = ExaminedStack()
    stack.front, stack.outputs = everything_destroyed, {"CollectApi": api}
    assert found_by(name_of(None, zipped=True), stack).state is state


def test_an_http_api_that_is_broken_altogether_is_no_matter_of_a_setting() -> None:
    stack = ExaminedStack()
    stack.front, stack.outputs = answering(503), {"CollectApi": "http"}
    assert found_by(name_of("application/json", zipped=True), stack).state is State.BROKEN


def test_a_stack_of_before_the_setting_has_an_http_api() -> None:
    assert Examination.api.fget(_with_outputs({})) == "http"  # type: ignore[attr-defined]


def _with_outputs(outputs: dict[str, str]) -> Any:
    return type("Examined", (), {"stack": Stack("dev", "https://api.example", outputs)})()
