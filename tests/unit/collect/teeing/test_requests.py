"""What reaches the queue to the vendor: every request of a source that has one, as it came, whatever was answered."""

from __future__ import annotations

import base64
import gzip
import re
import subprocess
import sys
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_plus

import orjson
import pytest

from functions.collect.http.body import LARGEST
from functions.collect.protocols import NAMES, wire_format
from shared.tee import TeedRequest
from shared.workspace.model import EventDefinition, Limits, Source, Tee, Workspace
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import (
    BROWSER,
    LENIENT,
    OBSERVE,
    PURCHASE,
    STRICT,
    Stage,
    basic,
    purchase,
)
from tests.fakes.collect_stage import SHOP as FAKE_SHOP
from tests.fakes.faults import Died
from tests.unit.collect.test_payloads import PAYLOADS, sent

TEED, PLAIN, SMALL, METERED, PAGE = "v_teed", "v_plain", "v_small", "v_metered", "v_page"
"""Credentials of the vendor's, which its clients showed before and show still: `accepts`."""

OURS = "hr_kept-to-ourselves"
"""A write key of ours."""
VENDOR = Tee(host="https://vendor.example")


def source(name: str, key: str, **settings: Any) -> Source:
    return Source(
        id=name, name=name, trust=settings.pop("trust", "server"), key_hashes=(key_hash(key),), **settings
    )


SHOP = Workspace(
    version=1,
    sources=(
        source("teed", TEED, policy="strict", may_define=True, tee=VENDOR),
        source("ours", OURS, tee=VENDOR),
        source("plain", PLAIN),
        source("small", SMALL, tee=VENDOR, limits=Limits(batch_bytes=1024)),
        source("metered", METERED, tee=VENDOR, limits=Limits(events_per_second=1)),
        source("page", PAGE, tee=VENDOR, trust="browser", origins=("https://shop.example",)),
    ),
    events=(PURCHASE, EventDefinition(id="View Item", name="View")),
)


@pytest.fixture
def stage() -> Stage:
    return Stage(SHOP)


def only(stage: Stage) -> TeedRequest:
    (request,) = stage.tee.requests
    return request


def test_the_request_goes_on_as_it_came(stage: Stage) -> None:
    body = gzip.compress(orjson.dumps({"batch": [purchase()]}))
    headers = {
        "authorization": basic(f"{TEED}:"), "content-type": "text/plain", "content-encoding": "gzip",
        "user-agent": "analytics-python/2", "x-vendor": "1", "ce-id": "2",
    }  # fmt: skip
    answer = stage.request("POST", "/v1/batch/", body, headers, query="a=%20b&a=c", api="rest")

    assert answer.status == 200
    request = only(stage)
    assert (request.method, request.path, request.query) == ("POST", "/v1/batch/", "a=%20b&a=c")
    assert request.body == body
    assert request.headers == headers
    assert (request.source, request.protocol, request.call) == ("teed", "twilio_segment", "batch")
    assert (request.status, request.events, request.rejected, request.workspace) == (200, 1, 0, 1)
    assert request.received_at == stage.now


@pytest.mark.parametrize(
    "header",
    ["host", "cookie", "x-forwarded-for", "x-amzn-trace-id", "connection", "content-length", "proxy-authorization",
     "headrace-debug", "accept-encoding", "via"],
)  # fmt: skip
def test_headers_of_the_connection_stay_here(stage: Stage, header: str) -> None:
    stage.post("/v1/batch", {"batch": [purchase()]}, {header: "1"}, key=TEED)
    assert header not in only(stage).headers


def test_nothing_is_forwarded_for_a_source_without_a_tee(stage: Stage) -> None:
    stage.batch(purchase(), key=PLAIN)
    assert stage.tee.messages == []


def test_rejected_events_go_on_too_under_the_id_they_are_kept_by(stage: Stage) -> None:
    stage.batch(purchase(), purchase(event="Dance"), key=TEED)
    request = only(stage)
    assert (request.status, request.events, request.rejected) == (200, 2, 1)
    assert [kept.request for kept in stage.kept] == [request.id]


