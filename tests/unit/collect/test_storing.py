"""What is answered with 200 is stored, whatever fails; and how the records are made that `process` reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import records
from shared.events import Event
from shared.failures import Unavailable
from shared.records import LARGEST, Tally
from simulation.ports.faults import Died
from tests.fakes.collect_stage import BROWSER, LENIENT, Stage, purchase

PEOPLE = [purchase(messageId=f"m{number}", userId=f"u{number}") for number in range(5)]
"""Five people's events: five records."""


@pytest.mark.parametrize("failed", [[0], [2], [4], [0, 3], "all"])
def test_503_when_one_record_or_all_stay_unstored(
    stage: Stage, failed: Sequence[int] | Literal["all"]
) -> None:
    stage.stream.item_faults.planned.append(failed)
    answer = stage.batch(*PEOPLE, None)
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert "retry-after" in answer.headers
    assert "accepted" not in answer.body
    assert stage.kept == []


def test_after_a_503_the_retry_brings_the_rest(stage: Stage) -> None:
    """What was stored before comes again: `process` knows it by its message id."""
    stage.stream.item_faults.planned.append([2])
    stage.batch(*PEOPLE)
    assert stage.batch(*PEOPLE, headers={"x-retry-count": "1"}).body["accepted"] == 5
    assert Counter(event.id for event in stage.events) == {"m0": 2, "m1": 2, "m2": 1, "m3": 2, "m4": 2}


def test_503_when_the_rejected_cannot_be_kept(stage: Stage) -> None:
    stage.rejected.item_faults.planned.append("all")
    answer = stage.batch(purchase(), None)
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert "retry-after" in answer.headers
    assert stage.kept == []


def test_503_when_nothing_but_a_rejected_event_came_and_it_cannot_be_kept(stage: Stage) -> None:
    stage.rejected.item_faults.planned.append("all")
    assert stage.batch(None).status == 503


def test_503_when_a_store_is_unavailable(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: object) -> list[int]:
        raise Unavailable("told to fail")

    monkeypatch.setattr(stage.stream, "put", down)
    assert stage.batch(purchase()).status == 503


@pytest.mark.parametrize("died_after", [1, 2])
def test_whatever_call_it_dies_after_nothing_is_lost_by_sending_again(stage: Stage, died_after: int) -> None:
    stage.faults.die_after = died_after
    with pytest.raises(Died):
        stage.batch(purchase(), None)
    stage.restart()
    assert stage.batch(purchase(), None).status == 200
    assert {event.id for event in stage.events} == {"m1"}
    assert {item.body for item in stage.refused} == {b"null"}


def test_events_are_on_the_stream_before_the_rejected_are_kept(stage: Stage) -> None:
    stage.batch(purchase(), None)
    assert stage.faults.made == ["stream.put", "rejected.put"]


def test_the_rejected_of_a_request_are_one_write(stage: Stage) -> None:
    stage.batch(*[None] * 20, purchase())
    assert stage.faults.made == ["stream.put", "rejected.put"]
    assert len(stage.refused) == 20


@given(
    items=st.lists(st.sampled_from([*PEOPLE, None, purchase(event="Dance")]), min_size=1, max_size=12),
    stream=st.one_of(st.just("all"), st.lists(st.integers(0, 5), max_size=3)),
    rejected=st.one_of(st.just("all"), st.just(())),
)
@settings(deadline=None)
def test_no_200_says_more_than_is_stored(items: list[Any], stream: Any, rejected: Any) -> None:
    stage = Stage()
    stage.stream.item_faults.planned.append(stream)
    stage.rejected.item_faults.planned.append(rejected)
    answer = stage.batch(*items)
    if answer.status != 503:
        assert answer.body["accepted"] == len(stage.events)
        assert len(answer.body["rejected"]) == len(stage.refused)
        assert len(stage.events) + len(stage.refused) == len(items)


def test_one_record_for_a_persons_events_in_order(stage: Stage) -> None:
    stage.batch(*[purchase(messageId=f"m{number}", userId=f"u{number % 3}") for number in range(12)])
    assert [record.key for record in stage.records] == ["user:u0", "user:u1", "user:u2"]
    assert [[event.id for event in record.events] for record in stage.records] == [
        ["m0", "m3", "m6", "m9"],
        ["m1", "m4", "m7", "m10"],
        ["m2", "m5", "m8", "m11"],
    ]
    assert [entry.key for entry in stage.stream.entries] == [record.key for record in stage.records]


@pytest.mark.parametrize(
    ("ids", "key"),
    [
        ({"userId": "u1"}, "user:u1"),
        ({"userId": "u1", "anonymousId": "a1"}, "user:u1"),
        ({"userId": None, "anonymousId": "a1"}, "anonymous:a1"),
        ({"userId": "用" * 200}, "user:" + "用" * 200),
    ],
)
def test_the_strongest_identity_is_the_key(stage: Stage, ids: dict[str, Any], key: str) -> None:
    stage.batch(purchase(**ids))
    assert (stage.stream.entries[0].key, stage.records[0].key) == (key, key)


