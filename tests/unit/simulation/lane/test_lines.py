"""A history's lines: what they say, and what is said of those that cannot be read."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.lane.lines import Applied, BadLine, Feedback, Paused, Sent, instant, line_id, read

T = "2026-11-01T12:00:00Z"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def one(line: object) -> tuple[list[Any], list[BadLine]]:
    return read(orjson.dumps(line))


@pytest.mark.parametrize(
    ("line", "field", "rule"),
    [
        ([], "", "must be a JSON object"),
        ({"type": "track"}, "received_at", "is missing, and must be a time"),
        ({"received_at": 1_793_000_000, "type": "track"}, "received_at", "must be a time"),
        ({"received_at": "yesterday", "type": "track"}, "received_at", "must be a time"),
        ({"received_at": "1999-12-31T23:59:59Z", "type": "track"}, "received_at", "must be a time"),
        ({"received_at": "2200-01-01T00:00:00Z", "type": "track"}, "received_at", "must be a time"),
        ({"received_at": T}, "type", "must be one of alias, group, identify"),
        ({"received_at": T, "type": "buy"}, "type", "must be one of"),
        ({"received_at": T, "type": ["track"]}, "type", "must be one of"),
        ({"received_at": T, "type": "track", "source": 7}, "source", "must be the id of a source"),
        ({"received_at": T, "apply": ""}, "apply", "must be a workspace's folder"),
        ({"received_at": T, "apply": "shop", "resume": "c"}, "resume", "has no place beside apply"),
        ({"received_at": T, "pause": ["c"]}, "pause", "must be the id of a campaign"),
        ({"received_at": T, "pause": "c", "type": "track"}, "type", "has no place beside pause"),
        ({"received_at": T, "type": "system", "userId": "u1"}, "event", "is missing, and must be a name such as"),
        ({"received_at": T, "type": "system", "event": "Timer Due", "userId": "u1"}, "event", "not Timer Due"),
        ({"received_at": T, "type": "system", "event": "Notification Opened"}, "userId", "must name a person"),
        ({"received_at": T, "type": "system", "event": "x", "userId": "null"}, "userId", "must be an id"),
        ({"received_at": T, "type": "system", "event": "x", "userId": "u" * 201}, "userId", "must be an id"),
        ({"received_at": T, "type": "system", "event": "x", "userId": "u", "properties": []}, "properties", "object"),
        ({"received_at": T, "type": "system", "event": "x", "userId": "u", "messageId": 1}, "messageId", "text"),
        ({"received_at": T, "type": "system", "event": "x", "userId": "u", "timestamp": "?"}, "timestamp", "a time"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named_with_its_field_and_the_rule(
    line: object, field: str, rule: str
) -> None:
    happenings, (bad,) = one(line)
    assert happenings == []
    assert (bad.number, bad.field) == (1, field)
    assert rule in bad.rule
    assert str(bad).startswith(f"line 1, {field}: " if field else "line 1: ")


def test_what_is_not_json_is_said_with_its_place() -> None:
    _, bad = read(b'{"received_at":\n\n{x')
    assert [line.number for line in bad] == [1, 3]
    assert "is not JSON" in bad[0].rule


def test_bytes_that_are_no_utf_8_are_said_in_our_own_words() -> None:
    _, [bad] = read('{"event": "Größe"}'.encode("latin-1"))
    assert bad.rule == "is not UTF-8, at byte 14"


def test_each_kind_of_line_is_read() -> None:
    lines: list[dict[str, Any]] = [
        {"received_at": T, "type": "track", "event": "Login", "userId": "u1", "source": "web"},
        {
            "received_at": T,
            "type": "system",
            "event": "Notification Opened",
            "userId": "u1",
            "messageId": "m1",
        },
        {"received_at": T, "apply": "next"},
        {"received_at": T, "pause": "welcome"},
        {"received_at": T, "resume": "welcome"},
    ]
    happenings, bad = read(b"\n".join(map(orjson.dumps, lines)))
    opened = {
        "id": "m1",
        "type": "system",
        "name": "Notification Opened",
        "occurred_at": NOON,
        "user_id": "u1",
    }
    assert not bad
    assert happenings == [
        Sent(1, NOON, "web", {"type": "track", "event": "Login", "userId": "u1"}),
        Feedback(2, NOON, "user:u1", opened),
        Applied(3, NOON, "next"),
        Paused(4, NOON, "welcome", is_over=False),
        Paused(5, NOON, "welcome", is_over=True),
    ]


def test_lines_come_in_the_order_of_their_arrival_and_those_of_one_time_in_theirs() -> None:
    times = ("2026-11-02", "2026-11-01T01:00:00+01:00", "2026-11-01", "2026-11-02T00:00:00.0004")
    lines = [{"received_at": time, "pause": str(number)} for number, time in enumerate(times)]
    happenings, _ = read(b"\n".join(map(orjson.dumps, lines)))
    assert [one.campaign for one in happenings if isinstance(one, Paused)] == ["1", "2", "0", "3"]


def test_feedback_without_an_id_has_one_of_the_seed_and_its_line() -> None:
    line = {"received_at": T, "type": "system", "event": "Notification Opened", "userId": "u1"}
    for seed in (0, 1):
        ((feedback,), _) = read(orjson.dumps(line), seed)
        assert isinstance(feedback, Feedback)
        assert feedback.event["id"] == line_id(seed, 1)


def test_a_byte_order_mark_and_empty_lines_are_no_lines() -> None:
    assert read(b"\xef\xbb\xbf\r\n\n  \n") == ([], [])


@given(
    st.binary()
    | st.lists(st.recursive(st.text() | st.integers(-9, 9) | st.none(), st.lists)).map(orjson.dumps)
)
def test_whatever_comes_is_read_or_named(data: bytes) -> None:
    happenings, bad = read(data)
    lines = [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    assert len(happenings) + len(bad) == len(lines)


VALUES = st.text() | st.integers(-(2**63), 2**63) | st.sampled_from(("system", "track", {"a": 1}, None))
FIELDS = (
    "type", "event", "userId", "anonymousId", "messageId", "source", "apply", "pause", "properties", "timestamp",
)  # fmt: skip


@given(st.fixed_dictionaries({"received_at": st.just(T) | st.text()}, optional=dict.fromkeys(FIELDS, VALUES)))
def test_any_line_is_a_happening_or_has_a_rule_that_it_breaks(line: dict[str, Any]) -> None:
    happenings, bad = one(line)
    assert len(happenings) + len(bad) == 1
    assert all(broken.rule for broken in bad)


@given(st.text() | st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(datetime.isoformat))
def test_a_time_is_in_whole_milliseconds_of_utc(said: str) -> None:
    at = instant(said)
    assert at is None or (at.tzinfo is UTC and at.microsecond % 1000 == 0)


@pytest.mark.parametrize(
    ("line", "field", "near"),
    [
        ({"received_at": T, "type": "track", "propertys": {}}, "propertys", "did you mean properties?"),
        ({"recieved_at": T, "type": "track"}, "recieved_at", "did you mean received_at?"),
        ({"received_at": T, "puase": "welcome"}, "puase", "did you mean pause?"),
        ({"received_at": T, "type": "track", "xyzzy": 1}, "xyzzy", "is no field of such a line"),
        (
            {"received_at": T, "type": "system", "event": "A", "userId": "u", "source": "web"},
            "source",
            "no field",
        ),
    ],
)
def test_a_field_that_nobody_reads_is_named_with_the_nearest_that_somebody_does(
    line: dict[str, Any], field: str, near: str
) -> None:
    read_, [bad] = one(line)

    assert (read_, bad.field) == ([], field)
    assert near in bad.rule


@pytest.mark.parametrize(
    "beside", ["groupId", "sentAt", "integrations", "originalTimestamp", "channel", "version"]
)
def test_what_libraries_of_our_api_add_to_a_call_is_no_mistake(beside: str) -> None:
    assert one({"received_at": T, "type": "track", "event": "A", "userId": "u", beside: "x"})[1] == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\n[\n{},\n{}\n]\n", "one object per line"),
        (b"\xef\xbb\xbf[{}]", "one object per line"),
        (gzip.compress(b"{}\n{}\n" * 9), "gunzip"),
        ('{"a": 1}\n{"a": 2}\n'.encode("utf-16"), "iconv"),
        (b'{\r\n  "type": "track"\r\n}\r\n', "one object per line, as `jq -c . FILE` does"),
    ],
)
def test_what_is_no_list_of_lines_is_one_error(data: bytes, said: str) -> None:
    happenings, [bad] = read(data)

    assert (happenings, bad.number) == ([], 1)
    assert said in bad.rule
