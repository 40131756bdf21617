"""`Headrace-Debug`: what a sender is shown of each event, as it is stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from functions.collect.http import raw_json
from tests.fakes.collect_stage import LENIENT, Stage

DEBUG = {"headrace-debug": "1"}


def posted(**properties: object) -> dict[str, Any]:
    call = {"userId": "cust-77", "event": "Complete Purchase", "properties": properties}
    answer = Stage().post("/v1/track", orjson.dumps(call), DEBUG, key=LENIENT)
    assert answer.status == 200
    event: dict[str, Any] = answer.body["events"][0]
    assert event["verdict"] == "accepted"
    return event


def test_a_date_that_is_as_the_plan_wants_it_is_not_observed() -> None:
    event = posted(amount=39.5, currency="EUR", paid_on="2026-11-20")

    assert event["event"]["properties"]["paid_on"] == "2026-11-20"
    assert "observed" not in event


def test_what_was_not_defined_is_observed_beside_a_date() -> None:
    event = posted(amount=39.5, currency="EUR", paid_on="2026-11-20", colour="blue")

    assert event["event"]["properties"]["paid_on"] == "2026-11-20"
    assert [one["field"] for one in event["observed"]] == ["properties.colour"]


def test_observations_are_counted_by_plain_text_which_is_written_at_once() -> None:
    call = {"userId": "cust-77", "event": "Not Defined", "properties": {}}
    answer = Stage().post("/v1/track", orjson.dumps(call), key=LENIENT)

    assert answer.body["observed"] == {"unknown_event": 1}


def test_a_date_is_written_beside_what_orjson_does_not_write() -> None:
    told = raw_json.written({"paid_on": date(2026, 11, 20), "name": "\ud800"}, for_any_reader=True)

    assert orjson.loads(told) == {"paid_on": "2026-11-20", "name": "?"}
