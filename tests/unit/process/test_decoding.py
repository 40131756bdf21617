"""Records are read without validating them again, and whatever is damaged is read, or refused, as validation would."""

from __future__ import annotations

import base64
import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.process import decoding
from shared import records
from shared.events import Event
from shared.records import Record, Tally
from tests.fakes.process_stage import Stage, event

PAYLOADS = sorted((Path(__file__).parents[2] / "payloads").glob("*/*.json"))

WRITTEN: dict[str, Any] = {
    "key": "user:u1",
    "source": "shop",
    "protocol": "headrace",
    "trust": "browser",
    "workspace": 3,
    "request": "0193504f",
    "received_at": "2026-11-21T12:00:00Z",
    "sent_at": "2026-11-21T11:59:59.5Z",
    "depth": 1,
    "tally": {"received": 2, "accepted": 2, "rejected": 0},
    "events": [
        {
            "id": "e1",
            "type": "identify",
            "name": "identify",
            "user_id": "u1",
            "anonymous_id": "a1",
            "other_ids": {"email": "ana@shop.example", "infobip": "7"},
            "traits": {"plan": "gold", "consents": {"sms": True}},
            "trait_changes": {"increment": {"visits": 1}},
            "context": {"device": {"id": "d1"}},
            "session_id": "s1",
            "occurred_at": "2026-11-21T13:59:58+02:00",
            "original_timestamp": "2026-11-21T11:59:58.123456Z",
            "verified": ["user"],
        },
        {
            "id": "e2",
            "type": "alias",
            "name": "alias",
            "user_id": "u1",
            "previous_id": "a0",
            "properties": {"price": 1.5, "tags": ["a", None]},
            "occurred_at": "2026-11-21T11:59:59Z",
        },
    ],
}
"""Every field there is."""

ODD_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "user", "2026-11-21", "2026-11-21T12:00:00", "0001-01-01T00:00:00+14:00",
     "2026-11-21T12:00:00+02:00", [], ["user"], [None], {}, {"user": "u2"}, {"email": 1}, {"x": {}}, {"rejected": "1"}]
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to everything in the JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, item in items for place in places(item, (*path, name)))]


PLACES = [place for place in places(WRITTEN) if place]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """The record with some values replaced, fields taken out or fields added."""
    record = copy.deepcopy(WRITTEN)
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(PLACES))
        within: Any = record
        try:
            for step in path:
                within = within[step]
            match draw(st.sampled_from(["replaced", "taken out", "added"])):
                case "replaced":
                    within[last] = draw(ODD_VALUES)
                case "taken out":
                    del within[last]
                case "added":
                    within["of_the_future"] = draw(ODD_VALUES)
        except (LookupError, TypeError):
            continue  # damaged there before
    return record


def outcome(decode: Any, data: bytes) -> Record | None:
    """None, when it is no record of ours."""
    try:
        read: Record = decode(data)
    except ValueError:
        return None
    return read


@given(damaged())
def test_a_damaged_record_is_read_or_refused_as_validation_would(record: Any) -> None:
    data = orjson.dumps(record)

    assert outcome(decoding.decode, data) == outcome(records.decode, data)


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b"{}", b'"text"', b'{"events": []}', b'{"events": [1]}']
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decoding.decode(data)


def test_a_record_with_every_field_is_read_without_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    data = orjson.dumps(WRITTEN)
    validated = records.decode(data)
    monkeypatch.delattr(records, "decode")

    read = decoding.decode(data)

    assert read == validated
    assert read.model_dump_json(exclude_defaults=True) == validated.model_dump_json(exclude_defaults=True)
    assert [one.said() for one in read.events] == [one.said() for one in validated.events]
    assert [list(one.said()) for one in read.events] == [list(one.said()) for one in validated.events]
    assert [one.model_fields_set for one in read.events] == [one.model_fields_set for one in validated.events]


@pytest.mark.parametrize("file", PAYLOADS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_collect_writes_is_read_without_validation(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = [
        orjson.dumps({**record, "request": "r1"})
        for record in orjson.loads(file.read_bytes()).get("records", [])
    ]
    validated = [records.decode(data) for data in written]
    monkeypatch.delattr(records, "decode")

    assert [decoding.decode(data) for data in written] == validated


def test_every_field_of_the_models_is_known() -> None:
    of_events = {*decoding.OF_EVENTS, *records.SHARED_WITH_EVENTS}
    assert list(decoding._unsaid()) == list(Event.model_fields)
    assert of_events == set(Event.model_fields)
    assert set(decoding.OF_RECORDS) == {*Record.model_fields, "sent_at"}
    assert set(decoding.OF_TALLIES) == set(Tally.model_fields)
    assert decoding._unsaid().items() >= {
        (name, field.default)
        for name, field in Event.model_fields.items()
        if not field.is_required() and isinstance(field.default, (str, tuple, type(None)))
    }


def test_no_two_events_share_a_value() -> None:
    first, second = decoding.decode(orjson.dumps({**WRITTEN, "events": [WRITTEN["events"][1]] * 2})).events
    for field in ("other_ids", "properties", "traits", "trait_changes", "context"):
        assert getattr(first, field) is not getattr(second, field)


def test_damaged_records_are_put_aside_and_the_others_of_the_batch_are_done() -> None:
    stage = Stage()
    sound = stage.record(event("Play Song"), event("Play Song"))
    fields = orjson.loads(base64.b64decode(sound["kinesis"]["data"]))
    tampered: list[Any] = [
        {**fields, "trust": "admin"},
        {**fields, "received_at": "soon"},
        {**fields, "tally": {"received": "many"}},
        {**fields, "events": [{**fields["events"][0], "type": "wish"}]},
        {**fields, "events": [{**fields["events"][0], "occurred_at": "2026-11-21T12:00:00"}]},
        {**fields, "events": [{**fields["events"][0], "other_ids": {"user": "u2"}}]},
        {**fields, "events": [fields["events"][0], None]},
    ]
    damaged_records = []
    for content in tampered:
        one = stage.record(event("Play Song"))
        one["kinesis"]["data"] = base64.b64encode(orjson.dumps(content)).decode()
        damaged_records.append(one)

    counts = stage.deliver(*damaged_records[:4], sound, *damaged_records[4:])

    assert (counts["dead_letters"], counts["events"]) == (len(tampered), 2)
    assert len(stage.dead_letters.letters) == len(tampered)
