"""The canonical event a client's becomes: its times, its ids, its context."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity import PLACEHOLDERS
from tests.fakes.collect_stage import BROWSER, NOON, Stage, purchase

FILLERS = sorted({*PLACEHOLDERS, "0", "000", "00000000-0000-0000-0000-000000000000", "  ", "NULL"})


def ago(**span: float) -> str:
    return (NOON - timedelta(**span)).isoformat()


def single(stage: Stage, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    """The one event that a single call makes of these fields."""
    answer = stage.post("/v1/track", purchase(**fields), headers)
    assert answer.status == 200, answer.body
    return stage.events[-1]


def test_an_event_has_four_times(stage: Stage) -> None:
    event = single(stage, timestamp=ago(hours=1, minutes=10), sentAt=ago(hours=1))
    assert event.original_timestamp == NOON - timedelta(hours=1, minutes=10)
    assert event.sent_at == NOON - timedelta(hours=1)
    assert event.received_at == NOON
    assert event.occurred_at == NOON - timedelta(minutes=10)


def test_without_a_timestamp_an_event_occurred_when_it_came(stage: Stage) -> None:
    event = single(stage, timestamp=None)
    assert (event.occurred_at, event.original_timestamp, event.sent_at) == (NOON, None, None)


@pytest.mark.parametrize("minutes", [5, 60, 60 * 24 * 400, -5, -60, -60 * 24 * 400])
def test_a_clock_five_minutes_wrong_or_more_is_corrected(stage: Stage, minutes: float) -> None:
    event = single(stage, timestamp=ago(minutes=minutes + 1), sentAt=ago(minutes=minutes))
    assert event.occurred_at == NOON - timedelta(minutes=1)


@pytest.mark.parametrize("seconds", [0, 1, 299.999, -1, -299.999])
def test_a_clock_less_wrong_is_taken_as_right(stage: Stage, seconds: float) -> None:
    event = single(stage, timestamp=ago(seconds=seconds + 60), sentAt=ago(seconds=seconds))
    assert event.occurred_at == event.original_timestamp


@pytest.mark.parametrize(("count", "corrected"), [("0", True), ("", True), ("1", False), ("7", False)])
def test_a_retry_was_stamped_when_it_was_first_sent(stage: Stage, count: str, corrected: bool) -> None:
    event = single(stage, {"x-retry-count": count}, timestamp=ago(hours=3), sentAt=ago(hours=2))
    assert (event.occurred_at == NOON - timedelta(hours=1)) is corrected
    assert event.sent_at == NOON - timedelta(hours=2)


@pytest.mark.parametrize(
    "sent_at", ["soon", 12, None, "", {}, "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"]
)
def test_a_sent_at_that_is_no_time_corrects_nothing(stage: Stage, sent_at: object) -> None:
    event = single(stage, timestamp=ago(hours=1), sentAt=sent_at)
    assert (event.occurred_at, event.sent_at) == (NOON - timedelta(hours=1), None)


def test_the_sent_at_of_a_batch_is_that_of_its_events(stage: Stage) -> None:
    stage.batch(purchase(timestamp=ago(hours=2)), purchase(timestamp=ago(hours=3)), sentAt=ago(hours=2))
    assert [event.sent_at for event in stage.events] == [NOON - timedelta(hours=2)] * 2
    assert [event.occurred_at for event in stage.events] == [NOON, NOON - timedelta(hours=1)]


def test_the_limits_of_time_are_those_of_the_corrected_clock(stage: Stage) -> None:
    assert single(stage, timestamp=ago(days=-400), sentAt=ago(days=-400)).occurred_at == NOON
    assert stage.batch(purchase(timestamp=ago(days=-400))).codes == [["in_future"]]


def test_a_time_corrected_out_of_the_calendar_is_in_the_future(stage: Stage) -> None:
    answer = stage.batch(purchase(timestamp="9999-12-31T23:00:00Z"), sentAt=ago(hours=5))
    assert answer.codes == [["in_future"]]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-21T11:30:00Z", datetime(2026, 11, 21, 11, 30, tzinfo=UTC)),
        ("2026-11-21T11:30:00.123Z", datetime(2026, 11, 21, 11, 30, 0, 123_000, tzinfo=UTC)),
        ("2026-11-21T11:30:00.123456789Z", datetime(2026, 11, 21, 11, 30, 0, 123_456, tzinfo=UTC)),
        ("2026-11-21T14:30:00+03:00", datetime(2026, 11, 21, 11, 30, tzinfo=UTC)),
        ("2026-11-21T11:30:00", datetime(2026, 11, 21, 11, 30, tzinfo=UTC)),
        ("2026-11-21 11:30:00Z", datetime(2026, 11, 21, 11, 30, tzinfo=UTC)),
        ("20261121T113000Z", datetime(2026, 11, 21, 11, 30, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
    ],
)
def test_iso_8601_times_are_kept_in_utc(stage: Stage, written: str, read: datetime) -> None:
    event = single(stage, timestamp=written)
    assert event.occurred_at == event.original_timestamp == read


def test_rudderstack_says_original_timestamp(stage: Stage) -> None:
    assert single(stage, timestamp=None, originalTimestamp=ago(minutes=9)).occurred_at == NOON - timedelta(
        minutes=9
    )


@given(at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=9, minutes=30))])))
def test_any_time_is_accepted_or_refused_for_what_it_is(at: datetime) -> None:
    stage = Stage()
    answer = stage.post("/v1/track", purchase(timestamp=at.isoformat()))
    if answer.status == 200:
        assert timedelta(days=-3650) <= stage.events[0].occurred_at - NOON <= timedelta(days=1)
    else:
        assert answer.codes in ([["too_old"]], [["in_future"]], [["malformed"]])


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("field", ["userId", "anonymousId"])
def test_a_placeholder_names_nobody(stage: Stage, field: str, filler: str) -> None:
    ids = {"userId": None, "anonymousId": None, field: filler}
    assert stage.batch(purchase(**ids)).codes == [["no_identity"]]


def test_a_placeholder_beside_an_id_is_dropped(stage: Stage) -> None:
    event = single(stage, userId="undefined", anonymousId="a1")
    assert (event.user_id, event.anonymous_id) == (None, "a1")
    assert stage.records[0].key == "anonymous:a1"


def test_a_placeholder_as_previous_id_joins_nobody(stage: Stage) -> None:
    assert stage.batch({"type": "alias", "userId": "u1", "previousId": "null"}).codes == [["no_identity"]]


def test_a_whole_number_is_an_id(stage: Stage) -> None:
    event = single(stage, userId=42, messageId=7)
    assert (event.user_id, event.id) == ("42", "7")


@pytest.mark.parametrize("user", [True, False])
def test_a_boolean_is_no_id(stage: Stage, user: bool) -> None:
    assert stage.batch(purchase(userId=user)).codes == [["no_identity"]]


@pytest.mark.parametrize("user", ["u1", "Ann Ünlü", "ann@shop.example", "x" * 200, "a:b", "用户"])
def test_ids_are_kept_as_they_are(stage: Stage, user: str) -> None:
    assert single(stage, userId=user).user_id == user


def test_the_message_id_is_the_events_id(stage: Stage) -> None:
    assert single(stage, messageId="node-next-1").id == "node-next-1"


@pytest.mark.parametrize("given_id", [None, "", 0])
def test_an_event_without_a_message_id_and_a_time_is_given_one(stage: Stage, given_id: object) -> None:
    ids = [single(stage, messageId=given_id, timestamp=None).id for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(UUID(one).version == 7 for one in ids)


def test_the_context_of_a_batch_is_what_its_events_do_not_say(stage: Stage) -> None:
    of_batch = {"locale": "en-GB", "app": {"version": "1"}, "userAgent": "batch/1"}
    stage.batch(purchase(), purchase(context={"app": {"build": "7"}, "userAgent": "own/1"}), context=of_batch)
    assert [event.context for event in stage.events] == [
        {"locale": "en-GB", "app": {"version": "1"}, "user_agent": "batch/1"},
        {"locale": "en-GB", "app": {"build": "7"}, "user_agent": "own/1"},
    ]


@pytest.mark.parametrize("context", ["web", 1, [], None])
def test_a_context_of_a_batch_that_is_no_object_is_none(stage: Stage, context: object) -> None:
    stage.batch(purchase(), context=context)
    assert stage.events[0].context == {}


def test_events_of_a_batch_do_not_see_each_others_context(stage: Stage) -> None:
    stage.batch(purchase(context={"a": 1}), purchase(), context={"b": 2}, key=BROWSER)
    assert [set(event.context) for event in stage.events] == [
        {"a", "b", "ip", "user_agent"},
        {"b", "ip", "user_agent"},
    ]


def test_the_channel_is_part_of_the_context(stage: Stage) -> None:
    stage.batch(purchase(), purchase(channel="mobile"), channel="server")
    assert [event.context["channel"] for event in stage.events] == ["server", "mobile"]


def test_a_session_is_the_clients_own(stage: Stage) -> None:
    assert single(stage, context={"sessionId": 1795262400}).session_id == "1795262400"


@pytest.mark.parametrize("empty", [None, []])
def test_no_properties_are_none(stage: Stage, empty: object) -> None:
    """PHP writes an empty object as an empty list."""
    stage.batch(purchase(event="View Item", properties=empty, traits=empty, context=None))
    assert (stage.events[0].properties, stage.events[0].traits) == ({}, {})
