"""What browsers need: preflights, CORS headers on every answer, and sources that name who may send."""

from __future__ import annotations

import pytest

from tests.fakes.collect_stage import BROWSER, LENIENT, OBSERVE, STRICT, Stage, basic, purchase

SHOP_PAGE = {"origin": "https://shop.example"}

SDK_HEADERS = (
    "authorization", "content-type", "content-encoding", "anonymousid", "sentat", "x-retry-count", "headrace-debug",
)  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/t", "/health", "/anything"])
def test_a_preflight_is_answered_without_body(stage: Stage, path: str) -> None:
    asked = {
        **SHOP_PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": ",".join(SDK_HEADERS),
    }
    answer = stage.request("OPTIONS", path, headers=asked)
    assert (answer.status, answer.body) == (204, None)
    assert answer.headers["access-control-allow-origin"] == SHOP_PAGE["origin"]
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-max-age"] == "86400"
    allowed = answer.headers["access-control-allow-headers"]
    assert set(SDK_HEADERS) <= set(allowed.split(","))


def test_a_preflight_reads_nothing(stage: Stage) -> None:
    stage.workspaces.failing = stage.secrets.failing = True
    assert stage.request("OPTIONS", "/v1/batch", headers=SHOP_PAGE).status == 204


def test_a_page_can_read_the_answer_and_when_to_come_back(stage: Stage) -> None:
    answer = stage.post("/v1/track", purchase(), SHOP_PAGE, key=BROWSER)
    assert answer.headers["access-control-allow-origin"] == SHOP_PAGE["origin"]
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-expose-headers"] == "retry-after"
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    ("path", "body", "key", "status"),
    [
        ("/v1/track", "{", BROWSER, 400),
        ("/v1/track", "{}", "hr_unknown", 401),
        ("/v1/nothing", "{}", BROWSER, 404),
        ("/v1/track", b'{"x":"%s"}' % (b"y" * 600_000), BROWSER, 413),
    ],
)
def test_a_page_can_read_refusals_too(stage: Stage, path: str, body: bytes, key: str, status: int) -> None:
    answer = stage.post(path, body, SHOP_PAGE, key=key)
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == SHOP_PAGE["origin"]
    assert answer.body["code"]


def test_without_an_origin_there_are_no_cors_headers(stage: Stage) -> None:
    answer = stage.post("/v1/track", purchase())
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("origin", ["https://shop.example", "https://www.shop.example"])
def test_a_named_origin_may_send(stage: Stage, origin: str) -> None:
    assert stage.post("/v1/track", purchase(), {"origin": origin}, key=BROWSER).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:444",
        "https://shop.example.evil",
        "null",
        "",
    ],
)
def test_another_origin_may_not(stage: Stage, origin: str) -> None:
    answer = stage.post("/v1/track", purchase(), {"origin": origin}, key=BROWSER)
    assert (answer.status, answer.body["code"]) == (403, "origin_not_allowed")


def test_a_sender_without_origin_may(stage: Stage) -> None:
    """Apps send none; it is browsers that cannot lie about it."""
    assert stage.post("/v1/track", purchase(), key=BROWSER).status == 200


def test_a_source_that_names_no_origins_takes_all(stage: Stage) -> None:
    assert stage.post("/v1/track", purchase(), {"origin": "https://any.example"}, key=LENIENT).status == 200


def test_a_pages_address_and_browser_become_its_context(stage: Stage) -> None:
    stage.post(
        "/v1/track", purchase(), {**SHOP_PAGE, "user-agent": "Mozilla/5.0"}, key=BROWSER, ip="198.51.100.7"
    )
    assert stage.events[0].context == {"ip": "198.51.100.7", "user_agent": "Mozilla/5.0"}


def test_what_the_client_says_of_itself_comes_first(stage: Stage) -> None:
    context = {"ip": "192.0.2.1", "userAgent": "its own"}
    stage.post("/v1/track", purchase(context=context), key=BROWSER)
    assert stage.events[0].context == {"ip": "192.0.2.1", "user_agent": "its own"}


def test_a_servers_address_says_nothing_of_the_person(stage: Stage) -> None:
    stage.post("/v1/track", purchase(), key=STRICT)
    assert stage.events[0].context == {}


DEBUG = {"headrace-debug": "1"}


