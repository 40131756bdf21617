"""Small values that failed somewhere, as public reports and other projects' own tests have them, and what is right.

Each row is named by what it is: what was sent, to which source, and what the event on the stream says.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from shared.bus_entries import ArchiveRow
from shared.lake import rows
from shared.workspace.model import EventDefinition, PropertyDefinition
from tests.fakes.collect_stage import (
    BROWSER,
    IDENTITY_SECRET,
    LENIENT,
    NOON,
    OBSERVE,
    SHOP,
    STRICT,
    Stage,
    purchase,
)

NOTED = EventDefinition(
    id="Noted",
    name="Noted",
    properties={"text": PropertyDefinition(type="string"), "price": PropertyDefinition(type="number")},
)
PLANNED = SHOP.model_copy(update={"events": (*SHOP.events, NOTED)})


@dataclass(frozen=True)
class Row:
    """`body` is JSON text of one item of a batch that lacks nothing but what it says. `event` is what is expected of
    the fields of the event, `refused` the code it is rejected for, `observed` what it is counted as."""

    item: str
    key: str = LENIENT
    batch: str = ""
    event: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    observed: str | None = None


def track(more: str, key: str = LENIENT, batch: str = "", **expected: Any) -> Row:
    return Row(f'{{"type":"track","event":"Noted",{more}}}', key, batch, **expected)


def named(ids: str, **expected: Any) -> Row:
    return Row(f'{{"type":"identify","traits":{{"plan":"x"}},{ids}}}', **expected)


def phone(written: str, **expected: Any) -> Row:
    return named(f'"context":{{"externalIds":[{{"type":"phone","id":"{written}"}}]}}', **expected)


HOUR_AGO = "2026-11-21T11:00:00Z"
NOBODY = {"refused": "no_identity"}
ROWS: dict[str, Row] = {
    "a phone number of zeros": phone("(000) 000-0000", **NOBODY),
    "a phone number of zeros and dots": phone("000.000.0000", **NOBODY),
    "a phone number of a nation": phone("0532 123 45 67", **NOBODY),
    "a phone number with minus signs": phone(
        r"+1\u2212415\u2212555\u22120100", event={"other_ids": {"phone": "+14155550100"}}
    ),
    "a phone number with a tab": phone(r"+1\t415 555 0100", event={"other_ids": {"phone": "+14155550100"}}),
    "a phone number with a trunk prefix": phone(
        "+44 (0)20 7946 0958", event={"other_ids": {"phone": "+442079460958"}}
    ),
    "a phone number beside a user id that is no number": named(
        '"userId":"u1","context":{"externalIds":[{"type":"phone","id":"call me"}]}',
        event={"user_id": "u1", "other_ids": {}},
    ),
    "an id that is null in brackets": named('"userId":"(null)"', **NOBODY),
    "an id that is null in angle brackets": named('"userId":"<null>"', **NOBODY),
    "an id that is null in quotes": named(r'"userId":"\"null\""', **NOBODY),
    "an id that is null in wide letters": named(r'"userId":"\uff4e\uff55\uff4c\uff4c"', **NOBODY),
    "an id that an SDK gives before anybody is known": named('"userId":"not_authenticated"', **NOBODY),
    "an id that is the name of a field": named('"anonymousId":"distinctid"', **NOBODY),
    "an id of a zero-width space": named(r'"userId":"\u200b"', **NOBODY),
    "an id of NUL": named(r'"anonymousId":"\u0000"', **NOBODY),
    "an id with spaces around it": named(r'"userId":"\ufeff u 1\u00a0\n"', event={"user_id": "u 1"}),
    "traits in the context beside the call's own": Row(
        '{"type":"identify","userId":"u1","traits":{"plan":"x","age":4},'
        '"context":{"traits":{"email":"a@shop.example","age":3}}}',
        event={"traits": {"plan": "x", "email": "a@shop.example", "age": 4}},
    ),
    "an integer of 24 digits for a text": track(
        '"userId":"u1","properties":{"text":123456789012345678901234}',
        STRICT,
        event={"properties": {"text": "123456789012345678901234"}},
    ),
    "an integer of 24 digits that no definition knows": track(
        '"userId":"u1","properties":{"code":123456789012345678901234,"list":[-98765432109876543210]}',
        event={"properties": {"code": "123456789012345678901234", "list": '["-98765432109876543210"]'}},
    ),
    "an integer of 24 digits as an id": track(
        '"userId":123456789012345678901234', event={"user_id": "123456789012345678901234"}
    ),
    "an integer of 24 digits for a number": track(
        '"userId":"u1","properties":{"price":123456789012345678901234}',
        STRICT,
        event={"properties": {"price": 123456789012345678901234.0}},
    ),
    "the largest integer of 64 bits for a text": track(
        '"userId":"u1","properties":{"text":18446744073709551615}',
        STRICT,
        event={"properties": {"text": "18446744073709551615"}},
    ),
    "a fraction for a text": track(
        '"userId":"u1","properties":{"text":12.5}', STRICT, event={"properties": {"text": "12.5"}}
    ),
    "a fraction of more digits than are kept, for a text": track(
        '"userId":"u1","properties":{"text":0.30000000000000004441}', STRICT, refused="wrong_type"
    ),
    "a number with an exponent for a text": track(
        '"userId":"u1","properties":{"text":1e30}', STRICT, refused="wrong_type"
    ),
    "half an emoji in a property": track(
        r'"userId":"u1","properties":{"text":"ok \ud83d"}',
        STRICT,
        event={"properties": {"text": "ok \ufffd"}},
        observed="text_repaired",
    ),
    "half an emoji in the name of a property, within a list": track(
        r'"userId":"u1","properties":{"list":[{"\udc00a":"\ude00"}]}',
        OBSERVE,
        event={"properties": {"list": [{"\ufffda": "\ufffd"}]}},
        observed="text_repaired",
    ),
    "half an emoji in an id": track(
        r'"userId":"u\ud83d"', event={"user_id": r"u\ud83d"}, observed="text_repaired"
    ),
    "half an emoji in an id beside another": track(
        r'"userId":"u1","context":{"externalIds":[{"type":"crm","id":"c\udc00"}]}',
        event={"user_id": "u1", "other_ids": {"crm": r"c\udc00"}},
        observed="text_repaired",
    ),
    "both halves of an emoji in an id": track(r'"userId":"u\ud83d\ude00"', event={"user_id": "u\U0001f600"}),
    "an id of half an emoji": track(r'"userId":"\ud83d"', **NOBODY),
    "an id of what somebody could not read": track(r'"userId":"\ufffd\ufffd"', **NOBODY),
    "an id that its halves make too long": track(f'"userId":"{"u" * 195}\\ud83d"', refused="malformed"),
    "an id that its halves make as long as may be": track(
        f'"userId":"{"u" * 194}\\ud83d"', event={"user_id": "u" * 194 + r"\ud83d"}, observed="text_repaired"
    ),
    **{
        f"a time written {how}": track(
            f'"userId":"u1","timestamp":"{written}"', STRICT, event={"occurred_at": NOON - timedelta(hours=1)}
        )
        for how, written in {
            "with blanks around it": " 2026-11-21T11:00:00Z\\u00a0",
            "in small letters": "2026-11-21t11:00:00z",
            "with the name of its zone": "2026-11-21 11:00:00 UTC",
            "as mail has it": "Sat, 21 Nov 2026 11:00:00 GMT",
            "as mail has it elsewhere": "Sat, 21 Nov 2026 14:00:00 +0300",
        }.items()
    },
    "a leap second": track(
        '"userId":"u1","timestamp":"2026-06-30T23:59:60.5Z"',
        event={"occurred_at": datetime(2026, 6, 30, 23, 59, 59, 500_000, UTC)},
    ),
    "the end of a day": track(
        '"userId":"u1","timestamp":"2026-11-20T24:00:00+00:00"',
        event={"occurred_at": NOON - timedelta(hours=12)},
    ),
    **{
        f"no time: {written[:30]}": track(
            f'"userId":"u1","timestamp":"{written}"', STRICT, refused="malformed"
        )
        for written in (
            "2026-11-21T11:00:00ZZ",
            "2026-11-21T12:00:60Z",
            "2026-11-21T24:00:01Z",
            "9999-12-31T24:00:00Z",
            "9999-12-31T23:59:60-14:00",
            "Sat, 41 Nov 2026 11:00:00 GMT",
            "Sat, 21",
            "noon UTC",
            "UTC",
            "2026-11-21T11:00:00Z" + " " * 64,
        )
    },
    "a clock of 1970": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"1970-01-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of the last hour of 2009": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"2009-12-31T23:59:59Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of 2015 that only sends": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"2015-06-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of 2015 in all it says": track(
        '"userId":"u1","timestamp":"2015-05-31T23:00:00Z"',
        batch='"sentAt":"2015-06-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a clock of 2099 that only sends": track(
        f'"userId":"u1","timestamp":"{HOUR_AGO}"',
        batch='"sentAt":"2099-01-01T00:00:00Z"',
        event={"occurred_at": NOON - timedelta(hours=1)},
    ),
    "a timestamp that cannot be read": track(
        '"userId":"u1","timestamp":"2026-11-21T08:00:27.029:Z"',
        event={"occurred_at": NOON, "original_timestamp": None},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, observed": track(
        '"userId":"u1","timestamp":"2026-11-21T08:00:27.029:Z"',
        OBSERVE,
        event={"occurred_at": NOON},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, and when it was sent": track(
        '"userId":"u1","timestamp":"yesterday"',
        batch='"sentAt":"2026-11-21T11:58:00Z"',
        event={"occurred_at": NOON - timedelta(minutes=2)},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, sent by a clock of 1970": track(
        '"userId":"u1","timestamp":"yesterday"',
        batch='"sentAt":"1970-01-01T00:00:00Z"',
        event={"occurred_at": NOON},
        observed="timestamp_unreadable",
    ),
    "a timestamp that cannot be read, to a strict source": track(
        '"userId":"u1","timestamp":"2026-11-21T08:00:27.029:Z"', STRICT, refused="malformed"
    ),
    "a timestamp that cannot be read, beside another fault": track(
        '"userId":"null","timestamp":"2026-11-21T08:00:27.029:Z"', refused="no_identity"
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_reported_value_ends_right(row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    stage = Stage(PLANNED)
    beside = f",{row.batch}" if row.batch else ""
    stage.post("/v1/batch", f'{{"batch":[{row.item}]{beside}}}', key=row.key)
    if row.refused is not None:
        assert next(one.code for item in stage.refused for one in item.reasons) == row.refused
        assert stage.events == []
        return
    (event,) = stage.events
    assert {name: getattr(event, name) for name in row.event} == row.event
    log = capsys.readouterr().out
    assert (f'"collect_observed_{row.observed}":[1.0]' in log) is (row.observed is not None)
    assert stage.refused == []


def test_two_people_whose_phone_numbers_are_fillers_are_not_one() -> None:
    stage = Stage()
    for number in ("(000) 000-0000", "000.000.0000"):
        ids = [{"type": "phone", "id": number}]
        stage.post("/v1/identify", {"traits": {"name": number}, "context": {"externalIds": ids}}, key=LENIENT)
    assert stage.events == []


@pytest.mark.parametrize("id_", ["  ", "\u00a0", "\x00", "\u200b\ufeff", "", None])
def test_an_id_of_nothing_visible_is_no_id(id_: str | None) -> None:
    stage = Stage()
    stage.batch(purchase(messageId=id_, timestamp=None), purchase(messageId=id_, timestamp=None, userId="u2"))
    first, second = (event.id for event in stage.events)
    assert first != second
    assert first.strip("\x00 \u00a0\u200b\ufeff")


@pytest.mark.parametrize("id_", ["  ", "\x00", "\u200b"])
def test_a_call_whose_id_cannot_be_seen_has_one_id_however_often_it_is_sent(id_: str) -> None:
    stage = Stage()
    for _ in range(2):
        stage.batch(purchase(messageId=id_))
    first, second = (event.id for event in stage.events)
    assert first == second


def test_what_is_around_an_id_is_not_the_id() -> None:
    stage = Stage()
    stage.batch(purchase(messageId="m1"), purchase(messageId=" m1\u00a0"), purchase(messageId="\ufeffm1\x00"))
    assert [event.id for event in stage.events] == ["m1"] * 3


@pytest.mark.parametrize(
    ("total", "revenue"),
    [
        ("3.3000000000000003", 3.3000000000000003), ("1e2", 100.0), ("-0", 0.0), ("1.5E-3", 0.0015),
        ("12345678901234567", 12345678901234567.0), ("123456789012345678901234", 123456789012345678901234.0),
        ('"3.3000000000000003"', 3.3000000000000003), ('"1e400"', None), ('"a"', None), ("true", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", [LENIENT, OBSERVE])
def test_every_number_of_json_is_revenue(total: str, revenue: float | None, key: str) -> None:
    stage = Stage()
    body = f'{{"userId":"u1","event":"Order Completed","properties":{{"total":{total}}}}}'
    stage.post("/v1/track", body, key=key)
    (event,) = stage.events
    row = rows.row(ArchiveRow(key="user:u1", sequence="1", ordinal=0, person="user:u1", event=event))
    assert row["revenue"] == revenue


@pytest.mark.parametrize(
    ("skew", "age", "believed"),
    [
        (timedelta(days=1), timedelta(minutes=-5), True),
        (timedelta(days=1), timedelta(minutes=-5, microseconds=-1), False),
        (timedelta(days=-1), timedelta(days=1), True),
        (timedelta(days=-1, microseconds=-1), timedelta(days=1, microseconds=1), False),
        (timedelta(days=-3), timedelta(0), True),
    ],
)
def test_a_correction_is_believed_as_far_as_it_could_be(
    skew: timedelta, age: timedelta, believed: bool
) -> None:
    """`age` is how long before its sending an event happened, by the client's clock."""
    from functions.collect.adapter.arrival import Arrival

    arrival = Arrival.of(NOON, (NOON - skew).isoformat(), is_retry=False)
    said: datetime = NOON - skew - age
    assert arrival.corrected(said) == (NOON - age if believed else said)


