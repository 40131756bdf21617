"""Where a sender may show its write key, and whose key counts."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from functions.collect.auth import sources
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import BROWSER, LENIENT, SHOP, STRICT, Stage, basic, purchase

BATCH = {"batch": [purchase()]}


@pytest.mark.parametrize("authorization", [f"{STRICT}:", STRICT, f"{STRICT}:a password", f"{STRICT}::"])
def test_by_basic_authorization_with_and_without_a_colon(stage: Stage, authorization: str) -> None:
    answer = stage.post("/v1/batch", BATCH, {"authorization": basic(authorization)}, key=None)
    assert answer.status == 200
    assert stage.records[0].source == "strict"


@pytest.mark.parametrize("form", ["{}", " {}", "{} "])
@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_by_basic_authorization_however_it_is_written(stage: Stage, scheme: str, form: str) -> None:
    encoded = base64.b64encode(f"{STRICT}:".encode()).decode().rstrip("=")
    headers = {"Authorization": f"{scheme} {form.format(encoded)}"}
    assert stage.post("/v1/batch", BATCH, headers, key=None).status == 200


def test_by_the_body_of_a_batch(stage: Stage) -> None:
    assert stage.post("/v1/batch", {**BATCH, "writeKey": STRICT}, key=None).status == 200


def test_by_the_body_of_a_single_event(stage: Stage) -> None:
    assert stage.post("/v1/track", purchase(writeKey=STRICT), key=None).status == 200


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import", "/v1/batch/"])
def test_by_the_query_as_beacons_do(stage: Stage, path: str) -> None:
    answer = stage.post(path, BATCH, {"content-type": "text/plain"}, key=None, query=f"a=1&writeKey={STRICT}")
    assert answer.status == 200


def test_a_key_that_somebody_has_counts_wherever_another_stands(stage: Stage) -> None:
    """Browser SDKs send the key their settings name in the body, and may authorize with an older one."""
    answer = stage.post("/v1/batch", {**BATCH, "writeKey": LENIENT}, key="hr_retired")
    assert answer.status == 200
    assert stage.records[0].source == "lenient"


def test_the_authorization_counts_before_the_body(stage: Stage) -> None:
    stage.post("/v1/batch", {**BATCH, "writeKey": LENIENT}, key=STRICT)
    assert stage.records[0].source == "strict"


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic ", "Basic é", "Basic !!!!", "Basic =", "Bearer hr_strict", STRICT, basic(":"),
     basic(f" {STRICT}:"), "Basic " + base64.b64encode(b"\xff\xfe:").decode()],
)  # fmt: skip
def test_what_shows_no_source_is_refused(stage: Stage, authorization: str) -> None:
    answer = stage.post("/v1/batch", BATCH, {"authorization": authorization}, key=None)
    assert (answer.status, answer.body["code"]) in [
        (401, code) for code in ("unknown_write_key", "no_write_key", "misplaced_write_key")
    ]
    assert (stage.stream.entries, stage.kept) == ([], [])


@pytest.mark.parametrize(
    "key", [None, 1, True, ["hr_strict"], {"key": STRICT}, "", " hr_strict", "HR_STRICT"]
)
def test_only_the_key_itself_counts(stage: Stage, key: Any) -> None:
    assert stage.post("/v1/batch", {**BATCH, "writeKey": key}, key=None).status == 401


def test_a_key_with_a_lone_surrogate_is_an_unknown_key(stage: Stage) -> None:
    assert stage.post("/v1/batch", '{"batch":[],"writeKey":"\\ud800"}', key=None).status == 401


@pytest.mark.parametrize(
    ("length", "status"),
    [(sources.LONGEST - 1, 200), (sources.LONGEST, 200), (sources.LONGEST + 1, 401), (100_000, 401)],
)
def test_what_is_longer_than_a_key_can_be_is_none(length: int, status: int) -> None:
    key = "k" * length
    source = SHOP.sources[0].model_copy(update={"key_hashes": (key_hash(key),)})
    stage = Stage(SHOP.model_copy(update={"sources": (source,)}))
    assert stage.post("/v1/batch", {"batch": [purchase()], "writeKey": key}, key=None).status == status


def test_a_key_within_an_item_is_none(stage: Stage) -> None:
    assert stage.post("/v1/batch", {"batch": [purchase(writeKey=STRICT)]}, key=None).status == 401


def test_the_key_made_at_deployment_works_before_anything_was_applied() -> None:
    stage = Stage(workspace=None)
    assert stage.post("/v1/track", purchase(event="Dance"), key="hr_default").status == 200
    record = stage.records[0]
    assert (record.source, record.trust, record.workspace) == ("default", "server", 0)


def test_the_trust_of_the_source_travels_with_its_events(stage: Stage) -> None:
    for key in (STRICT, BROWSER):
        stage.post("/v1/track", purchase(), key=key)
    assert [(record.source, record.trust) for record in stage.records] == [
        ("strict", "server"),
        ("browser", "browser"),
    ]


def test_a_client_cannot_say_whose_event_it_is(stage: Stage) -> None:
    """Source, trust, arrival and verification are ours to say."""
    lies = {
        "source": "strict", "trust": "server", "verified": ["user"], "received_at": "2020-01-01T00:00:00Z",
        "receivedAt": "2020-01-01T00:00:00Z", "occurred_at": "2020-01-01T00:00:00Z", "protocol": "headrace",
    }  # fmt: skip
    stage.post("/v1/batch", {"batch": [purchase(**lies)], **lies}, key=BROWSER)
    event = stage.events[0]
    assert (event.source, event.protocol, event.verified) == ("browser", "twilio_segment", ())
    assert event.received_at == stage.now
    assert "verified" not in orjson.loads(stage.stream.entries[0].data)["events"][0]


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen", "group", "alias"])
@pytest.mark.parametrize("slash", ["", "/", "//"])
def test_each_call_has_a_path_and_a_letter(stage: Stage, kind: str, slash: str) -> None:
    item = {"userId": "u1", "event": "View Item", "groupId": "g1", "previousId": "u0"}
    for name in (kind, kind[0]):
        assert stage.post(f"/v1/{name}{slash}", item).status == 200
    assert [event.type for event in stage.events] == [kind, kind]


def test_the_path_says_what_a_single_event_is(stage: Stage) -> None:
    assert stage.post("/v1/identify", purchase(type="track")).status == 200
    assert stage.events[0].type == "identify"
