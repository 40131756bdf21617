"""A path that is nearly one of ours is told the right one, and a key that came elsewhere is not called missing."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from functions.collect import protocols
from functions.collect.suggestions.near_paths import LONGEST_PATH, near
from tests.fakes.collect_stage import BROWSER, LENIENT, STRICT, Stage, basic, purchase

HERE = {"host": "127.0.0.1:8080", "x-forwarded-proto": "http"}
NOTHING_HERE = "there is nothing at this path"


def told(answer: Any) -> str:
    """The sentence, in whatever shape."""
    return str(answer.body)


@pytest.mark.parametrize(
    ("path", "meant", "host"),
    [
        ("/v1/v1/track", "POST /v1/track", "without /v1: http://127.0.0.1:8080"),
        ("/v1/v1/batch", "POST /v1/batch", "without /v1: http://127.0.0.1:8080"),
        ("/api/v1/track", "POST /v1/track", "without /api: http://127.0.0.1:8080"),
        ("/identify", "POST /v1/identify", "the host as http://127.0.0.1:8080/v1"),
        ("/V1/track", "POST /v1/track", ""),
        ("/v1/Track", "POST /v1/track", ""),
        ("/Track", "POST /track", ""),
        ("//v1/track", "POST /v1/track", ""),
        ("/v1/trak", "POST /v1/track", ""),
        ("/v1/tracks", "POST /v1/track", ""),
        ("/v1/capture", "POST /capture", "without /v1: http://127.0.0.1:8080"),
        ("/v1/e", "POST /e", "without /v1: http://127.0.0.1:8080"),
        ("/upload", "POST /1/upload", "the host as http://127.0.0.1:8080/1"),
        ("/1/1/upload", "POST /1/upload", "without /1: http://127.0.0.1:8080"),
        ("/fireEvents", "POST /rest/3.0/fireEvents", "the host as http://127.0.0.1:8080/rest/3.0"),
        ("/rest/3.0/fireevents", "POST /rest/3.0/fireEvents", ""),
        ("/v2/v2/events", "POST /v2/events", "without /v2: http://127.0.0.1:8080"),
        ("/v2/event", "POST /v2/events", ""),
        ("/v3/js/KEY/events", "POST /v3/JS/KEY/events", ""),
        ("/api/public/event", "POST /api/public/events", ""),
        ("/v1/apps/APP/Events", "POST /v1/apps/APP/events", ""),
        ("/x/com.snowplowanalytics.snowplow/tp2", "POST /com.snowplowanalytics.snowplow/tp2", "without /x"),
        ("/people/3/event", "POST /people/3/events", ""),
        ("/mp/Collect", "POST /mp/collect", ""),
        ("/cloudevent", "POST /cloudevents", ""),
    ],
)
def test_a_path_that_is_nearly_ours_is_told_the_right_one(
    stage: Stage, path: str, meant: str, host: str
) -> None:
    answer = stage.post(path, {"batch": [purchase()]}, HERE)

    assert answer.status == 404
    assert f"there is nothing at {path}; did you mean {meant}" in told(answer)
    assert host in told(answer)
    assert host or "A client that adds" not in told(answer)
    assert " or " not in told(answer)


@pytest.mark.parametrize(
    "path", ["/wp-login.php", "/v1/nothing", "/.env", "/admin/index.html", "/rest/3.0/no"]
)
def test_a_path_that_is_near_none_is_told_nothing_more(stage: Stage, path: str) -> None:
    answer = stage.post(path, {})

    assert answer.status == 404
    assert NOTHING_HERE in told(answer)
    assert "did you mean" not in told(answer)


def test_the_nearest_is_named_and_not_others_that_end_alike(stage: Stage) -> None:
    assert "mParticle's format is at POST /v2/events." in told(stage.post("/events", {}))
    assert len(near("POST", "/events")) > 2


@pytest.mark.parametrize(
    ("path", "vendors"),
    [
        ("/events", "mParticle's format is at POST /v2/events."),
        ("/v1/event", "User.com's format is at POST /api/sdk/v1/event."),
        ("/collect", "GA4's Measurement Protocol is at POST /mp/collect."),
        ("/ingest", ""),
        ("/api/v1/messages/", ""),
    ],
)
def test_who_guesses_a_path_is_told_headraces_own_first(stage: Stage, path: str, vendors: str) -> None:
    answer = stage.post(path, {})

    assert answer.status == 404
    first, _, rest = told(answer).partition("Headrace's own is POST /v1/track.")
    assert "there is nothing at" in first
    assert "is at" not in first
    assert vendors in rest
    assert bool(vendors) is ("format" in rest or "Protocol" in rest)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/v2/event", "POST /v2/events (mParticle's format)?"),
        ("/upload", "POST /1/upload (CleverTap's format)?"),
        ("/v1/trak", "POST /v1/track?"),
    ],
)
def test_a_vendors_path_is_named_with_whose_it_is(stage: Stage, path: str, meant: str) -> None:
    assert meant in told(stage.post(path, {}))


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_who_looks_at_the_root_is_told_what_is_there(stage: Stage, method: str) -> None:
    answer = stage.request(method, "/", None, HERE)

    assert answer.status == 405
    assert "Headrace collects events here" in told(answer)
    assert "GET /health" in told(answer)


def test_of_equally_near_ones_two_are_named(stage: Stage) -> None:
    assert len(near("POST", "/analytics/events")) > 2
    assert told(stage.post("/analytics/events", {})).count(" or POST /") == 1


def test_behind_a_rest_api_the_host_has_its_stage(stage: Stage) -> None:
    stage.api = "rest"

    answer = stage.post("/v1/v1/track", purchase(), {"host": "x.example"})

    assert "without /v1: https://x.example" in told(answer)


@pytest.mark.parametrize("length", [LONGEST_PATH, LONGEST_PATH + 1])
def test_nothing_is_looked_up_for_a_longer_path(length: int) -> None:
    path = "/" + "x" * (length - len("//v1/track")) + "/v1/track"

    assert len(path) == length
    assert bool(near("POST", path)) is (length == LONGEST_PATH)


def test_a_path_of_ours_has_no_near_one_that_is_itself() -> None:
    for name in protocols.NAMES:
        for route in protocols.wire_format(name).routes:
            assert route.path not in [one.path for one in near(route.method, route.path)]


def test_every_near_path_is_one_that_is_answered() -> None:
    for path in ("/track", "/batch", "/v1/v1/i", "/events", "/JS/v2/key/config", "/collect"):
        for one in near("POST", path):
            found = protocols.find(one.path)
            assert found is not None
            assert found.protocol == one.protocol
            assert set(found.routes) >= set(one.methods)


KEY_ELSEWHERE = {
    "Basic, at PostHog's path": ("/track", purchase(), {"authorization": basic(f"{STRICT}:")}, "",
        "a key came in Basic authorization, but /track is PostHog's format, where it belongs in the body as api_key"),
    "Basic, at PostHog's batch": ("/batch", {"batch": [purchase()]}, {"authorization": basic(f"{STRICT}:")}, "",
        "a key came in Basic authorization, but /batch is PostHog's format"),
    "Bearer, at Segment's": ("/v1/track", purchase(), {"authorization": f"Bearer {STRICT}"}, "",
        "a key came in the header Authorization, as Bearer, but /v1/track is the format of Segment and Headrace, "
        "where it belongs in Basic authorization, as the user without a password"),
    "as the password": ("/v1/track", purchase(), {"authorization": basic(f":{STRICT}")}, "",
        "a key came in Basic authorization, as the password"),
    "a key as it is": ("/v1/track", purchase(), {"authorization": STRICT}, "",
        "a key came in the header Authorization, without a scheme"),
    "a key before another word": ("/v1/track", purchase(), {"authorization": f"{STRICT} x"}, "",
        "a key came in the header Authorization, without a scheme"),
    "Basic that is no base64": ("/v1/track", purchase(), {"authorization": f"Basic é{STRICT}"}, "",
        "a key came in Basic authorization that is not the base64 of a user and a password"),
    "api_key in Segment's body": ("/v1/track", {**purchase(), "api_key": STRICT}, {}, "",
        "a key came in the body as api_key"),
    "write_key in the query": ("/v1/track", purchase(), {}, f"write_key={STRICT}",
        "a key came in the query as write_key"),
    "a header of its own": ("/v1/track", purchase(), {"x-api-key": STRICT}, "", "a key came in the header x-api-key"),
    "Basic, at GA4's": ("/mp/collect", {"events": []}, {"authorization": basic(f"{STRICT}:")}, "",
        "a key came in Basic authorization, but /mp/collect is GA4's Measurement Protocol, where it belongs in the "
        "query as api_secret"),
    "Bearer, at mParticle's": ("/v2/events", {}, {"authorization": f"Bearer {STRICT}"}, "",
        "a key came in the header Authorization, as Bearer, but /v2/events is mParticle's format"),
    "Bearer, at Netmera's": ("/rest/3.0/fireEvents", [{}], {"authorization": f"Bearer {STRICT}"}, "",
        "a key came in the header Authorization, as Bearer, but /rest/3.0/fireEvents is Netmera's format"),
    "Bearer, at CleverTap's": ("/1/upload", {"d": []}, {"authorization": f"Bearer {STRICT}"}, "",
        "a key came in the header Authorization, as Bearer, but /1/upload is CleverTap's format"),
    "Bearer, at User.com's": ("/api/public/events", {}, {"authorization": f"Bearer {STRICT}"}, "",
        "a key came in the header Authorization, as Bearer, but /api/public/events is User.com's format"),
    "Bearer, at Snowplow's": ("/com.snowplowanalytics.snowplow/tp2", {"data": []},
        {"authorization": f"Bearer {STRICT}"}, "", "as Bearer, but /com.snowplowanalytics.snowplow/tp2 is Snowplow's"),
}  # fmt: skip


@pytest.mark.parametrize("case", KEY_ELSEWHERE)
def test_a_key_that_came_elsewhere_is_not_called_missing(stage: Stage, case: str) -> None:
    path, body, headers, query, sentence = KEY_ELSEWHERE[case]

    answer = stage.request("POST", path, body, HERE | headers, query=query)

    assert answer.status in (401, 403)
    assert sentence in told(answer)
    assert "no write key came" not in told(answer)
    assert STRICT not in told(answer)
    assert not stage.records


@pytest.mark.parametrize("place", ["header", "query", "body"])
@pytest.mark.parametrize(("length", "is_whole"), [(60, True), (61, False), (100_000, False)])
def test_the_name_under_which_a_key_came_is_not_repeated_at_any_length(
    stage: Stage, place: str, length: int, *, is_whole: bool
) -> None:
    name = f"api{'-' * (length - len('apikey'))}key"
    body = {**purchase(), **({name: "x"} if place == "body" else {})}
    headers = HERE | ({name: "x"} if place == "header" else {})

    answer = stage.request("POST", "/v1/track", body, headers, query=f"{name}=x" if place == "query" else "")

    assert answer.status == 401
    assert "a key came in the" in told(answer)
    assert (f" {name}," in told(answer)) is is_whole
    assert len(told(answer)) < 1_000


def test_a_key_without_a_value_is_missing(stage: Stage) -> None:
    for headers in ({"authorization": basic(":")}, {"authorization": "Basic"}, {"x-api-key": ""}, {}):
        answer = stage.request("POST", "/v1/track", {**purchase(), "api_key": ""}, headers, query="token=")
        assert answer.body["code"] == "no_write_key"


@pytest.mark.parametrize(
    ("path", "meant", "host"),
    [
        ("/track", "POST /v1/track", "is given the host as http://127.0.0.1:8080/v1"),
        ("/batch", "POST /v1/batch", "is given the host as http://127.0.0.1:8080/v1"),
    ],
)
def test_the_path_of_the_format_that_reads_the_key_there_is_named(
    stage: Stage, path: str, meant: str, host: str
) -> None:
    answer = stage.request(
        "POST", path, {"batch": [purchase()]}, HERE | {"authorization": basic(f"{STRICT}:")}
    )

    assert f"; the format of Segment and Headrace is at {meant}" in answer.body["detail"]
    assert host in answer.body["detail"]
    assert (answer.body["type"], answer.body["code"]) == ("authentication_error", "misplaced_write_key")


def test_posthogs_sdk_with_a_path_too_many_is_told_posthogs_own(stage: Stage) -> None:
    body = {"api_key": LENIENT, "batch": [{"event": "E", "distinct_id": "u"}]}

    answer = stage.request("POST", "/v1/batch", body, HERE)

    assert answer.body["code"] == "misplaced_write_key"
    assert "PostHog's format is at POST /batch" in answer.body["message"]
    assert "given the host without /v1: http://127.0.0.1:8080" in answer.body["message"]


def test_a_path_is_not_named_where_its_format_reads_no_such_key(stage: Stage) -> None:
    answer = stage.request("POST", "/track", purchase(), HERE | {"x-mp-key": STRICT})

    assert "a key came in the header x-mp-key" in answer.body["detail"]
    assert "/v1/track" not in answer.body["detail"]


def test_what_is_accepted_loads_no_paths_of_other_formats(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package, module in (("suggestions", "missing_keys"), ("suggestions", "near_paths")):
        whole = f"functions.collect.{package}"
        monkeypatch.delitem(sys.modules, f"{whole}.{module}", raising=False)
        monkeypatch.delattr(sys.modules[whole], module, raising=False)

    assert stage.batch(purchase()).status == 200
    assert stage.batch(purchase(), key=BROWSER).status == 200
    assert "functions.collect.suggestions.near_paths" not in sys.modules
