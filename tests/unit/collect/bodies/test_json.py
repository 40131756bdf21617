"""JSON that other parsers choke on."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.http.body import (
    _has_long_run,
)
from tests.fakes.collect_stage import LENIENT, OBSERVE, STRICT, Stage, purchase
from tests.unit.collect.bodies.one_body import nested


@pytest.mark.parametrize("body", [b"", b" ", b"\x00", b"{", b"{}{}", b"batch=1", b"'a'", b"<xml/>"])
def test_what_is_no_json_is_malformed(stage: Stage, body: bytes) -> None:
    answer = stage.post("/v1/batch", body)
    assert (answer.status, answer.body["code"]) == (400, "malformed")
    assert "position" in answer.body["message"] or "line 1 column" in answer.body["message"]


def test_the_message_quotes_nothing_of_the_body(stage: Stage) -> None:
    answer = stage.post("/v1/batch", '{"userId": ann@shop.example}')
    assert "ann" not in answer.body["message"]


NOT_JSON_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 400, "-" + "9" * 5000]


@pytest.mark.parametrize("number", NOT_JSON_NUMBERS)
@pytest.mark.parametrize("key", [STRICT, LENIENT, OBSERVE])
@pytest.mark.parametrize("event", ["Complete Purchase", "Dance"])
def test_no_number_is_stored_as_something_else(stage: Stage, number: str, key: str, event: str) -> None:
    """A NaN written as null would be an amount the sender never sent. Its neighbour in the batch is not to blame."""
    bad = json.dumps(purchase(messageId="bad", event=event)).replace("1500", number)
    good = json.dumps(purchase(messageId="good"))
    answer = stage.post("/v1/batch", f'{{"batch":[{bad},{good}]}}', key=key)
    assert (answer.status, answer.body["accepted"]) == (200, 1)
    assert [event.id for event in stage.events] == ["good"]
    (codes,) = answer.codes
    assert codes[0] in {"malformed", "wrong_type", "unknown_event"}


@pytest.mark.parametrize("key", [LENIENT, OBSERVE])
@pytest.mark.parametrize("value", ["NaN", "1e400"])
def test_of_many_properties_the_one_that_json_cannot_write_is_named(
    stage: Stage, key: str, value: str
) -> None:
    many = {f"p{n}": n for n in range(29)}
    item = json.dumps(purchase(event="Dance", properties={**many, "bad": "HERE"})).replace('"HERE"', value)
    answer = stage.post("/v1/batch", f'{{"batch":[{item}]}}', key=key)
    assert stage.events == []
    [item_kept] = stage.refused
    assert [reason.field for reason in item_kept.reasons] == ["properties.bad"]
    assert "properties.bad cannot be written as JSON" in item_kept.reasons[0].message
    assert answer.status == 400


@pytest.mark.parametrize("field", ["userId", "messageId", "event", "timestamp", "context", "traits", "type"])
def test_a_number_json_does_not_have_is_malformed_wherever_it_stands(stage: Stage, field: str) -> None:
    item = json.dumps(purchase(**{field: "HERE"})).replace('"HERE"', "NaN")
    answer = stage.post("/v1/batch", f'{{"batch":[{item}]}}')
    assert (answer.status, answer.body["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("9007199254740993", 9007199254740993),
        ("18446744073709551615", 18446744073709551615),
        ("18446744073709551616", "18446744073709551616"),
        ("-9223372036854775808", -9223372036854775808),
        ("-9223372036854775809", "-9223372036854775809"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e-400", 0.0),
        ("1.5E3", 1500.0),
    ],
)
@pytest.mark.parametrize("beside", ["1", "NaN"])
def test_numbers_are_read_alike_whatever_stands_beside(
    stage: Stage, number: str, read: float | str, beside: str
) -> None:
    """A body with something that is no JSON goes through another parser."""
    item = json.dumps(purchase(event="Dance", properties={"steps": "N"})).replace('"N"', number)
    stage.post("/v1/batch", f'{{"batch":[{item},{{"x":{beside}}}]}}', key=OBSERVE)
    assert [event.properties for event in stage.events] == [{"steps": read}]


@pytest.mark.parametrize("levels", [260, 900, 5_000, 60_000])
@pytest.mark.parametrize("place", ["context", "properties", "traits", "extra"])
def test_deep_nesting_is_refused_or_let_be_and_never_breaks(stage: Stage, levels: int, place: str) -> None:
    item = json.dumps(purchase(**{place: "HERE"})).replace('"HERE"', nested(levels))
    answer = stage.post("/v1/batch", f'{{"batch":[{item}]}}', key=OBSERVE)
    assert answer.status in (200, 400, 413)
    assert len(stage.events) + len(stage.refused) == 1
    assert all(place == "extra" for _ in stage.events)


def test_nesting_within_reason_is_accepted(stage: Stage) -> None:
    item = json.dumps(purchase(context="HERE")).replace('"HERE"', nested(90))
    stage.post("/v1/batch", f'{{"batch":[{item}]}}')
    depth = 0
    value: Any = stage.events[0].context
    while isinstance(value, dict):
        depth, value = depth + 1, value["a"]
    assert depth == 90


def test_nesting_of_traits_is_bounded_by_what_a_profile_can_keep(stage: Stage) -> None:
    item = json.dumps(purchase(type="identify", traits="HERE")).replace('"HERE"', nested(150))
    answer = stage.post("/v1/batch", f'{{"batch":[{item}]}}')
    assert (answer.status, answer.codes) == (400, [["malformed"]])


def test_of_repeated_keys_the_last_counts_in_either_parser(stage: Stage) -> None:
    item = '{"type":"track","event":"View Item","userId":"u1","userId":"u2","properties":{}}'
    for beside in ("1", "NaN"):
        stage.post("/v1/batch", f'{{"batch":[{item},{beside}]}}')
    assert [event.user_id for event in stage.events] == ["u2", "u2"]


def test_large_and_strange_texts_arrive_unchanged(stage: Stage) -> None:
    text = "\u0000\u2028\ufeff\uffff\U0010ffff" + "\N{GREEK SMALL LETTER ALPHA}" * 5000
    stage.batch(purchase(context={"locale": text}))
    assert stage.events[0].context["locale"] == text


@pytest.mark.parametrize("levels", range(245, 256))
def test_what_cannot_be_shown_to_somebody_who_asks_why_is_left_out(stage: Stage, levels: int) -> None:
    item = json.dumps(purchase(event="Dance", properties="HERE")).replace('"HERE"', nested(levels))
    answer = stage.post("/v1/track", item, {"headrace-debug": "1"}, key=LENIENT)
    assert answer.status in (200, 400)
    assert len(stage.events) + len(stage.refused) == 1
    assert answer.body["events"][0]["verdict"] == ("accepted" if stage.events else "rejected")


@given(
    st.lists(
        st.text("0123456789", max_size=24) | st.text(st.sampled_from('a-:,"[ 7'), max_size=9), max_size=12
    ),
    st.integers(19, 40),
    st.integers(0, 8),
)
def test_a_long_run_of_digits_is_found_wherever_it_begins(parts: list[str], length: int, shift: int) -> None:
    body = "".join(parts).encode()
    if re.search(rb"\d{19}", body):
        assert _has_long_run(body)
    if not re.search(rb"\d{13}", body):
        assert not _has_long_run(body)
    assert _has_long_run(b"x" * shift + body + b"7" * length + body)
