"""One test per HTTP status, and the exact shape of every answer: SDKs retry, or give up, by these alone."""

from __future__ import annotations

import gzip
from typing import Any
from unittest import mock

import pytest

from functions.collect import bootstrap, handler
from tests.fakes.collect_stage import BROWSER, METERED, PURCHASE, Stage, answered, gateway_event, purchase

NOT_ALLOWED_ORIGIN = {"origin": "https://evil.example"}


def test_200_says_how_many_were_accepted(stage: Stage) -> None:
    answer = stage.batch(purchase(messageId="m1"), purchase(messageId="m2"))
    assert answer.status == 200
    assert answer.body == {"success": True, "accepted": 2, "rejected": []}
    assert answer.headers["content-type"] == "application/json"


def test_200_lists_the_rejected_beside_an_accepted_one(stage: Stage) -> None:
    answer = stage.batch(purchase(), purchase(messageId="m2", properties={"amount": "much"}))
    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "accepted": 1,
        "rejected": [
            {
                "index": 1,
                "id": "m2",
                "reasons": [
                    {
                        "code": "wrong_type",
                        "field": "properties.amount",
                        "message": "properties.amount must be a number, at least 0; a string came",
                    },
                    {
                        "code": "missing_property",
                        "field": "properties.currency",
                        "message": f"properties.currency is required for {PURCHASE.id} and is missing",
                    },
                ],
            }
        ],
    }


def test_400_to_an_empty_batch(stage: Stage) -> None:
    answer = stage.batch()
    refused = {"success": False, "code": "empty_batch", "message": "the batch holds no event"}
    assert (answer.status, answer.body) == (400, refused)
    assert stage.stream.entries == []


def test_400_when_the_only_event_was_rejected(stage: Stage) -> None:
    answer = stage.post("/v1/track", purchase(event="Dance"))
    reason = {"code": "unknown_event", "field": "event", "message": "the tracking plan has no event Dance"}
    assert answer.status == 400
    assert answer.body == {
        "success": False,
        "code": "unknown_event",
        "message": reason["message"],
        "accepted": 0,
        "rejected": [{"index": 0, "id": "m1", "reasons": [reason]}],
    }


def test_400_names_no_single_code_when_the_events_differ(stage: Stage) -> None:
    answer = stage.batch(None, purchase(event="Dance"))
    assert (answer.status, answer.body["code"]) == (400, "rejected")
    assert answer.body["message"] == "none of the 2 events was accepted"
    assert answer.codes == [["malformed"], ["unknown_event"]]


def test_400_for_malformed_json_names_the_position(stage: Stage) -> None:
    answer = stage.post("/v1/batch", '{"batch": [\n  {"type": "track",,}]}')
    assert (answer.status, answer.body["code"]) == (400, "malformed")
    assert "line 2 column 20 (character 31)" in answer.body["message"]


def test_400_for_malformed_json_without_a_key_names_the_position_too(stage: Stage) -> None:
    """The key may be in the body: nobody can say that it is a wrong one."""
    answer = stage.post("/v1/track", "{", key=None)
    assert answer.status == 400
    assert set(answer.body) == {"success", "code", "message"}
    assert "line 1 column 2 (character 1)" in answer.body["message"]
    assert stage.kept == []


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "true"])
def test_400_for_json_that_is_no_object(stage: Stage, body: str) -> None:
    answer = stage.post("/v1/batch", body)
    assert (answer.status, answer.body["code"]) == (400, "malformed")


@pytest.mark.parametrize("batch", [None, {}, "events", 1])
def test_400_for_a_batch_that_is_no_list(stage: Stage, batch: object) -> None:
    answer = stage.post("/v1/batch", {"batch": batch})
    assert (answer.status, answer.codes) == (400, [["malformed"]])
    assert answer.body["rejected"][0]["reasons"][0]["field"] == "batch"


