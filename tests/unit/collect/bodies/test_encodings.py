"""Bodies whose text is not UTF-8, or only half of a character."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.fakes.collect_stage import LENIENT, OBSERVE, STRICT, Stage, purchase
from tests.unit.collect.bodies.one_body import BODY


@pytest.mark.parametrize("zipped", [False, True])
def test_a_byte_order_mark_is_no_content(stage: Stage, zipped: bool) -> None:
    body = b"\xef\xbb\xbf" + BODY
    assert stage.post("/v1/batch", gzip.compress(body) if zipped else body).status == 200


def test_latin_1_is_malformed_and_says_where(stage: Stage) -> None:
    body = BODY.replace(b"EUR", b"\xe9")
    answer = stage.post("/v1/batch", body)
    assert (answer.status, answer.body["code"]) == (400, "malformed")
    assert f"byte {body.index(0xE9)} begins no character" in answer.body["message"]


def test_utf_16_is_malformed(stage: Stage) -> None:
    assert stage.post("/v1/batch", BODY.decode().encode("utf-16")).status == 400


@pytest.mark.parametrize("key", [STRICT, LENIENT, OBSERVE])
@pytest.mark.parametrize(
    "place", ["properties", "context", "traits", "userId", "messageId", "event", "property name"]
)
def test_half_of_a_character_is_replaced_and_the_rest_of_the_event_kept(
    stage: Stage, key: str, place: str
) -> None:
    values: dict[str, Any] = {
        "properties": {"amount": 1, "currency": "USD", "items": ["HERE"]},
        "context": {"locale": "HERE"},
        "traits": {"name": "HERE"},
        "userId": "u-HERE",
        "messageId": "m-HERE",
        "event": "HERE",
        "property name": None,
    }
    fields = (
        {"properties": {"HERE": 1}, "event": "Dance"} if place == "property name" else {place: values[place]}
    )
    bad = json.dumps(purchase(**{"messageId": "bad", **fields})).replace("HERE", r"\ud800")
    answer = stage.post("/v1/batch", f'{{"batch":[{bad},{json.dumps(purchase(messageId="good"))}]}}', key=key)
    assert [event.id for event in stage.events][-1] == "good"
    if key == STRICT and place in ("event", "property name"):  # which the plan does not have
        assert answer.codes == [["unknown_event"]]
        assert rb"\ud800" in stage.refused[0].body
    else:
        assert (answer.status, answer.body["accepted"]) == (200, 2)
        in_its_place = r"\\ud800" if place in ("userId", "messageId") else "\ufffd"
        assert in_its_place in stage.events[0].model_dump_json()


def test_a_whole_surrogate_pair_is_a_character(stage: Stage) -> None:
    item = json.dumps(purchase(context={"locale": "HERE"})).replace("HERE", r"\ud83d\ude00")
    stage.post("/v1/batch", f'{{"batch":[{item}]}}')
    assert stage.events[0].context["locale"] == "\U0001f600"
