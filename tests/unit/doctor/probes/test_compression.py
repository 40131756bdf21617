"""Each probe through a whole stack on fakes: fine as it stands, and seen failing when its cause is planted."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cli.doctor import bodies, requests, stages
from cli.doctor.bodies import CONTENT_TYPES, name_of
from cli.doctor.examination import TEXT, Examination, Probe
from cli.doctor.finding import Finding, Part, State
from cli.doctor.registry import probes
from cli.doctor.running import examine
from cli.stacks import Stack
from shared.aws.streams.stream_states import DeliveryState
from shared.doctor import MAILBOX, PERSON
from shared.events import DOCTOR
from shared.fold.profile import Profile
from shared.gateway_headers import is_taken_for_text
from shared.messaging.messages import Status, Why
from shared.messaging.providers import ProviderRefused
from shared.ports.queries import QueryFailed
from shared.workspace.model import Campaign
from tests.fakes.collect_stage import SHOP
from tests.fakes.examined_stack import PERSON_KEY, ExaminedStack, examination

THROUGH_THE_STACK = [*bodies.probes(), *requests.probes(), *stages.probes(with_message=True)]


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Firehose is there and gathers nothing; what does not come is not waited for as long as on AWS."""
    monkeypatch.setattr(stages, "delivery_state", lambda _name: DeliveryState("ACTIVE", timedelta()))
    monkeypatch.setattr(stages, "MESSAGE_SECONDS", 0.5)


def named(name: str) -> Probe:
    [found] = [probe for probe in THROUGH_THE_STACK if probe.name == name]
    return found


def found_by(name: str, stack: ExaminedStack, **changed: Any) -> Finding:
    with examination(stack, **changed) as examined:
        [one] = examine([named(name)], examined)
    return one.finding


def everything_destroyed(_method: str, _path: str, body: bytes, _headers: Mapping[str, str]) -> bytes:
    return body.decode("utf-8", "replace").encode()


def answering(status: int, method: str | None = None, **headers: str) -> Callable[..., Any]:
    """Something in front that answers itself."""

    def front(asked: str, _path: str, body: bytes, _headers: Mapping[str, str]) -> Any:
        if method not in (None, asked):
            return body
        return {
            "statusCode": status,
            "headers": headers,
            "body": '{"message": "no"}',
            "isBase64Encoded": False,
        }

    return front


def everything_found(
    stack: ExaminedStack, plant: Callable[[ExaminedStack], None] = lambda _: None, **changed: Any
) -> dict[str, Finding]:
    """By probe, with a fault that is planted once the stack is there."""
    with examination(stack, **changed) as examined:
        plant(stack)
        return {one.probe: one.finding for one in examine(THROUGH_THE_STACK, examined)}


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


# gzip and the API


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


# planted causes


def unknown_key(stack: ExaminedStack) -> None:
    stack.apply(SHOP)


def altered(stack: ExaminedStack) -> None:
    stack.altering = TEXT.encode().decode("latin-1")


def nothing_processed(stack: ExaminedStack) -> None:
    stack.processing = False


def refused(stack: ExaminedStack) -> None:
    stack.front = answering(403)


def throttled(stack: ExaminedStack) -> None:
    stack.front = answering(429)


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


# the browser's preflight


@pytest.mark.parametrize(
    ("headers", "missing"),
    [
        ({}, "origin"),
        ({"access-control-allow-origin": "https://other.example"}, "origin"),
        ({"access-control-allow-origin": "*", "access-control-allow-methods": "GET"}, "methods"),
        (
            {"access-control-allow-origin": "*", "access-control-allow-methods": "*",
             "access-control-allow-headers": "content-type"},
            "headers",
        ),
    ],
)  # fmt: skip
def test_a_preflight_that_allows_too_little_is_broken(headers: dict[str, str], missing: str) -> None:
    stack = ExaminedStack()
    stack.front = answering(204, "OPTIONS", **headers)
    found = found_by("browser preflight", stack)
    assert (found.state, missing in found.detail) == (State.BROKEN, True)


def test_a_preflight_that_is_refused_is_broken() -> None:
    stack = ExaminedStack()
    stack.front = answering(403, "OPTIONS")
    assert "403" in found_by("browser preflight", stack).detail


def test_an_answer_that_the_browser_may_not_read_is_broken() -> None:
    stack = ExaminedStack()

    handled = stack.handled

    def stripped(method: str, *rest: Any, **gateway: Any) -> dict[str, Any]:
        answer = handled(method, *rest, **gateway)
        if method == "POST":
            answer["headers"].pop("access-control-allow-origin", None)
        return answer

    vars(stack)["handled"] = stripped
    assert "does not name the browser's origin" in found_by("browser preflight", stack).detail


# a long query


def test_something_in_front_that_refuses_long_requests_is_found() -> None:
    stack = ExaminedStack()
    stack.front = answering(414, "GET")
    found = found_by("long query", stack)
    assert (found.state, "POST" in found.do) == (State.BROKEN, True)