def test_401_for_a_key_nobody_has(stage: Stage) -> None:
    answer = stage.post("/v1/track", purchase(), key="hr_unknown")
    assert answer.status == 401
    assert answer.body == {
        "success": False,
        "code": "unknown_write_key",
        "message": "no source has this write key; headrace keys lists those there are",
    }


def test_403_for_an_origin_the_source_does_not_name(stage: Stage) -> None:
    answer = stage.post("/v1/track", purchase(), NOT_ALLOWED_ORIGIN, key=BROWSER)
    assert (answer.status, answer.body["code"]) == (403, "origin_not_allowed")
    assert stage.stream.entries == []


def test_404_where_there_is_nothing(stage: Stage) -> None:
    answer = stage.post("/v1/purchase", purchase())
    assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert answer.body["message"]


def test_an_answer_to_head_has_no_body(stage: Stage) -> None:
    answer = stage.request("HEAD", "/v1/batch")
    assert (answer.status, answer.body, answer.headers["allow"]) == (405, None, "POST, OPTIONS")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_405_where_only_posts_are_taken(stage: Stage, method: str) -> None:
    answer = stage.request(method, "/v1/batch")
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST, OPTIONS"


def test_413_for_a_batch_of_600_kb_of_which_nothing_is_kept(stage: Stage) -> None:
    answer = stage.batch(*[purchase(messageId=f"m{number}", x="y" * 20_000) for number in range(30)])
    assert (answer.status, answer.body["code"]) == (413, "too_large")
    assert "512000 is the limit" in answer.body["message"]
    assert (stage.kept, stage.stream.entries) == ([], [])


def test_413_counts_what_gzip_hides(stage: Stage) -> None:
    answer = stage.post("/v1/batch", gzip.compress(b'{"batch":[' + b" " * 600_000 + b"]}"), api="rest")
    assert answer.status == 413


def test_413_for_more_items_than_an_answer_could_name(stage: Stage) -> None:
    answer = stage.post("/v1/batch", b'{"batch":[' + b",".join([b"1"] * 5001) + b"]}")
    assert (answer.status, answer.body["code"]) == (413, "too_large")
    assert stage.kept == []


def test_429_says_when_to_come_back(stage: Stage) -> None:
    assert stage.batch(*[purchase(messageId=f"m{number}") for number in range(6)], key=METERED).status == 200
    answer = stage.batch(purchase(messageId="m7"), key=METERED)
    assert (answer.status, answer.body["code"]) == (429, "over_quota")
    assert answer.headers["retry-after"] == "2"
    assert len(stage.events) == 6
    assert stage.kept == []


def test_429_ends_when_the_time_is_over(stage: Stage) -> None:
    stage.batch(*[purchase(messageId=f"m{number}") for number in range(6)], key=METERED)
    wait = stage.batch(purchase(), key=METERED).headers["retry-after"]
    stage.wait(int(wait) + 0.5)
    assert stage.batch(purchase(), key=METERED).status == 200


def test_a_source_without_quota_is_never_told_to_wait(stage: Stage) -> None:
    assert {stage.batch(*[purchase()] * 100).status for _ in range(20)} == {200}


def test_503_when_the_stream_takes_nothing_asks_to_come_back(stage: Stage) -> None:
    stage.stream.item_faults.planned.append("all")
    answer = stage.batch(purchase())
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.body == {
        "success": False,
        "code": "not_stored",
        "message": "not everything could be stored; send the request again",
    }


def test_503_when_our_own_code_fails(capsys: Any) -> None:
    """The sender still has the events; the log says where it happened and nothing of what was sent."""
    event = gateway_event("POST", "/v1/track", purchase(userId="ann@shop.example"), NOT_ALLOWED_ORIGIN)
    with mock.patch.object(bootstrap, "resources", side_effect=KeyError("ann@shop.example")):
        answer = answered(handler.lambda_handler(event, None))
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["access-control-allow-origin"] == "https://evil.example"
    assert "ann@shop.example" not in "".join(capsys.readouterr())


def test_503_for_an_event_that_is_not_the_gateways() -> None:
    assert answered(handler.lambda_handler({}, None)).status == 503