def test_what_the_events_of_a_request_have_in_common(stage: Stage) -> None:
    stage.batch(*PEOPLE, None, key=BROWSER)
    assert {record.tally for record in stage.records} == {Tally(received=6, accepted=5, rejected=1)}
    assert {record.workspace for record in stage.records} == {1}
    assert {record.received_at for record in stage.records} == {stage.now}
    assert {(record.source, record.trust, record.protocol, record.depth) for record in stage.records} == {
        ("browser", "browser", "twilio_segment", 0)
    }
    (request,) = {record.request for record in stage.records}
    assert request == stage.kept[0].request


def test_each_request_has_its_own_id(stage: Stage) -> None:
    for _ in range(3):
        stage.batch(purchase())
    assert len({record.request for record in stage.records}) == 3


def test_a_person_with_more_than_a_record_holds_continues_in_another(stage: Stage) -> None:
    ids = [f"m{number}" for number in range(19)]
    stage.batch(*[purchase(messageId=one, context={"page": {"title": "x" * 25_000}}) for one in ids])
    assert len(stage.stream.entries) == 2
    assert all(len(entry.data) <= LARGEST for entry in stage.stream.entries)
    assert {entry.key for entry in stage.stream.entries} == {"user:u1"}
    assert [event.id for event in stage.events] == ids
    assert {record.tally for record in stage.records} == {Tally(received=19, accepted=19, rejected=0)}


@given(sizes=st.lists(st.integers(0, 31_000), min_size=1, max_size=16))
@settings(deadline=None, max_examples=50)
def test_no_record_is_larger_than_one_may_be(sizes: list[int]) -> None:
    stage = Stage()
    items = [purchase(messageId=str(number), context={"x": "x" * size}) for number, size in enumerate(sizes)]
    assert stage.batch(*items).status == 200
    assert all(len(entry.data) <= LARGEST for entry in stage.stream.entries)
    assert [event.id for event in stage.events] == [item["messageId"] for item in items]


CALLS: list[dict[str, Any]] = [
    purchase(),
    purchase(sentAt="2026-11-21T11:00:00Z", anonymousId="a1", context={"sessionId": "s1", "locale": "en"}),
    {"type": "identify", "userId": "u1", "traits": {"email": "ann@shop.example"}},
    {"type": "page", "anonymousId": "a1", "name": "Home", "category": "Shop"},
    {"type": "screen", "anonymousId": "a1", "name": "Home"},
    {"type": "group", "userId": "u1", "groupId": "g1", "traits": {"name": "Acme"}},
    {"type": "alias", "userId": "u1", "previousId": "a1"},
]


@pytest.mark.parametrize("item", CALLS, ids=[call["type"] for call in CALLS])
def test_every_event_is_valid_as_the_rest_of_headrace_knows_events(
    stage: Stage, item: dict[str, Any]
) -> None:
    stage.post(f"/v1/{item['type']}", item)
    record = records.decode(stage.stream.entries[0].data)
    (event,) = record.events
    assert Event.model_validate_json(event.model_dump_json()) == event
    assert event.identities[0] == record.key


def test_the_bytes_are_what_encoding_the_same_record_gives(stage: Stage) -> None:
    stage.batch(*CALLS, key=LENIENT)
    for entry in stage.stream.entries:
        fields = orjson.loads(entry.data)
        events = fields.pop("events")
        assert orjson.loads(records.encode(fields, events)) == orjson.loads(entry.data)


def test_nothing_of_a_person_is_logged(stage: Stage, capsys: Any) -> None:
    item = purchase(userId="ann@shop.example", event="Secret Dance", traits={"phone": "+15550100"})
    stage.batch(item, purchase(properties={"amount": "hidden"}), key=LENIENT, headers={"user-agent": "Ann's"})
    logged = "".join(capsys.readouterr())
    for word in ("ann@", "Secret", "15550100", "hidden", "Ann's", LENIENT):
        assert word not in logged


def test_the_log_counts_what_became_of_the_events(stage: Stage, capsys: Any) -> None:
    stage.batch(*PEOPLE, None, purchase(event="Dance"))
    logged = orjson.loads(capsys.readouterr().out)
    counted = {name: value for name, value in logged.items() if name.startswith("collect_")}
    assert counted == {
        "collect_requests": [1.0],
        "collect_received": [7.0],
        "collect_accepted": [5.0],
        "collect_rejected": [2.0],
        "collect_observed": [0.0],
        "collect_rejected_malformed": [1.0],
        "collect_rejected_unknown_event": [1.0],
    }
    said = {name: logged[name] for name in ("status", "source", "workspace", "records", "call")}
    assert said == {"status": 200, "source": "strict", "workspace": 1, "records": 5, "call": "batch"}