def test_a_repaired_event_that_breaks_the_plan_is_rejected_for_that_at_its_place() -> None:
    stage = Stage()
    bad = purchase(messageId="bad", properties={"amount": "HERE", "currency": "USD"})
    text = orjson.dumps(bad).decode().replace("HERE", r"\ud800")
    stage.post("/v1/batch", f'{{"batch":[{text},{text.replace("bad", "worse")}]}}', key=STRICT)
    assert [item.index for item in stage.refused] == [0, 1]
    assert [item.reasons[0].code for item in stage.refused] == ["wrong_type", "wrong_type"]
    assert all(b"\\ud800" in item.body for item in stage.refused)


def test_ids_that_were_cut_differently_are_two_people_and_two_events() -> None:
    stage = Stage()
    tracks = [
        f'{{"type":"track","event":"Dance","messageId":"m{half}","userId":"u{half}"}}'
        for half in (r"\ud83d", r"\ud83c", r"\ufffd")
    ]
    stage.post("/v1/batch", f'{{"batch":[{",".join(tracks)}]}}', key=LENIENT)
    assert len({event.user_id for event in stage.events}) == 3
    assert len({event.id for event in stage.events}) == 3


def test_a_message_id_of_half_an_emoji_is_none() -> None:
    stage = Stage()
    one = r'{"type":"track","event":"Dance","messageId":"\ud83d","userId":"u1"}'
    stage.post("/v1/batch", f'{{"batch":[{one},{one}]}}', key=LENIENT)
    assert len({event.id for event in stage.events}) == 2


def test_a_hash_is_not_of_the_id_that_half_an_emoji_became() -> None:
    stage = Stage()
    user_hash = hmac.new(IDENTITY_SECRET.encode(), b"u\xed\xa0\xbd", "sha256").hexdigest()
    body = f'{{"type":"track","event":"Dance","userId":"u\\ud83d","context":{{"user_hash":"{user_hash}"}}}}'
    stage.post("/v1/track", body, key=BROWSER)
    (event,) = stage.events
    assert (event.user_id, event.verified) == (r"u\ud83d", ())


def test_debugging_shows_the_event_as_it_was_repaired() -> None:
    stage = Stage()
    body = r'{"userId":"u1","event":"Dance","properties":{"a":"\ud83d"}}'
    answer = stage.post("/v1/track", body, {"headrace-debug": "1"}, key=LENIENT)
    assert answer.body["events"][0]["event"]["properties"] == {"a": "\ufffd"}


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