@pytest.mark.parametrize("body", [b"{not json", {"batch": [{"type": "track"}]}])
def test_whatever_was_answered_the_vendor_judges_for_itself(stage: Stage, body: object) -> None:
    assert stage.post("/v1/batch", body, key=TEED).status == 400
    assert (only(stage).status, only(stage).source) == (400, "teed")


def test_a_request_that_is_too_large_for_us_goes_on(stage: Stage) -> None:
    answer = stage.batch(purchase(properties={"note": "x" * 2000}), key=SMALL)
    assert answer.status == 413
    assert (only(stage).source, only(stage).status) == ("small", 413)


@pytest.mark.parametrize("protocol", NAMES)
def test_a_request_too_large_to_be_read_is_refused_whoever_sent_it(stage: Stage, protocol: str) -> None:
    for route in wire_format(protocol).routes:
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        if route.kind == "events" and route.method != "GET":
            answer = stage.request(route.method, path, b" " * (LARGEST + 1), {"authorization": basic("a:b")})
            assert 400 <= answer.status < 500, (route.method, path)
    assert stage.tee.messages == []


def test_a_request_too_large_to_be_read_goes_on_when_its_headers_say_whose_it_is(stage: Stage) -> None:
    assert stage.post("/v1/batch", b" " * (LARGEST + 1), key=TEED).status == 413
    assert (only(stage).source, len(only(stage).body)) == ("teed", LARGEST + 1)


def test_what_was_refused_for_trust_or_credentials_goes_nowhere(stage: Stage) -> None:
    """A public key is anybody's: what we do not let it do, it does not do at the vendor in our name."""
    origin = {"origin": "https://other.example"}
    assert stage.batch(purchase(), key=PAGE, headers=origin).status == 403
    document = {"definitionName": "Dance", "properties": []}
    page = {"authorization": f"App {PAGE}", "content-type": "application/json"}
    assert stage.request("POST", "/peopleevents/2/definitions", document, page).status == 403
    for method, path in (("PUT", f"/v1/apps/{PAGE}/endpoints/e1"), ("DELETE", f"/v1/apps/{PAGE}/users/u1")):
        stage.request(method, path, {"Address": "x"}, {"content-type": "application/json", **origin})
    assert stage.tee.messages == []


@pytest.mark.parametrize("protocol", NAMES)
def test_in_no_format_does_a_page_that_may_not_send_to_us_send_to_the_vendor(protocol: str) -> None:
    stage = teeing_all(origins=("https://shop.example",))
    for request in requests_of(protocol):
        headers = {**request.get("headers", {}), "origin": "https://other.example"}
        sent(stage, {**request, "headers": headers})
    assert stage.tee.messages == []


def test_what_nobody_here_sent_goes_nowhere(stage: Stage) -> None:
    assert stage.batch(purchase(), key="hr_unknown").status == 401
    assert stage.request("GET", "/nothing").status == 404
    assert stage.request("GET", "/health").status == 200
    assert stage.tee.messages == []


def test_a_call_that_no_protocol_knows_is_not_forwarded_whoever_makes_it(stage: Stage) -> None:
    headers = {"authorization": basic(f"{TEED}:")}
    assert stage.request("DELETE", "/v1/batch", b"", headers).status == 405
    assert stage.request("POST", "/v1/m", b"{}", headers).status == 200
    assert stage.tee.messages == []


def test_what_the_client_sends_again_anyway_is_forwarded_when_it_does(stage: Stage) -> None:
    assert stage.batch(purchase(), key=METERED).status == 200
    assert stage.batch(purchase(messageId="m2"), key=METERED).status == 429
    stage.wait(2)
    assert stage.batch(purchase(messageId="m2"), key=METERED).status == 200
    assert len(stage.tee.requests) == 2

    stage.stream.item_faults.planned.append("all")
    assert stage.batch(purchase(), key=TEED).status == 503
    assert len(stage.tee.requests) == 2


