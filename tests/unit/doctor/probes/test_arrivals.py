"""What is sent comes through a sound stack; where nothing does, each probe says what it can."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from cli.doctor import bodies, requests
from cli.doctor.finding import Finding, Part, State
from cli.doctor.running import examine
from cli.stacks import Stack
from shared.doctor import PERSON
from shared.events import DOCTOR
from shared.fold.profile import Profile
from tests.fakes.examined_stack import PERSON_KEY, ExaminedStack, examination
from tests.unit.doctor.probes.planted import (
    THROUGH_THE_STACK,
    altered,
    answering,
    everything_found,
    found_by,
    nothing_processed,
    refused,
    throttled,
    unknown_key,
)


def test_a_sound_stack_is_fine_and_a_run_leaves_one_person_and_nothing_in_the_view() -> None:
    stack = ExaminedStack()
    for _ in range(2):
        found = everything_found(stack)
        assert {name: one for name, one in found.items() if one != Finding(State.OK, one.detail)} == {}
    stored = stack.profiles.snapshot()
    assert [key for key, item in stored.items() if isinstance(item, Profile)] == [PERSON_KEY]
    assert set(stored) == {PERSON_KEY, f"anonymous:{PERSON}-endpoint"}
    assert stack.lake.ask("select count(*) as shown from events") == [{"shown": 0}]
    assert {row["source"] for row in stack.lake.ask("select source from events_raw")} == {DOCTOR}
    assert (stack.kept, stack.folded.rejected.requests, stack.profiles.person(PERSON_KEY).due_at) == (
        [],
        {},
        None,
    )


@pytest.mark.parametrize("plant", [nothing_processed, unknown_key, refused])
def test_no_probe_is_fine_when_nothing_comes_through(plant: Callable[[ExaminedStack], None]) -> None:
    found = everything_found(ExaminedStack(), plant, patience=0.5)
    assert found.pop("view events").state is State.OK  # it sends nothing
    assert {name for name, one in found.items() if one.state is not State.BROKEN or not one.do} == set()


@pytest.mark.parametrize(
    ("part", "names"),
    [
        (Part.PROCESS, {probe.name for probe in THROUGH_THE_STACK} - {"view events"}),
        (Part.EMAIL, {"message"}),
        (Part.ARCHIVE, {"row in the lake"}),
        (Part.DELIVERY, {"row in the lake"}),
        (Part.STREAM, set()),
    ],
)
def test_what_goes_through_a_part_that_is_known_to_do_nothing_is_not_waited_for(
    part: Part, names: set[str]
) -> None:
    began = time.monotonic()
    stopped = {part: "the cause"}
    planted = nothing_processed if part is Part.PROCESS else lambda _: None
    found = everything_found(ExaminedStack(), planted, stopped=stopped, patience=60.0)
    assert time.monotonic() - began < 30
    unexamined = {name: one for name, one in found.items() if one.state is State.UNEXAMINED}
    assert set(unexamined) == names
    assert all("`the cause`" in one.detail for one in unexamined.values())
    assert {one.state for name, one in found.items() if name not in names} <= {State.OK}


def test_what_is_refused_for_the_stream_is_gone_follows_from_that() -> None:
    stack = ExaminedStack()
    stack.front = answering(503)
    found = everything_found(stack, stopped={Part.STREAM: "stream"})
    assert found.pop("view events").state is State.OK
    asked_otherwise = {
        "browser preflight",
        "long query",
        "signed Pinpoint call",
    }  # OPTIONS, an image, Pinpoint's
    assert {one.state for name, one in found.items() if name not in asked_otherwise} == {State.UNEXAMINED}


def test_what_is_not_accepted_is_broken_whatever_comes_behind() -> None:
    stack = ExaminedStack()
    unknown_key(stack)
    found = everything_found(stack, stopped={Part.PROCESS: "consumers"})
    assert found.pop("view events").state is State.OK
    assert {one.state for one in found.values()} == {State.BROKEN}


def test_an_event_that_arrives_altered_is_found_by_each_who_sent_one() -> None:
    found = everything_found(ExaminedStack(), altered)
    said = {
        name for name, one in found.items() if one.state is State.BROKEN and "different text" in one.detail
    }
    assert said == {probe.name for probe in (*bodies.probes(), *requests.probes())}


def test_a_workspace_that_does_not_know_the_key_is_to_be_applied_again() -> None:
    stack = ExaminedStack()
    unknown_key(stack)
    assert "headrace apply" in found_by("body: application/json", stack).do


def test_throttled_is_a_matter_of_a_setting() -> None:
    stack = ExaminedStack()
    throttled(stack)
    found = found_by("body: application/json", stack)
    assert (found.state, "requests_per_second" in found.do) == (State.ATTENTION, True)


def test_nobody_there_is_broken_and_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    stack = ExaminedStack()
    with examination(stack) as examined:
        gone = Stack("local", f"http://127.0.0.1:{port}", examined.stack.outputs)
        changed = replace(examined, stack=gone)
        results = examine([one for one in THROUGH_THE_STACK if one.name != "view events"], changed)
    assert {one.finding.state for one in results} == {State.BROKEN}
    assert all(
        "refused" in one.finding.detail.lower() or "connect" in one.finding.detail.lower() for one in results
    )
