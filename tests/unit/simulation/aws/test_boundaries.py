"""What AWS takes and what it refuses, at each limit, on moto and on the simulation. Where moto takes what AWS is
documented to refuse, only the simulation is asked, and the page is named."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, Literal

import boto3
import pytest
from botocore.exceptions import ClientError

from shared.aws.clients import client
from tests.fakes.pretended_aws import Cloud, pretended_aws

KB, MB = 1024, 1024 * 1024

Case = tuple[str, Callable[[], Any], str | None]


@pytest.fixture(params=["moto", "simulated"])
def cloud(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    of: Cloud = request.param
    with pretended_aws(monkeypatch, of):
        dynamodb = boto3.client("dynamodb")
        keys: list[Any] = [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ]
        types: list[Any] = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
        for name, count in (("plain", 1), ("sorted", 2)):
            dynamodb.create_table(
                TableName=name,
                KeySchema=keys[:count],
                AttributeDefinitions=types[:count],
                BillingMode="PAY_PER_REQUEST",
            )
        boto3.client("kinesis").create_stream(StreamName="events", ShardCount=1)
        boto3.client("sqs").create_queue(QueueName="queue")
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("events").create_event_bus(Name="bus")
        yield of


def code(call: Callable[[], Any]) -> str | None:
    """The error that a call is answered with, or None."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def put(size: int, **item: Any) -> Any:
    """An item of so many bytes: two of its key's name, and one of that of the attribute."""
    whole = {"pk": {"S": "a"}, "b": {"B": random.Random(1).randbytes(size - 4)}, **item}
    return client("dynamodb").put_item(TableName="plain", Item=whole)


def items(count: int) -> list[Any]:
    return [{"pk": {"S": f"k{number}"}} for number in range(count)]


def write(count: int) -> Any:
    requests: list[Any] = [{"PutRequest": {"Item": item}} for item in items(count)]
    return client("dynamodb").batch_write_item(RequestItems={"plain": requests})


def read(count: int) -> Any:
    return client("dynamodb").batch_get_item(RequestItems={"plain": {"Keys": items(count)}})


def transact(count: int) -> Any:
    puts: list[Any] = [{"Put": {"TableName": "plain", "Item": item}} for item in items(count)]
    return client("dynamodb").transact_write_items(TransactItems=puts)


def keyed(partition: str, sort: str) -> Any:
    item = {"pk": {"S": partition}, "sk": {"S": sort}}
    return client("dynamodb").put_item(TableName="sorted", Item=item)


def stream(count: int, size: int = 1, key: str = "k") -> Any:
    records: list[Any] = [{"Data": b"x" * (size - len(key.encode())), "PartitionKey": key}] * count
    return client("kinesis").put_records(StreamName="events", Records=records)


def send(size: int) -> Any:
    url = client("sqs").get_queue_url(QueueName="queue")["QueueUrl"]
    return client("sqs").send_message(QueueUrl=url, MessageBody="x" * size)


def send_batch(count: int, size: int = 1) -> Any:
    url = client("sqs").get_queue_url(QueueName="queue")["QueueUrl"]
    entries: list[Any] = [{"Id": str(number), "MessageBody": "x" * size} for number in range(count)]
    answer = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    assert not answer.get("Failed")
    return answer


def publish(count: int, size: int) -> Any:
    detail = '{"a":"' + "x" * (size - 10) + '"}'
    entry: Any = {"EventBusName": "bus", "Source": "s", "DetailType": "d", "Detail": detail}
    return client("events").put_events(Entries=[entry] * count)


def query(expression: str, **values: str) -> Any:
    return client("dynamodb").query(
        TableName="sorted",
        KeyConditionExpression=expression,
        ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
    )


def update(expression: str, **values: Any) -> Any:
    given: Any = {f":{name}": value for name, value in values.items()}
    asked: dict[str, Any] = {"ExpressionAttributeValues": given} if values else {}
    dynamodb: Any = client("dynamodb")
    return dynamodb.update_item(
        TableName="plain", Key={"pk": {"S": "a"}}, UpdateExpression=expression, **asked
    )


REFUSED = "ValidationException"