def test_503_in_the_formats_own_shape_when_the_queue_does_not_take_it(stage: Stage) -> None:
    stage.tee.failing = True
    answer = stage.batch(purchase(), key=TEED)
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert "retry-after" in answer.headers

    stage.tee.failing = False
    assert stage.batch(purchase(), key=TEED, headers={"x-retry-count": "1"}).status == 200
    assert len(stage.tee.requests) == 1
    assert {event.id for event in stage.events} == {"m1"}


def test_a_source_without_a_tee_does_not_notice_that_the_queue_is_down(stage: Stage) -> None:
    stage.tee.failing = True
    assert stage.batch(purchase(), key=PLAIN).status == 200


def test_events_are_stored_before_they_are_forwarded(stage: Stage) -> None:
    stage.batch(purchase(), None, key=TEED)
    assert stage.faults.made == ["stream.put", "rejected.put", "tee.put"]


@pytest.mark.parametrize("died_after", [1, 2, 3])
def test_whatever_call_it_dies_after_the_clients_retry_brings_it_to_the_vendor(
    stage: Stage, died_after: int
) -> None:
    stage.faults.die_after = died_after
    with pytest.raises(Died):
        stage.batch(purchase(), None, key=TEED)
    stage.restart()
    assert stage.batch(purchase(), None, key=TEED).status == 200
    assert len(stage.tee.requests) == (2 if died_after == 3 else 1)


def test_a_request_that_another_stack_forwarded_ends_here(stage: Stage) -> None:
    assert stage.batch(purchase(), key=TEED, headers={"headrace-tee": "r1"}).status == 200
    assert stage.tee.messages == []


def test_settings_that_an_sdk_asks_for_are_ours_to_answer(stage: Stage) -> None:
    assert stage.request("GET", f"/v1/projects/{TEED}/settings").status == 200
    assert stage.tee.messages == []


def test_a_definition_that_a_client_adds_is_added_at_the_vendor_too(stage: Stage) -> None:
    document = {"definitionName": "Dance", "properties": []}
    headers = {"authorization": f"App {TEED}", "content-type": "application/json"}
    stage.request("POST", "/peopleevents/2/definitions", document, headers)
    assert (only(stage).protocol, only(stage).method) == ("infobip", "POST")

    stage.request("GET", "/peopleevents/2/definitions", b"", headers)
    assert len(stage.tee.requests) == 1


def test_a_tee_that_was_applied_a_moment_ago_counts_once_the_workspace_is_read_again(stage: Stage) -> None:
    changed = [one.model_copy(update={"tee": VENDOR}) if one.id == "plain" else one for one in SHOP.sources]
    stage.apply(SHOP.model_copy(update={"sources": tuple(changed)}))
    stage.wait(61)
    stage.batch(purchase(), key=PLAIN)
    assert (only(stage).source, only(stage).workspace) == ("plain", 2)


