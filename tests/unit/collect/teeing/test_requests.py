"""What reaches the queue to the vendor: every request as it came, and nothing of who may not send."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys

import orjson
import pytest

from functions.collect.http.body import LARGEST
from functions.collect.protocols import NAMES, wire_format
from tests.fakes.collect_stage import (
    Stage,
    basic,
    purchase,
)
from tests.unit.collect.teeing.shop import (
    PAGE,
    PLAIN,
    SHOP,
    SMALL,
    TEED,
    VENDOR,
    only,
    requests_of,
    teeing_all,
)
from tests.unit.collect.test_payloads import sent


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
