"""Times that cannot be read cost no event, whatever the format."""

from __future__ import annotations

import pytest

from tests.fakes.collect_stage import (
    LENIENT,
    NOON,
    STRICT,
    Stage,
)

# CleverTap's own error for such a time (code 525) names the record; its clients mend and send it again.
BAD_TIMES: dict[str, tuple[str, dict[str, str], object, str]] = {
    "cloudevents": (
        "/",
        {"authorization": f"Bearer {LENIENT}", "content-type": "application/cloudevents+json"},
        {"specversion": "1.0", "id": "1", "source": "/s", "type": "Dance", "subject": "u1", "time": "noon"},
        "",
    ),
    "infobip": (
        "/people/3/events",
        {"authorization": f"App {LENIENT}"},
        [
            {
                "definitionId": "Dance", "eventId": "e1", "occurredTime": "noon",
                "identifier": {"type": "EXTERNAL_ID", "id": "u1"},
            }
        ],
        "",
    ),
    "posthog": (
        "/e",
        {},
        {"api_key": LENIENT, "event": "Dance", "distinct_id": "u1", "timestamp": "noon"},
        "",
    ),
    "snowplow": ("/i", {}, b"", f"e=se&se_ac=Dance&aid={LENIENT}&uid=u1&dtm=noon"),
    "user_com": (
        "/api/public/events/",
        {"authorization": f"Token {LENIENT}", "accept": "*/*; version=2"},
        {"user_id": 431, "name": "Dance", "timestamp": "noon"},
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "headers", "body", "query"), BAD_TIMES.values(), ids=BAD_TIMES)
def test_a_time_that_cannot_be_read_costs_no_event_whatever_the_format(
    path: str, headers: dict[str, str], body: object, query: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Stage()
    method = "GET" if query else "POST"
    answer = stage.request(method, path, body, {"content-type": "application/json", **headers}, query=query)
    assert answer.status < 300
    assert [event.occurred_at for event in stage.events] == [NOON]
    assert '"collect_observed_timestamp_unreadable":[1.0]' in capsys.readouterr().out


@pytest.mark.parametrize(("key", "stored"), [(LENIENT, ["e1", "e2"]), (STRICT, [])])
def test_a_batch_that_is_taken_whole_is_taken_with_a_time_that_cannot_be_read(
    key: str, stored: list[str]
) -> None:
    stage = Stage()
    person = {"type": "EXTERNAL_ID", "id": "u1"}
    events = [
        {"definitionId": "Dance", "eventId": id_, "occurredTime": time, "identifier": person}
        for id_, time in (("e1", "noon"), ("e2", "2026-11-21T11:59:00Z"))
    ]
    answer = stage.request("POST", "/people/3/events", events, {"authorization": f"App {key}"})
    assert answer.status == (202 if stored else 400)
    assert [event.id for event in stage.events] == stored