def test_a_stack_without_tees_loads_nothing_for_them() -> None:
    program = (
        "import sys\n"
        "from tests.fakes.collect_stage import Stage, purchase\n"
        "loaded = {name for name in sys.modules if name.startswith('functions.collect')}\n"
        "assert Stage().batch(purchase()).status == 200\n"
        "assert 'functions.collect.pipeline.authorize' in loaded\n"
        "assert 'functions.collect.pipeline.tee' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# our own keys


def requests_of(protocol: str) -> list[dict[str, Any]]:
    """Every shape of its clients' requests, whose keys are our own."""
    return [orjson.loads(file.read_bytes())["request"] for file in PAYLOADS if file.parent.name == protocol]


def teeing_all(**settings: Any) -> Stage:
    """The shop of those requests, each source with a vendor."""
    changed = [one.model_copy(update={"tee": VENDOR, **settings}) for one in FAKE_SHOP.sources]
    return Stage(FAKE_SHOP.model_copy(update={"sources": tuple(changed)}))


def shown_by(request: TeedRequest) -> str:
    """All that the vendor would see, in whatever encoding."""
    seen = [request.path, unquote_plus(request.query), *request.headers.values()]
    basics = [value[6:] for value in request.headers.values() if value.lower().startswith("basic ")]
    seen += [base64.b64decode(value).decode() for value in basics]
    body = request.body
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    for text in (body, unquote_plus(body.decode("latin-1")).removeprefix("data=").encode()):
        seen.append(text.decode("latin-1"))
        with suppress(ValueError):
            seen.append(base64.b64decode(text).decode("latin-1"))
    return "\n".join(seen)


@pytest.mark.parametrize("protocol", NAMES)
def test_in_no_format_does_our_own_key_reach_the_vendor(protocol: str) -> None:
    stage, keys = teeing_all(), (STRICT, LENIENT, OBSERVE, BROWSER)
    for request in requests_of(protocol):
        sent(stage, request)
    assert stage.tee.requests
    for teed in stage.tee.requests:
        assert not any(key in shown_by(teed) for key in keys), teed
        if teed.withheld:
            assert (teed.headers, teed.query, teed.body) == ({}, "", b"")


def test_a_header_with_our_key_stays_here_and_the_rest_goes_on(stage: Stage) -> None:
    stage.batch(purchase(), key=OURS, headers={"x-vendor": "1"})
    request = only(stage)
    assert not request.withheld
    assert "authorization" not in request.headers
    assert request.headers["x-vendor"] == "1"
    assert orjson.loads(request.body) == {"batch": [purchase()]}


def test_a_parameter_with_our_key_stays_here_and_the_others_go_on_as_they_came(stage: Stage) -> None:
    body = {"client_id": "1.2", "events": [{"name": "tap"}]}
    stage.request(
        "POST", "/mp/collect", body, query=f"a=%20b&api_secret={OURS.replace('-', '%2D')}&measurement_id=G-1"
    )
    assert (only(stage).query, only(stage).withheld) == ("a=%20b&measurement_id=G-1", False)


@pytest.mark.parametrize("encode", [orjson.dumps, lambda body: gzip.compress(orjson.dumps(body))])
def test_a_request_with_our_key_in_its_body_is_counted_and_not_forwarded(stage: Stage, encode: Any) -> None:
    body = encode({"batch": [purchase()], "writeKey": OURS})
    assert stage.request("POST", "/v1/batch", body, {"content-type": "text/plain"}, api="rest").status == 200
    request = only(stage)
    assert (request.withheld, request.source, request.events) == (True, "ours", 1)
    assert OURS.encode() not in request.encode()


@pytest.mark.parametrize("body", [b"{no json", gzip.compress(b"x")[:12], b" " * (LARGEST + 1)])
def test_a_body_that_nobody_could_read_does_not_go_with_our_key(stage: Stage, body: bytes) -> None:
    stage.post("/v1/batch", body, key=OURS)
    assert only(stage).withheld


@pytest.mark.parametrize(
    "value", ["{basic}", "{theirs},{basic}", "{theirs}, {basic}", "{bare}", "a=1; b={bare}"]
)
def test_a_key_of_another_source_in_base64_does_not_go_along(stage: Stage, value: str) -> None:
    other = "hr_" + "aB3-" * 8
    bare = base64.b64encode(f"{other}:".encode()).decode()
    header = value.format(basic=f"Basic {bare}", theirs=basic(f"{TEED}:"), bare=bare)
    stage.batch(purchase(), key=TEED, headers={"x-debug": header, "x-other": "Basic aGVsbG8="})
    assert "x-debug" not in only(stage).headers
    assert "x-other" in only(stage).headers


def test_a_long_name_that_begins_like_a_key_goes_along(stage: Stage) -> None:
    name = "hr_onboarding_checklist_completed_at"
    stage.batch(purchase(properties={name: 1}), key=TEED, headers={"x-debug": name})
    assert only(stage).headers["x-debug"] == name
    assert name.encode() in only(stage).body


def test_a_key_of_another_source_does_not_go_along_either(stage: Stage) -> None:
    other = "hr_" + "aB3-" * 8
    stage.batch(purchase(), key=TEED, headers={"x-debug": other})
    assert "x-debug" not in only(stage).headers
    stage.batch(purchase(messageId="m2"), key=TEED, writeKey=other)
    assert [request.withheld for request in stage.tee.requests] == [False, True]
