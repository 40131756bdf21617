"""Bodies as senders really encode them, and JSON that other parsers choke on.

They come through a REST API, which keeps every byte; what an HTTP API makes of them is in `test_gateways.py`.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import tracemalloc
import zlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.http.body import (
    LARGEST,
    MOST_MEMBERS,
    PIECE,
    TooLarge,
    Unreadable,
    _has_long_run,
    unpacked,
)
from functions.collect.http.request import Request
from tests.fakes.collect_stage import LENIENT, OBSERVE, STRICT, Stage, gateway_event, purchase


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.api = "rest"
    return stage


BODY = orjson.dumps({"batch": [purchase(properties={"amount": 5, "currency": "EUR"})]})


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json", "application/json;charset=UTF-8", "text/plain", "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded", "application/octet-stream", "nonsense", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("zipped", [False, True])
def test_the_content_says_what_a_body_is(stage: Stage, content_type: str, zipped: bool) -> None:
    body = gzip.compress(BODY) if zipped else BODY
    answer = stage.post("/v1/batch", body, {"content-type": content_type})
    assert answer.body == {"success": True, "accepted": 1, "rejected": []}


def test_gzip_is_announced_or_not(stage: Stage) -> None:
    for headers in ({"content-encoding": "gzip"}, {}):
        assert stage.post("/v1/batch", gzip.compress(BODY), headers).status == 200


def test_a_body_announced_as_gzip_that_is_none_is_read_as_it_is(stage: Stage) -> None:
    assert stage.post("/v1/batch", BODY, {"content-encoding": "gzip"}).status == 200


def test_gzip_in_several_members(stage: Stage) -> None:
    assert stage.post("/v1/batch", gzip.compress(BODY[:40]) + gzip.compress(BODY[40:])).status == 200


@pytest.mark.parametrize(
    "broken", [gzip.compress(BODY)[:-9], b"\x1f\x8bnonsense", b"\x1f\x8b", gzip.compress(BODY) + b"\x00"]
)
def test_broken_gzip_is_malformed_and_kept(stage: Stage, broken: bytes) -> None:
    answer = stage.post("/v1/batch", broken)
    assert (answer.status, answer.body["code"]) == (400, "malformed")
    assert "gzip" in answer.body["message"]
    assert len(stage.refused) == 1


@pytest.mark.parametrize("transported", ["abc", "é", "ab\ud800="])
def test_a_body_broken_on_the_way_is_unreadable(transported: str) -> None:
    event = gateway_event("POST", "/v1/batch", BODY, {}, as_base64=True)
    with pytest.raises(Unreadable, match="broken"):
        Request.from_gateway({**event, "body": transported}).body()


def test_a_bomb_is_not_unpacked(stage: Stage) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
    tracemalloc.start()
    try:
        answer = stage.post("/v1/batch", bomb)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.status, answer.body["code"]) == (413, "too_large")
    assert most < 50_000_000


def test_a_bomb_in_many_members_is_not_unpacked(stage: Stage) -> None:
    assert stage.post("/v1/batch", gzip.compress(bytes(1_000_000)) * 10).status == 413


class Unpacking:
    """zlib, with how many archives it began and how many bytes it was handed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.members = 0
        self.bytes = 0
        self._real = zlib.decompressobj
        monkeypatch.setattr("functions.collect.http.body.zlib.decompressobj", self._begun)

    def _begun(self, window_bits: int) -> Any:
        self.members += 1
        return Inflating(self, self._real(window_bits))


class Inflating:
    def __init__(self, count: Unpacking, inflate: Any) -> None:
        self._count = count
        self._inflate = inflate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inflate, name)

    def decompress(self, data: bytes, longest: int) -> bytes:
        self._count.bytes += len(data)
        found: bytes = self._inflate.decompress(data, longest)
        return found


@pytest.mark.parametrize(
    ("members", "status"), [(1, 200), (MOST_MEMBERS - 1, 200), (MOST_MEMBERS, 200), (MOST_MEMBERS + 1, 400)]
)
def test_gzip_has_only_so_many_members(stage: Stage, members: int, status: int) -> None:
    answer = stage.post("/v1/batch", gzip.compress(b"") * (members - 1) + gzip.compress(BODY))
    assert answer.status == status
    assert status == 200 or f"more than {MOST_MEMBERS} members" in answer.body["message"]


def test_many_members_cost_no_more_than_few(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member that is unpacked copies what follows it: 100,000 empty ones took seconds, before any key was seen."""
    archive = gzip.compress(b"") * 100_000
    unpacking = Unpacking(monkeypatch)
    assert stage.post("/v1/batch", archive, key=None).status == 400
    assert unpacking.members == MOST_MEMBERS + 1
    assert unpacking.bytes <= PIECE * (MOST_MEMBERS + 1)


EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"


@pytest.mark.parametrize(
    ("path", "begins"),
    [("/v1/batch", gzip.compress(b"")[:10]), ("/batch", b"\x78\x01")],
    ids=["gzip", "zlib"],
)
def test_an_archive_of_empty_blocks_is_not_read_to_its_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, path: str, begins: bytes
) -> None:
    unpacking = Unpacking(monkeypatch)
    assert stage.post(path, begins + EMPTY_BLOCK * 700_000, key=None).status == 400
    assert unpacking.bytes <= 3 * PIECE


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_cannot_be_made_shorter_is_unpacked_all_the_same(size: int) -> None:
    """Also where an archive or its member ends with one of the pieces it is unpacked by."""
    noise = random.Random(size).randbytes(size)
    for archive in (gzip.compress(noise), gzip.compress(noise, 0), gzip.compress(noise[:40]) * 2):
        assert unpacked(archive) == gzip.decompress(archive)
    stored = gzip.compress(noise, 0)
    exact = gzip.compress(noise[: PIECE - (len(stored) - size)], 0)
    assert unpacked(exact + gzip.compress(b"more")) == gzip.decompress(exact) + b"more"


@pytest.mark.parametrize(("size", "is_taken"), [(LARGEST - 1, True), (LARGEST, True), (LARGEST + 1, False)])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_body_has_its_largest_size_unpacked(size: int, is_taken: bool, zipped: bool) -> None:
    body = b" " * size
    archive = gzip.compress(body) if zipped else body
    if is_taken:
        assert unpacked(archive) == body
    else:
        with pytest.raises(TooLarge):
            unpacked(archive)


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


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


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
