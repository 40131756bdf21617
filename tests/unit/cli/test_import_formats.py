"""What the lines of each export become, and lines that become nothing."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.imports.formats import BY_NAME, FORMATS, recognised
from cli.imports.importing import MOST_BYTES, MOST_ROWS, batched
from cli.imports.lines import Line, count, lines, not_blank
from cli.imports.row import Reading, Row, Unreadable, written
from cli.problem import Problem

BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)
READING = Reading(BEGAN, ZoneInfo("UTC"), None)

EVENTS = [
    "Charged",
    '{"profile": {"identity": "cust-77"}, "ts": 20261120115958, "eventProps": {"Amount": "39.5"}}',
    '{"profile": {"objectId": "-2a9f"}, "ts": "20261120120000", "eventProps": {}}',
]
PROFILES = [
    '{"identity": "cust-77", "objectId": "-2a9f", "name": "Ana", "email": "ana@shop.example",'
    ' "profileData": {"Plan": "gold"}}',
    '{"profile": {"identity": "cust-78", "profileData": {"Plan": "free"}}}',
]
ENDPOINTS = [
    '{"Id": "e1", "ChannelType": "EMAIL", "Address": "ana@shop.example", "OptOut": "NONE", "CohortId": "3",'
    ' "User": {"UserId": "cust-77", "UserAttributes": {"plan": ["gold"]}}}',
]
CSV = [
    "Id,ChannelType,Address,OptOut,User.UserId,User.UserAttributes.plan,Metrics.visits,Location.City",
    'e1,SMS,+15550100,ALL,cust-77,"[""gold"", ""vip""]",12,"Izmir, TR"',
    "e2,EMAIL,ben@shop.example,,cust-78,,,",
]
SEGMENT = [
    '{"type": "track", "event": "Search", "userId": "u1", "messageId": "m1", "timestamp": "2026-11-20T10:00:00Z"}'
]


def read(name: str, text: list[str], reading: Reading = READING) -> list[Row | Unreadable]:
    return list(BY_NAME[name].rows((Line(at, line) for at, line in enumerate(text, 1)), reading))


def documents(name: str, text: list[str], reading: Reading = READING) -> list[Any]:
    return [row.document for row in read(name, text, reading) if isinstance(row, Row)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (EVENTS, "clevertap-events"),
        (EVENTS[1:], "clevertap-events"),
        (PROFILES, "clevertap-profiles"),
        (PROFILES[1:], "clevertap-profiles"),
        (ENDPOINTS, "pinpoint-endpoints"),
        (CSV, "pinpoint-endpoints"),
        (['"Id","ChannelType","Address"'], "pinpoint-endpoints"),
        (SEGMENT, "segment"),
    ],
)
def test_an_export_is_recognised_by_its_first_lines(text: list[str], name: str) -> None:
    assert recognised(text[:2], Path("export")).name == name


@pytest.mark.parametrize("text", [[], ["a,b,c"], ["{}"], ["[1]"], ["null", "null"]])
def test_what_is_like_no_export_is_a_problem_that_names_the_formats(text: list[str]) -> None:
    with pytest.raises(Problem, match=r"clevertap-events, .*segment"):
        recognised(text, Path("export"))


def test_clevertaps_events_become_records_of_its_upload() -> None:
    assert documents("clevertap-events", EVENTS) == [
        {
            "identity": "cust-77",
            "type": "event",
            "evtName": "Charged",
            "ts": 1795175998,
            "evtData": {"Amount": "39.5"},
        },
        {"objectId": "-2a9f", "type": "event", "evtName": "Charged", "ts": 1795176000, "evtData": {}},
    ]


def test_times_without_an_offset_are_of_the_zone_that_is_said() -> None:
    istanbul = Reading(BEGAN, ZoneInfo("Europe/Istanbul"), None)
    [utc, _], [local, _] = (
        documents("clevertap-events", EVENTS),
        documents("clevertap-events", EVENTS, istanbul),
    )
    assert utc["ts"] - local["ts"] == 3 * 3600


def test_a_file_that_does_not_say_its_event_is_told_it_or_read_as_nothing() -> None:
    assert [type(row) for row in read("clevertap-events", EVENTS[1:])] == [Unreadable, Unreadable]
    told = Reading(BEGAN, ZoneInfo("UTC"), "Charged")
    assert {one["evtName"] for one in documents("clevertap-events", EVENTS[1:], told)} == {"Charged"}


def test_clevertaps_profiles_get_the_time_the_import_began() -> None:
    assert documents("clevertap-profiles", PROFILES) == [
        {
            "identity": "cust-77",
            "type": "profile",
            "ts": 1795262400,
            "profileData": {"Plan": "gold", "Name": "Ana", "Email": "ana@shop.example"},
        },
        {"identity": "cust-78", "type": "profile", "ts": 1795262400, "profileData": {"Plan": "free"}},
    ]


def test_pinpoints_endpoints_are_the_same_from_json_and_csv() -> None:
    [row] = read("pinpoint-endpoints", ENDPOINTS)
    assert isinstance(row, Row)
    assert (row.key, row.document["User"]) == (
        "e1",
        {"UserId": "cust-77", "UserAttributes": {"plan": ["gold"]}},
    )
    assert "CohortId" not in row.document
    assert documents("pinpoint-endpoints", CSV) == [
        {
            "ChannelType": "SMS",
            "Address": "+15550100",
            "OptOut": "ALL",
            "User": {"UserId": "cust-77", "UserAttributes": {"plan": ["gold", "vip"]}},
            "Metrics": {"visits": 12.0},
            "Location": {"City": "Izmir, TR"},
        },
        {"ChannelType": "EMAIL", "Address": "ben@shop.example", "User": {"UserId": "cust-78"}},
    ]


def test_a_segment_line_without_a_message_id_gets_the_same_one_each_time() -> None:
    text = ['{"type": "track", "event": "A", "userId": "u"}'] * 2
    first, second = documents("segment", text)
    assert first["messageId"] != second["messageId"]
    assert documents("segment", text) == [first, second]


@pytest.mark.parametrize(
    ("name", "line", "why"),
    [
        ("clevertap-events", "{", "not a JSON object"),
        ("clevertap-events", '{"profile": {}, "ts": "yesterday", "eventProps": {}}', "14 digits"),
        ("clevertap-profiles", "[]", "not a JSON object"),
        ("pinpoint-endpoints", "{", "not a JSON object"),
        ("pinpoint-endpoints", '{"ChannelType": "SMS"}', "no Id"),
        ("segment", "null", "not a JSON object"),
    ],
)
def test_a_line_that_says_nothing_is_named(name: str, line: str, why: str) -> None:
    good = {
        "clevertap-events": "Charged",
        "clevertap-profiles": PROFILES[0],
        "pinpoint-endpoints": ENDPOINTS[0],
    }
    [*_, last] = read(name, [good.get(name, SEGMENT[0]), line])
    assert isinstance(last, Unreadable)
    assert (last.number, why in last.why) == (2, True)


def test_digits_and_halves_of_characters_come_to_collect_as_they_are() -> None:
    line = (
        '{"type":"track","userId":"u","properties":{"a":123456789012345678901234,"b":"ok \\ud83d","c":0.5}}'
    )
    (document,) = documents("segment", [line])
    assert json.loads(written(document))["properties"] == {
        "a": 123456789012345678901234, "b": "ok \ud83d", "c": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e400", "[" * 100_000, "1" * 5_000])
def test_a_line_of_what_json_does_not_have_is_named(value: str) -> None:
    [_, last] = read("segment", [SEGMENT[0], f'{{"type":"track","userId":"u","properties":{{"a":{value}}}}}'])
    assert isinstance(last, Unreadable)


@pytest.mark.parametrize(
    ("columns", "cells", "why"),
    [
        ("User,User.UserId", "x,u1", "contradict"),
        ("User.UserId,User", "u1,x", "contradict"),
        (".,..,a..b", "1,2,3", "contradict"),
        ("Address,Address", "a@shop.example,b@shop.example", "twice"),
    ],
)
def test_of_two_values_in_one_place_none_is_lost_unnamed(columns: str, cells: str, why: str) -> None:
    *_, last = read("pinpoint-endpoints", [f"Id,ChannelType,{columns}", f"e1,EMAIL,{cells}"])
    assert isinstance(last, Unreadable)
    assert why in last.why


def test_columns_without_a_name_may_be_many() -> None:
    (document,) = documents("pinpoint-endpoints", ["Id,ChannelType,,", "e1,EMAIL,,"])
    assert document == {"ChannelType": "EMAIL"}


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1E5", 100_000.0), (".5", 0.5), ("+3", 3.0), ("nan", "nan"), ("inf", "inf"), ("1e999", "1e999"),
     ("1_000", "1_000"), ("\u0661", "\u0661")],
)  # fmt: skip
def test_a_metric_is_a_number_as_everywhere_or_the_text_it_was(cell: str, value: object) -> None:
    (document,) = documents("pinpoint-endpoints", ["Id,ChannelType,Metrics.visits", f"e1,EMAIL,{cell}"])
    assert document["Metrics"] == {"visits": value}


@given(
    text=st.lists(
        st.one_of(st.text(max_size=40), st.sampled_from([*EVENTS, *PROFILES, *CSV, *SEGMENT])), max_size=6
    )
)
def test_every_line_of_any_file_is_a_row_or_named(text: list[str]) -> None:
    said = [at for at, line in enumerate(text, 1) if line.strip()]
    for one in FORMATS:
        numbers = [row.number for row in read(one.name, text)]
        headless = {"clevertap-events", "pinpoint-endpoints"}
        if one.name == "pinpoint-endpoints":  # a row may take several lines
            assert numbers == sorted(set(numbers))
            assert {*numbers} <= {*said}
        else:
            assert numbers in (said, said[1:])
            assert one.name in headless or numbers == said


def test_lines_are_numbered_as_editors_do_and_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    text = '\ufeff{"a": 1}\n\n{"b": 2}\r\nbroken \udcff'
    plain, zipped = tmp_path / "export.json", tmp_path / "export.json.gz"
    plain.write_bytes(text.encode("utf-8", "surrogateescape"))
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    found = [(1, '{"a": 1}', "\n"), (2, "", "\n"), (3, '{"b": 2}', "\r\n"), (4, "broken \\xff", "")]
    assert [*lines(plain)] == [*lines(zipped)] == found
    assert [line.number for line in not_blank(lines(plain))] == [1, 3, 4]
    assert count(zipped) == 4


def test_batches_are_bounded_and_hold_no_endpoint_twice() -> None:
    rows = [Row(at, {"a": at}) for at in range(1, 251)]
    assert [len(batch) for batch in batched(rows)] == [MOST_ROWS, MOST_ROWS, 50]
    large = [Row(at, {"a": "x" * (MOST_BYTES // 2)}) for at in range(1, 4)]
    assert [len(batch) for batch in batched(large)] == [1, 1, 1]
    same = [Row(1, {}, "e1"), Row(2, {}, "e2"), Row(3, {}, "e1")]
    assert [[row.number for row in batch] for batch in batched(same)] == [[1, 2], [3]]
    assert json.dumps([*batched([])]) == "[]"
