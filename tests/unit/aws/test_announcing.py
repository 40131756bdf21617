"""Timeline, bus and dead letters on moto: everything written, or the positions of what was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import orjson
import pytest
from botocore.exceptions import EndpointConnectionError

from shared.aws.clients import client
from shared.aws.dynamodb_requests import batch_write_item
from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.queues.request_dead_letters import SqsRequestDeadLetters
from shared.aws.streams.bus import EventBridgeBus
from shared.aws.tables.timeline import DynamoTimeline
from shared.bus_entries import ArchiveRow, EventBatch
from shared.people.timeline import chunk
from shared.people.timeline_rows import row
from shared.ports.streams import DeadLetters
from tests.fakes.folding import NOON, did
from tests.fakes.pretended_aws import Cloud, pretended_aws

Answering = Callable[[str, dict[str, Any], Callable[[], Any]], Any]


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    monkeypatch.setattr("shared.aws.item_retries.FIRST_PAUSE", 0)
    with pretended_aws(monkeypatch, cloud):
        yield


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answering], None]:
    """Answer calls in EventBridge's stead, or change what it answers."""

    def use(answer: Answering) -> None:
        events: Any = client("events")
        call = events._make_api_call
        monkeypatch.setattr(
            events,
            "_make_api_call",
            lambda operation, arguments: answer(operation, arguments, lambda: call(operation, arguments)),
        )

    return use