def test_the_long_query_is_as_long_as_it_says_and_fits() -> None:
    stack, headers_sent = ExaminedStack(), []

    def measured(_method: str, _path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        headers_sent.append(sum(len(f"{name}: {value}\r\n") for name, value in headers.items()))
        return body

    stack.front = measured
    with examination(stack) as examined:
        requests.long_query(examined)
    [(method, target)] = stack.requests
    took = len(f"{method} {target} HTTP/1.1\r\n") + headers_sent[0] - len("x-forwarded-proto: http\r\n")
    assert took == requests.LONGEST_BYTES


# the signature


def test_a_signature_that_something_in_front_breaks_is_found() -> None:
    stack = ExaminedStack()

    def touched(_method: str, _path: str, body: bytes, _headers: Mapping[str, str]) -> bytes:
        return body + b" "

    stack.front = touched
    found = found_by("signed Pinpoint call", stack)
    assert (found.state, "signature" in found.detail.lower()) == (State.BROKEN, True)


# the stages


def test_a_profile_that_lost_its_counters_is_found() -> None:
    stack = ExaminedStack()
    with examination(stack) as examined:
        found = stages.profile(replace(examined, person=lambda: Profile(PERSON_KEY)))
    assert (found.state, "does not count" in found.detail) == (State.BROKEN, True)


@pytest.mark.parametrize(("seconds", "state"), [(60.0, State.OK), (60.1, State.ATTENTION)])
def test_a_slow_stream_wants_attention(seconds: float, state: State) -> None:
    ticks = iter([0.0, seconds])
    stack = ExaminedStack()
    with examination(stack, clock=lambda: next(ticks)) as examined:
        assert stages.profile(examined).state is state


@pytest.mark.parametrize("plant", ["sending", "archiving"])
def test_a_stage_that_does_nothing_is_found_by_its_probe_alone(plant: str) -> None:
    stack = ExaminedStack()
    setattr(stack, plant, False)
    found = everything_found(stack)
    broken = {name for name, finding in found.items() if finding.state is State.BROKEN}
    assert broken == {{"sending": "message", "archiving": "row in the lake"}[plant]}


def test_a_message_that_the_provider_refuses_is_broken_and_says_why() -> None:
    stack = ExaminedStack()
    stack.send.email.failures.append(ProviderRefused(Why.PROVIDER_REFUSED, "address not verified"))
    found = found_by("message", stack)
    assert found.state is State.BROKEN
    assert "provider_refused" in found.detail
    assert "address not verified" in found.detail


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        (Status.WAITING, Why.RATE_LIMITED, State.ATTENTION),
        (Status.WAITING, Why.PROVIDER_UNAVAILABLE, State.ATTENTION),
        (Status.REQUESTED, None, State.ATTENTION),
        (Status.DELIVERED, None, State.OK),
        (Status.SKIPPED, Why.CONSENT_WITHDRAWN, State.BROKEN),
        (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, State.BROKEN),
    ],
)
def test_what_became_of_the_message(status: Status, reason: Why | None, state: State) -> None:
    stack = ExaminedStack()
    with examination(stack) as examined:
        stages.message(examined)
        [sent] = stack.send.messages.items.values()
        assert stages._became(sent._replace(status=status, reason=reason)).state is state


def test_without_a_sender_no_message_is_tried() -> None:
    stack = ExaminedStack(sender=None)
    found = found_by("message", stack)
    assert (found.state, "not tried" in found.detail, stack.send.email.sent) == (State.OK, True, [])


def test_campaigns_by_email_without_a_sender_are_broken() -> None:
    campaign = Campaign(id="c", name="c", event="View Item", channel="email", template="t")
    stack = ExaminedStack(SHOP.model_copy(update={"campaigns": (campaign,)}), sender=None)
    found = found_by("message", stack)
    assert (found.state, "settings.email.sender" in found.do) == (State.BROKEN, True)


def test_the_message_goes_to_the_simulator_and_is_left_out_on_request() -> None:
    stack = ExaminedStack()
    found_by("message", stack)
    assert [email.to for email in stack.send.email.sent] == [MAILBOX]
    assert "message" not in {probe.name for probe in probes(with_message=False)}


def test_a_view_that_shows_the_doctors_events_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = ExaminedStack()
    with examination(stack) as examined:
        stages.row(examined)
        ask = examined.ask
        older = replace(examined, ask=lambda sql: ask(sql.replace("from events ", "from events_raw ")))
        found = stages.view(older)
    assert (found.state, "1 of the doctor's events" in found.detail) == (State.BROKEN, True)


def test_a_lake_that_answers_nothing_is_broken_with_the_engines_words() -> None:
    def failing(_sql: str) -> Any:
        raise QueryFailed("TABLE_NOT_FOUND: events_raw")

    for name in ("row in the lake", "view events"):
        found = found_by(name, ExaminedStack(), ask=failing)
        assert (found.state, "TABLE_NOT_FOUND" in found.detail) == (State.BROKEN, True)
