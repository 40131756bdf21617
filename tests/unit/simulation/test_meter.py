"""The meter bills each call of an account by AWS's rules, and by whoever made it."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.aws import clients
from simulation.aws.account import Account
from simulation.aws.calls import Call, Untouched
from simulation.aws.dynamodb.index import Index
from simulation.billing.meter import Billed, Meter


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 3, 2, 12, tzinfo=UTC)


class Refusing(Untouched):
    """The first item of each batch is not taken."""

    def take(self, call: Call, count: int) -> list[int]:  # noqa: ARG002
        return [0]


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account(Noon(), random.Random(1))
    made.dynamodb.create(
        "people", indexes={"due": Index("bucket", "at"), "whole": Index("kind", "at", all=True)}
    )
    made.dynamodb.create("acts", sort_key="sk")
    made.kinesis.create("stream")
    made.events.create("bus")
    made.sqs.create("queue")
    made.firehose.create("lake")
    made.listener = Meter(made, lambda: "process")
    with made.connected():
        yield made


def item(pk: str, size: int, **more: str) -> dict[str, Any]:
    """Of so many bytes, `more` apart."""
    made = {"pk": {"S": pk}, "data": {"B": bytes(size - len(pk) - 6)}}
    return {**made, **{name: {"S": value} for name, value in more.items()}}


def put(item: dict[str, Any]) -> None:
    clients.client("dynamodb").put_item(TableName="people", Item=item)


def billed(account: Account, do: Callable[[], object]) -> dict[tuple[str, str], float]:
    """What is billed of it, calls apart."""
    account.listener = meter = Meter(account, lambda: "process")
    do()
    assert {one.by for one in meter.billed} == {"process"}
    return {(one.unit, one.of): count for one, count in meter.billed.items() if one.unit != "calls"}


def test_each_way_to_write_pays_for_the_larger_of_before_and_after(account: Account) -> None:
    table = clients.client("dynamodb")
    units = ("write_units", "people")
    key: Any = {"pk": {"S": "a"}}

    assert billed(account, lambda: put(item("a", 1024))) == {units: 1}
    assert billed(account, lambda: put(item("a", 3000))) == {units: 3}
    assert billed(account, lambda: put(item("a", 10))) == {units: 3}
    grown: Any = {":data": {"B": bytes(2000)}}
    update = "SET #d = :data"
    assert billed(
        account,
        lambda: table.update_item(
            TableName="people",
            Key=key,
            UpdateExpression=update,
            ExpressionAttributeNames={"#d": "data"},
            ExpressionAttributeValues=grown,
        ),
    ) == {units: 2}
    assert billed(account, lambda: table.delete_item(TableName="people", Key=key)) == {units: 2}
    assert billed(account, lambda: table.delete_item(TableName="people", Key=key)) == {units: 1}


def test_a_transaction_pays_twice_and_so_does_one_that_is_cancelled(account: Account) -> None:
    wanted: Any = {
        "TableName": "people",
        "Item": item("a", 1500),
        "ConditionExpression": "attribute_not_exists(pk)",
    }

    def write() -> None:
        clients.client("dynamodb").transact_write_items(TransactItems=[{"Put": wanted}])

    assert billed(account, write) == {("write_units", "people"): 4}

    def refused() -> None:
        with pytest.raises(ClientError):
            write()

    assert billed(account, refused) == {("write_units", "people"): 4}


def test_a_condition_that_does_not_hold_is_billed_and_a_call_that_is_wrong_is_not(account: Account) -> None:
    put(item("a", 2000))

    def refused(**more: Any) -> Callable[[], None]:
        def write() -> None:
            with pytest.raises(ClientError):
                clients.client("dynamodb").put_item(TableName="people", **more)

        return write

    again: Any = {"Item": item("a", 100), "ConditionExpression": "attribute_not_exists(pk)"}
    assert billed(account, refused(**again)) == {("write_units", "people"): 2}
    assert billed(account, refused(Item={"pk": {"N": "1"}})) == {}


def test_an_index_is_billed_for_what_moves_in_it_and_for_what_it_copies(account: Account) -> None:
    due, whole = ("write_units", "people/due"), ("write_units", "people/whole")
    units = ("write_units", "people")

    assert billed(account, lambda: put(item("a", 500, bucket="1", at="1"))) == {units: 1, due: 1}
    assert billed(account, lambda: put(item("a", 600, bucket="1", at="1"))) == {units: 1}
    assert billed(account, lambda: put(item("a", 600, bucket="1", at="2"))) == {units: 1, due: 2}
    assert billed(account, lambda: put(item("a", 600))) == {units: 1, due: 1}

    assert billed(account, lambda: put(item("b", 1500, kind="k", at="1"))) == {units: 2, whole: 2}
    assert billed(account, lambda: put(item("b", 3000, kind="k", at="1"))) == {units: 3, whole: 3}
    assert billed(account, lambda: put(item("b", 100, kind="k", at="2"))) == {units: 3, whole: 4}


def test_each_way_to_read_pays_for_whole_items_and_half_where_the_latest_is_not_asked_for(
    account: Account,
) -> None:
    table = clients.client("dynamodb")
    put(item("a", 5000, bucket="1", at="1"))
    for number in range(3):
        table.put_item(TableName="acts", Item={**item("a", 3000), "sk": {"S": str(number)}})
    key: Any = {"pk": {"S": "a"}}
    get: Any = {"TableName": "people", "Key": key, "ProjectionExpression": "pk"}
    many: Any = [key, {"pk": {"S": "nobody"}}]
    of_a: Any = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": key["pk"]}}
    of_bucket: Any = {
        "IndexName": "due",
        "KeyConditionExpression": "#b = :b",
        "ExpressionAttributeNames": {"#b": "bucket"},
        "ExpressionAttributeValues": {":b": {"S": "1"}},
    }

    for do, of, count in (
        (lambda: table.get_item(**get, ConsistentRead=True), "people", 2.0),
        (lambda: table.get_item(**get), "people", 1.0),
        (
            lambda: table.batch_get_item(RequestItems={"people": {"Keys": many, "ConsistentRead": True}}),
            "people",
            2 + 1,
        ),
        (lambda: table.query(TableName="acts", **of_a, ConsistentRead=True), "acts", 3.0),
        (lambda: table.query(TableName="acts", **of_a, Select="COUNT"), "acts", 1.5),
        (lambda: table.query(TableName="acts", **of_a, Limit=1), "acts", 0.5),
        (lambda: table.query(TableName="people", **of_bucket), "people", 0.5),
        (lambda: table.scan(TableName="people", IndexName="due"), "people", 0.5),
    ):
        assert billed(account, do) == {("read_units", of): count}, (of, count)


def test_what_a_batch_leaves_is_not_billed(account: Account) -> None:
    account.interceptors.append(Refusing())
    writes: Any = [{"PutRequest": {"Item": item(name, 1024)}} for name in "ab"]
    assert billed(
        account, lambda: clients.client("dynamodb").batch_write_item(RequestItems={"people": writes})
    ) == {("write_units", "people"): 1}
    records: list[Any] = [{"Data": bytes(26 * 1024), "PartitionKey": "k"}] * 3
    assert billed(
        account, lambda: clients.client("kinesis").put_records(StreamName="stream", Records=records)
    ) == {
        ("records", "stream"): 2,
        ("record_bytes", "stream"): 2 * 26 * 1024,
        ("record_kb", "stream"): 2 * 26,
        ("put_units", "stream"): 4,
    }
    entries: list[Any] = [{"Source": "s", "DetailType": "t", "Detail": "{}", "EventBusName": "bus"}] * 3
    assert billed(account, lambda: clients.client("events").put_events(Entries=entries)) == {
        ("bus_units", "bus"): 2,
        ("detail_bytes", "bus"): 4,
    }
    rows: list[Any] = [{"Data": b"x" * 6000}] * 3
    put_rows: Any = {"DeliveryStreamName": "lake", "Records": rows}
    assert billed(account, lambda: clients.client("firehose").put_record_batch(**put_rows)) == {
        ("delivery_bytes", "lake"): 2 * 10 * 1024
    }


def test_sqs_bills_each_64_kilobytes_of_a_call(account: Account) -> None:
    url = account.sqs["queue"].url
    bodies = ["x" * 60_000, "y" * 60_000]
    entries: list[Any] = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)]
    units = ("queue_requests", "queue")
    assert billed(
        account, lambda: clients.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    ) == {units: 2}
    assert billed(
        account, lambda: clients.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    ) == {units: 2}
    assert billed(account, lambda: clients.client("sqs").receive_message(QueueUrl=url)) == {units: 1}


def test_what_was_written_can_be_undone(account: Account) -> None:
    meter = Meter(account)
    account.listener = meter
    put(item("a", 100))
    meter.undo = []
    put(item("a", 200))
    put(item("b", 200))
    for table, key, before in reversed(meter.undo):
        table.write(key, before)
    [left] = account.dynamodb.items("people")
    assert len(base64.b64decode(left["data"]["B"])) == 100 - 7
    assert meter.billed[Billed("", "calls", "PutItem")] == 3
