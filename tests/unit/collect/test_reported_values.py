"""Small values that failed somewhere, each as it ends here; ids and numbers among them."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

import orjson
import pytest

from shared.bus_entries import ArchiveRow
from shared.lake import rows
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
from tests.unit.collect.reported_values import NOTED, ROWS, Row

PLANNED = SHOP.model_copy(update={"events": (*SHOP.events, NOTED)})


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