ON_BOTH: list[Case] = [
    ("an item of a byte more", lambda: put(400 * KB + 1), REFUSED),
    ("25 items written", lambda: write(25), None),
    ("100 items read", lambda: read(100), None),
    ("101 items read", lambda: read(101), REFUSED),
    ("a transaction of 100", lambda: transact(100), None),
    ("a transaction of 101", lambda: transact(101), REFUSED),
    ("a partition key of 2048 bytes", lambda: keyed("x" * 2048, "s"), None),
    ("a partition key of 2049 bytes", lambda: keyed("x" * 2049, "s"), REFUSED),
    ("a partition key of 2049 bytes in fewer characters", lambda: keyed("é" * 1024 + "x", "s"), REFUSED),
    ("a sort key of 1024 bytes", lambda: keyed("p", "x" * 1024), None),
    ("a sort key of 1025 bytes", lambda: keyed("p", "x" * 1025), REFUSED),
    ("an empty partition key", lambda: keyed("", "s"), REFUSED),
    ("an empty sort key", lambda: keyed("p", ""), REFUSED),
    ("a range of one key", lambda: query("pk = :p AND sk BETWEEN :a AND :a", p="p", a="a"), None),
    ("a value that is not given", lambda: query("pk = :p AND sk = :a", p="p"), REFUSED),
    ("a reserved word", lambda: update("SET status = :a", a={"S": "x"}), REFUSED),
    ("an attribute within a map that is not there", lambda: update("SET a.b = :a", a={"S": "x"}), REFUSED),
    ("a key that changes", lambda: update("SET pk = :a", a={"S": "x"}), REFUSED),
    ("two paths that overlap", lambda: update("SET a = :a, a = :b", a={"S": "x"}, b={"S": "y"}), REFUSED),
    ("an attribute that is not there", lambda: update("SET a = b"), REFUSED),
    ("500 records", lambda: stream(500), None),
    ("501 records", lambda: stream(501), REFUSED),
    ("a partition key of 256 characters", lambda: stream(1, 300, "k" * 256), None),
    ("records of 5 MiB", lambda: stream(5, MB), None),
    ("records of 5 MiB and some bytes", lambda: stream(6, MB * 5 // 6 + 1), "InvalidArgumentException"),
    ("10 messages", lambda: send_batch(10), None),
    ("11 messages", lambda: send_batch(11), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
    ("no messages", lambda: send_batch(0), "AWS.SimpleQueueService.EmptyBatchRequest"),
    ("10 bus entries", lambda: publish(10, 100), None),
    ("11 bus entries", lambda: publish(11, 100), REFUSED),
    ("a key of 1024 bytes in S3", lambda: client("s3").put_object(Bucket="bucket", Key="k" * 1024, Body=b""), None),
    ("an object over another", lambda: client("s3").put_object(Bucket="bucket", Key="k", Body=b""), None),
    ("an object of nobody", lambda: client("s3").get_object(Bucket="bucket", Key="none"), "NoSuchKey"),
    ("a bucket of nobody", lambda: client("s3").get_object(Bucket="of-nobody", Key="none"), "NoSuchBucket"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "refused"), [pytest.param(*case[1:], id=case[0]) for case in ON_BOTH])
def test_a_limit_is_that_of_aws(cloud: Cloud, call: Callable[[], Any], refused: str | None) -> None:
    assert code(call) == refused


def same_item_twice(operation: Literal["write", "read", "transact"]) -> Any:
    item: dict[str, Any] = {"pk": {"S": "a"}}
    match operation:
        case "write":
            requests: list[Any] = [{"PutRequest": {"Item": item}}] * 2
            return client("dynamodb").batch_write_item(RequestItems={"plain": requests})
        case "read":
            return client("dynamodb").batch_get_item(RequestItems={"plain": {"Keys": [item, item]}})
    puts: list[Any] = [{"Put": {"TableName": "plain", "Item": item}}] * 2
    return client("dynamodb").transact_write_items(TransactItems=puts)


@pytest.mark.parametrize("operation", ["write", "read", "transact"])
def test_no_batch_names_an_item_twice(cloud: Cloud, operation: Any) -> None:
    assert code(lambda: same_item_twice(operation)) == REFUSED


def test_an_object_is_written_once_if_its_writer_asks_for_that(cloud: Cloud) -> None:
    def once() -> Any:
        return client("s3").put_object(Bucket="bucket", Key="k", Body=b"", IfNoneMatch="*")

    assert [code(once), code(once)] == [None, "PreconditionFailed"]


HARSHER: list[Case] = [
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: moto takes 405,000 bytes
    ("an item of 400 KB", lambda: put(400 * KB), None),
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    ("26 items written", lambda: write(26), REFUSED),
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
    ("a range that ends before it begins", lambda: query("pk = :p AND sk BETWEEN :b AND :a", p="p", a="a", b="b"),
     REFUSED),
    ("a value that is not used", lambda: query("pk = :p", p="p", a="a"), REFUSED),
    # https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
    ("a partition key of 257 characters", lambda: stream(1, 300, "k" * 257), REFUSED),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: 256 KB, where 1 MB is not yet
    ("bus entries of 256 KiB", lambda: publish(1, 256 * KB), None),
    ("a bus entry of 256 KiB and a byte", lambda: publish(1, 256 * KB + 1), REFUSED),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
    ("a key of 1025 bytes in S3", lambda: client("s3").put_object(Bucket="bucket", Key="k" * 1025, Body=b""),
     "KeyTooLongError"),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    ("a message of 1 MiB", lambda: send(MB), None),
    ("a message of 1 MiB and a byte", lambda: send(MB + 1), "InvalidParameterValue"),
    ("messages of 1 MiB", lambda: send_batch(2, MB // 2), None),
    ("messages of 1 MiB and two bytes", lambda: send_batch(2, MB // 2 + 1),
     "AWS.SimpleQueueService.BatchRequestTooLong"),
    # https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
    ("a record of 1 MiB", lambda: stream(1, MB), None),
    ("a record of 1 MiB and a byte", lambda: stream(1, MB + 1), REFUSED),
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
    ("a number of 38 digits", lambda: put(10, n={"N": "9" * 38}), None),
    ("a number of 39 digits", lambda: put(10, n={"N": "9" * 39}), REFUSED),
    ("a set of nothing", lambda: put(10, n={"SS": []}), REFUSED),
    ("an expression of 4 KB", lambda: update("SET " + "a" * (4 * KB - 9) + " = :a", a={"S": "x"}), None),
    ("an expression of a byte more", lambda: update("SET " + "a" * (4 * KB - 8) + " = :a", a={"S": "x"}), REFUSED),
]  # fmt: skip


@pytest.mark.parametrize(("call", "refused"), [pytest.param(*case[1:], id=case[0]) for case in HARSHER])
@pytest.mark.parametrize("cloud", ["simulated"], indirect=True)
def test_a_limit_that_moto_has_not_is_that_of_aws(
    cloud: Cloud, call: Callable[[], Any], refused: str | None
) -> None:
    assert code(call) == refused