@pytest.fixture
def timeline() -> DynamoTimeline:
    boto3.client("dynamodb").create_table(
        TableName="timeline",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoTimeline("timeline")


def test_the_timeline_gives_the_latest_events_of_all_a_persons_keys_oldest_first(
    timeline: DynamoTimeline,
) -> None:
    events = [did(f"Event {n}", at=NOON + timedelta(minutes=n)) for n in range(60)]
    chunks = [
        chunk("user:u1" if n % 2 else "anonymous:a1", [row(event)], 90) for n, event in enumerate(events)
    ]
    assert timeline.put(chunks) == []
    assert timeline.put(chunks) == []  # the same record again writes the same chunk

    read = timeline.read(["user:u1", "anonymous:a1"], 10, at=NOON)

    assert [event.name for event in read] == [f"Event {n}" for n in range(50, 60)]
    assert len(timeline.read(["user:u1", "anonymous:a1"], 1000, at=NOON)) == 60
    assert timeline.read(["user:nobody"], 10, at=NOON) == []


def test_one_event_is_found_under_any_of_a_persons_keys_where_it_arrived_in_that_time(
    timeline: DynamoTimeline,
) -> None:
    event = did("Search", at=NOON, id="e1")
    others = [did("Search", at=NOON, id="e2"), did("View Item", at=NOON, id="e1")]
    timeline.put([chunk("anonymous:a1", list(map(row, [*others, event])), 90)])
    keys = ["user:u1", "anonymous:a1"]
    moment = timedelta(milliseconds=1)

    def found(since: timedelta, until: timedelta, name: str = "Search", keys: list[str] = keys) -> bool:
        one = timeline.find(keys, "e1", name, since=NOON + since, until=NOON + until)
        assert one is None or (one.id, one.name) == ("e1", name)
        return one is not None

    assert found(timedelta(0), timedelta(0))
    assert found(-moment, moment)
    assert not found(moment, timedelta(days=1))
    assert not found(-timedelta(days=1), -moment)
    assert found(-moment, moment, name="View Item")
    assert not found(-moment, moment, name="Login")
    assert not found(-moment, moment, keys=["user:u1"])


def test_an_event_is_found_in_a_chunk_that_began_weeks_before_or_ended_weeks_after_it(
    timeline: DynamoTimeline,
) -> None:
    moments = [NOON + timedelta(days=days) for days in (0, 20, 40)]
    weeks = [row(did("Search", id=f"e{number}", at=at)) for number, at in enumerate(moments)]
    later = [row(did("Search", id="e3", at=NOON + timedelta(days=41)))]
    timeline.put([chunk("user:u1", weeks, 90), chunk("user:u1", later, 90)])
    for number, at in enumerate(moments):
        day = timedelta(days=1)
        found = timeline.find(["user:u1"], f"e{number}", "Search", since=at - day, until=at + day)
        assert found is not None
        assert found.received_at == at
        assert timeline.find(["user:u1"], f"e{number}", "Search", since=at + day, until=at + 2 * day) is None


def test_an_event_is_found_in_a_chunk_behind_one_whose_events_all_came_later(
    timeline: DynamoTimeline,
) -> None:
    """A large event goes alone into a chunk, while older ones stay in the item for another day."""
    rode = [row(did("Search", id=f"e{days}", at=NOON + timedelta(days=days))) for days in (0, 10)]
    alone = [row(did("Search", id="e9", at=NOON + timedelta(days=9)))]
    timeline.put([chunk("user:u1", alone, 90), chunk("user:u1", rode, 90)])
    day = timedelta(days=1)
    found = timeline.find(["user:u1"], "e0", "Search", since=NOON - day, until=NOON + day)
    assert found is not None


def test_chunks_that_dynamodb_leaves_unprocessed_are_written_again(
    timeline: DynamoTimeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []

    def leave_half_once(asked: dict[str, Any]) -> Any:
        if left:
            return batch_write_item(asked)
        writes = asked["timeline"]
        left.append(len(writes) // 2)
        written = batch_write_item({"timeline": writes[left[0] :]})
        return {**written, "UnprocessedItems": {"timeline": writes[: left[0]]}}

    monkeypatch.setattr("shared.aws.tables.timeline.batch_write_item", leave_half_once)
    chunks = [chunk("user:u1", [row(did(f"Event {n}"))], 90) for n in range(10)]
    assert timeline.put(chunks) == []
    assert left == [5]
    assert len(timeline.read(["user:u1"], 100, at=NOON)) == 10


def test_chunks_never_written_are_named(timeline: DynamoTimeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave_first(asked: dict[str, Any]) -> Any:
        first = [
            write for write in asked["timeline"] if write["PutRequest"]["Item"]["sk"]["S"] == chunks[0].id
        ]
        others = [write for write in asked["timeline"] if write not in first]
        answer = batch_write_item({"timeline": others}) if others else {}
        return {**answer, "UnprocessedItems": {"timeline": first} if first else {}}

    chunks = [chunk("user:u1", [row(did())], 90) for n in range(3)]
    monkeypatch.setattr("shared.aws.tables.timeline.batch_write_item", leave_first)
    assert timeline.put(chunks) == [0]


def batches(count: int) -> list[EventBatch]:
    row = ArchiveRow(event=did(), person="user:u1", key="user:u1", sequence="1", ordinal=0)
    return [EventBatch.packing([row.model_dump_json().encode()]) for _ in range(count)]


def test_more_entries_than_one_call_takes_are_published(answering: Callable[[Answering], None]) -> None:
    boto3.client("events").create_event_bus(Name="headrace")
    calls: list[int] = []

    def count(operation: str, arguments: dict[str, Any], call: Callable[[], Any]) -> Any:
        calls.append(len(arguments["Entries"]))
        assert all(entry["Source"] == "headrace" for entry in arguments["Entries"])
        return call()

    answering(count)
    assert EventBridgeBus("headrace").publish(batches(23)) == []
    assert calls == [10, 10, 3]


def test_only_entries_the_bus_refused_are_published_again(answering: Callable[[Answering], None]) -> None:
    seen: list[list[str]] = []

    def refuse_the_second(operation: str, arguments: dict[str, Any], call: Callable[[], Any]) -> Any:
        details = [entry["Detail"] for entry in arguments["Entries"]]
        seen.append(details)
        refused = details[1] if len(seen) == 1 else None
        return {
            "FailedEntryCount": int(refused is not None),
            "Entries": [
                {"ErrorCode": "ThrottlingException"} if detail is refused else {"EventId": "1"}
                for detail in details
            ],
        }

    answering(refuse_the_second)
    assert EventBridgeBus("headrace").publish(batches(3)) == []
    assert [len(details) for details in seen] == [3, 1]


def test_entries_never_taken_are_named(answering: Callable[[Answering], None]) -> None:
    [first], [second] = batches(1), batches(1)
    never = first.model_dump_json(exclude_defaults=True)

    def refuse_the_first(operation: str, arguments: dict[str, Any], call: Callable[[], Any]) -> Any:
        refused = [entry["Detail"] == never for entry in arguments["Entries"]]
        return {"Entries": [{"ErrorCode": "x"} if one else {"EventId": "1"} for one in refused]}

    answering(refuse_the_first)
    assert EventBridgeBus("headrace").publish([first, second]) == [0]


def test_a_bus_that_fails_whole_took_nothing(answering: Callable[[Answering], None]) -> None:
    def unreachable(operation: str, arguments: dict[str, Any], call: Callable[[], Any]) -> Any:
        raise EndpointConnectionError(endpoint_url="https://events")

    answering(unreachable)
    assert EventBridgeBus("headrace").publish(batches(12)) == list(range(12))


@pytest.mark.parametrize("adapter", [lambda url: SqsDeadLetters(url, "bucket"), SqsRequestDeadLetters])
def test_dead_letters_are_kept_ten_a_call(adapter: Callable[[str], DeadLetters]) -> None:
    url = boto3.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    letters = [orjson.dumps({"n": n}) for n in range(12)]
    assert adapter(url).put(letters) == []
    attributes = client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    assert attributes["Attributes"]["ApproximateNumberOfMessages"] == "12"