def test_a_server_may_ask_for_its_events_and_their_verdicts(stage: Stage) -> None:
    answer = stage.batch(purchase(), purchase(messageId="m2", event="Dance"), headers=DEBUG)
    accepted, rejected = answer.body["events"]
    assert accepted == {
        "index": 0,
        "verdict": "accepted",
        "event": {
            "source": "strict",
            "protocol": "twilio_segment",
            "received_at": "2026-11-21T12:00:00Z",
            "id": "m1",
            "type": "track",
            "name": "Complete Purchase",
            "user_id": "u1",
            "properties": {"amount": 1500, "currency": "USD"},
            "original_timestamp": "2026-11-21T11:59:58Z",
            "occurred_at": "2026-11-21T11:59:58Z",
        },
    }
    assert (rejected["index"], rejected["verdict"], rejected["event"]["name"]) == (1, "rejected", "Dance")
    assert rejected["reasons"] == answer.body["rejected"][0]["reasons"]


def test_debugging_shows_coerced_values(stage: Stage) -> None:
    answer = stage.batch(purchase(properties={"amount": "7", "currency": "USD"}), headers=DEBUG)
    assert answer.body["events"][0]["event"]["properties"]["amount"] == 7


@pytest.mark.parametrize("key", [LENIENT, OBSERVE])
def test_debugging_says_of_what_was_accepted_that_the_plan_does_not_define_it(stage: Stage, key: str) -> None:
    properties = {"amount": 1, "currency": "USD", "paidOn": "2026-11-21"}
    answer = stage.batch(
        purchase(event="Complete Purchse"),
        purchase(messageId="m2", properties=properties),
        purchase(messageId="m3"),
        purchase(messageId="m4", userId=None),
        key=key,
        headers=DEBUG,
    )

    event, property_, planned, refused = answer.body["events"]
    assert [one["verdict"] for one in (event, property_, planned)] == ["accepted"] * 3
    assert event["observed"] == [
        {
            "code": "unknown_event",
            "field": "event",
            "message": "the tracking plan has no event Complete Purchse; did you mean Complete Purchase?",
        }
    ]
    assert [one["code"] for one in property_["observed"]] == ["unknown_property"]
    assert property_["observed"][0]["message"].endswith("did you mean paid_on?")
    assert "observed" not in planned
    assert "observed" not in refused


def test_debugging_an_event_that_cannot_be_written(stage: Stage) -> None:
    answer = stage.post("/v1/track", '{"userId":"u1","event":"View Item","context":{"a":NaN}}', DEBUG)
    (event,) = answer.body["events"]
    assert (event["verdict"], event["event"]) == ("rejected", None)


@pytest.mark.parametrize("headers", [{}, {"headrace-debug": "0"}, {"headrace-debug": ""}])
def test_nobody_gets_what_was_not_asked_for(stage: Stage, headers: dict[str, str]) -> None:
    assert "events" not in stage.batch(purchase(), headers=headers).body


def test_a_page_is_never_told_more(stage: Stage) -> None:
    assert "events" not in stage.batch(purchase(), key=BROWSER, headers=DEBUG).body


def test_health_says_which_workspace_is_in_use(stage: Stage) -> None:
    answer = stage.request("GET", "/health")
    assert (answer.status, answer.body) == (200, {"status": "ok", "workspace": 1})


def test_health_is_bad_while_there_is_no_workspace(stage: Stage) -> None:
    stage.workspaces.failing = True
    answer = stage.request("GET", "/health")
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert "retry-after" in answer.headers


def test_health_is_only_read(stage: Stage) -> None:
    answer = stage.request("POST", "/health")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, OPTIONS")


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("POST", "/v1/track", STRICT),
        ("GET", f"/v1/projects/{BROWSER}/settings", BROWSER),
        ("GET", "/rest/3.0/getProfileAttributes", STRICT),
        ("GET", "/hello", STRICT),
        ("GET", "/health", STRICT),
        ("POST", "/v1/nothing", STRICT),
    ],
)
def test_nobody_on_the_way_keeps_an_answer_or_takes_it_for_a_script(
    stage: Stage, method: str, path: str, key: str
) -> None:
    """Some name the host they were asked by, others a person."""
    answer = stage.request(
        method, path, b"{}", {"authorization": basic(f"{key}:"), "host": "collect.example"}
    )
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
