"""An operator's work by the pages of docs/operating, on the deployed stack: the programs are those of the pages."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import orjson
import pytest

from shared.aws.clients import client
from shared.aws.queues.dead_letters import SqsDeadLetters
from tests.documented_programs import ACCESS, RESTORING, run_program
from tests.local.shop import Shop, counted, eventually, identify, settled, track

pytestmark = pytest.mark.local


@contextmanager
def stopped(function: str) -> Iterator[str]:
    """Its event source mapping disabled, as the page has it; the ARN of what it reads."""
    (mapping,) = client("lambda").list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield mapping["EventSourceArn"]
    finally:
        client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def url_of(arn: str) -> str:
    url: str = client("sqs").get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    return url


def dead_letters_of(queue: str) -> str:
    attributes = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])[
        "Attributes"
    ]
    return url_of(json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"])


def taken(queue: str, words: str) -> str:
    """The first message with these words, out of the queue."""

    def looked() -> Any:
        answer = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=1)
        return next((one for one in answer.get("Messages", []) if words in one["Body"]), None)

    found: Any = eventually(looked, lambda one: one is not None)
    client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=found["ReceiptHandle"])
    return str(found["Body"])


def record_of(shop: Shop, user: str) -> tuple[str, bytes]:
    """Partition key and data of the record with that user's event."""
    kinesis, stream = client("kinesis"), shop.stack["StreamName"]

    def looked() -> tuple[str, bytes] | None:
        for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=stream,
                ShardId=shard["ShardId"],
                ShardIteratorType="AT_TIMESTAMP",
                Timestamp=datetime.now(UTC) - timedelta(minutes=2),
            )["ShardIterator"]
            for record in kinesis.get_records(ShardIterator=iterator)["Records"]:
                if record["PartitionKey"].endswith(user):
                    return record["PartitionKey"], record["Data"]
        return None

    found = eventually(looked, lambda one: one is not None)
    assert found is not None
    return found


def record_for(shop: Shop, user: str) -> tuple[str, bytes]:
    """A record as `collect` writes one, of somebody who is not on the stream."""
    shop.accept(track(f"model-of-{user}", "Search"))
    key, data = record_of(shop, f"model-of-{user}")
    return key.replace(f"model-of-{user}", user), data.replace(f"model-of-{user}".encode(), user.encode())


def test_a_persons_profile_is_restored_and_what_came_meanwhile_is_folded(shop: Shop) -> None:
    table, dynamodb = shop.stack["ProfilesTable"], client("dynamodb")
    shop.accept(identify("restored", first_name="Dora"), track("restored", "Search"))
    eventually(lambda: shop.person("restored"), lambda found: counted(found, "Search") == 1)

    with stopped(shop.stack["ProcessFunction"]):
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=table, TargetTableName="headrace-restored", UseLatestRestorableTime=True
        )
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": "user:restored"}})  # the disaster
        shop.accept(track("restored", "Search"))
        assert shop.person("restored") == {}
        run_program(
            RESTORING, "A table's content", RESTORED="headrace-restored", TABLE=table, ONLY={"user:restored"}
        )
        assert counted(shop.person("restored"), "Search") == 1

    person = eventually(lambda: shop.person("restored"), lambda found: counted(found, "Search") == 2)
    assert person["traits"]["first_name"] == "Dora"
    dynamodb.delete_table(TableName="headrace-restored")


def test_a_message_that_became_a_dead_letter_is_sent_once_it_is_moved_back(shop: Shop) -> None:
    with stopped(shop.stack["SendSmsFunction"]) as source:
        queue = url_of(source)
        shop.accept(
            identify("moved-back", phone="+12025550177", consents={"sms": True}),
            track("moved-back", "Complete Purchase", amount=1000, currency="USD"),
        )
        body = taken(queue, "user:moved-back")
        client("sqs").send_message(QueueUrl=dead_letters_of(queue), MessageBody=body)

    assert redriven(shop, "send-sms") == 1

    texts = eventually(
        lambda: [one for one in shop.messages("moved-back") if one["channel"] == "sms"], settled
    )
    assert [one["status"] for one in texts] == ["sent"]
    client("sqs").send_message(QueueUrl=dead_letters_of(queue), MessageBody=body)
    assert redriven(shop, "send-sms") == 1
    eventually(lambda: depth(queue), lambda waiting: waiting == 0)
    assert len(shop.texts("+12025550177")) == 1  # moved back twice, sent once


def depth(queue: str) -> int:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)


def test_an_entry_that_the_bus_could_not_deliver_arrives_once_it_is_published_again(shop: Shop) -> None:
    queues = client("sqs").list_queues()["QueueUrls"]
    (queue,) = (url for url in queues if "RoutesPurchases" in url and "DeadLetters" not in url)
    shop.accept(track("undelivered", "Complete Purchase", amount=5, currency="USD"))
    client("sqs").send_message(
        QueueUrl=dead_letters_of(queue),
        MessageBody=taken(queue, "user:undelivered"),
        MessageAttributes={"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}},
    )

    assert redriven(shop, "Purchases") == 1

    entry = orjson.loads(taken(queue, "user:undelivered"))
    assert entry["detail"]["event"]["name"] == "Complete Purchase"
    assert depth(dead_letters_of(queue)) == 0


def test_a_record_that_process_put_aside_is_folded_once_it_is_back_on_the_stream(shop: Shop) -> None:
    key, data = record_for(shop, "put-aside")
    letter = {"key": key, "sequence": "1", "error": "ValueError", "data": base64.b64encode(data).decode()}
    bucket, queue = shop.stack["WorkspaceBucket"], shop.stack["DeadLetterQueueUrl"]
    for _ in range(2):
        assert SqsDeadLetters(queue, bucket).put([orjson.dumps(letter)]) == []
        assert redriven(shop, "process") == 1

    assert_folded_once(shop, "put-aside")


def test_a_batch_that_was_given_up_is_folded_once_it_is_back_on_the_stream(shop: Shop) -> None:
    key, data = record_for(shop, "given-up")
    record = {"kinesis": {"partitionKey": key, "data": base64.b64encode(data).decode()}}
    batch = {"payload": json.dumps({"Records": [record]})}
    bucket = shop.stack["GivenUpBucket"]
    client("s3").put_object(Bucket=bucket, Key="aws/lambda/1", Body=json.dumps(batch).encode())

    assert redriven(shop, "given-up") == 1

    assert_folded_once(shop, "given-up")
    assert client("s3").list_objects_v2(Bucket=bucket).get("KeyCount", 0) == 0


def test_a_stretch_of_the_stream_that_is_put_on_it_again_counts_nobody_twice(shop: Shop) -> None:
    since = datetime.now(UTC)
    shop.accept(track("stretched", "Search"))
    assert_folded_once(shop, "stretched")

    stretch = (since - timedelta(seconds=1)).isoformat(), datetime.now(UTC).isoformat()
    said = shop.headrace("deadletters", "reread", "--from", stretch[0], "--until", stretch[1])
    assert said["put"] == said["read"] > 0

    assert_folded_once(shop, "stretched")


def test_a_permission_that_was_revoked_is_found(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    iam = boto3.client("iam")
    names = [
        role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]
    ]
    (role,) = (name for name in names if "ProcessFunctionRole" in name)
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    revoked = json.loads(json.dumps(document))
    revoked["Statement"] = [one for one in revoked["Statement"] if "events:PutEvents" not in one["Action"]]
    assert revoked != document

    run_program(ACCESS, "When something is refused", STACK="headrace-local")
    assert capsys.readouterr().out == ""
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(revoked))
    try:
        run_program(ACCESS, "When something is refused", STACK="headrace-local")
        assert capsys.readouterr().out == f"{role} lacks Allow events:PutEvents\n"
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


def redriven(shop: Shop, name: str) -> int:
    """How many were brought back: all that was there."""
    [said] = shop.headrace("deadletters", "retry", name, "--watch", "0")
    return int(said["brought_back"])


def test_a_record_that_nobody_can_read_is_said_to_stay_and_does_not_go_round(shop: Shop) -> None:
    client("kinesis").put_record(
        StreamName=shop.stack["StreamName"], PartitionKey="user:garbage", Data=b"garbage"
    )
    eventually(lambda: depth(shop.stack["DeadLetterQueueUrl"]), lambda waiting: waiting == 1)

    ended = shop.run("deadletters", "retry", "process", "--json")

    [said] = json.loads(ended.stdout)
    assert (ended.returncode, sum(said["never"].values())) == (1, 1)
    [said] = shop.headrace("deadletters", "retry", "process", "--save", os.devnull)
    assert said["saved"] == 1
    assert depth(shop.stack["DeadLetterQueueUrl"]) == 0


def test_rejected_events_that_the_lake_lacks_are_brought_there_and_shown_once(shop: Shop) -> None:
    sql = "select name from rejected where user_id = 'not-in-the-lake'"
    shop.post("track", track("not-in-the-lake", "Nobody Defined This"))
    eventually(lambda: shop.rows(sql), lambda rows: len(rows) == 1, 90)

    [listed] = [one for one in shop.headrace("rejected", "list") if one["user_id"] == "not-in-the-lake"]
    rejected = listed["id"].rpartition("-")[0]
    (queue,) = (url for url in client("sqs").list_queues()["QueueUrls"] if "ArchiveBatchesDeadLetters" in url)
    [keys] = [
        {"pk": item["pk"], "sk": item["sk"]}
        for item in client("dynamodb").scan(TableName=shop.stack["RejectedTable"])["Items"]
        if item["sk"]["S"] == rejected
    ]
    for _ in range(2):
        client("sqs").send_message(
            QueueUrl=queue, MessageBody=json.dumps({"rejected": rejected, "keys": keys})
        )
        assert redriven(shop, "archive") == 1

    eventually(
        lambda: shop.rows(sql.replace("from rejected", "from rejected_raw")), lambda rows: len(rows) > 1, 90
    )
    assert len(shop.rows(sql)) == 1


def assert_folded_once(shop: Shop, user: str) -> None:
    """What is sent last is folded last: then nothing of before is still to come."""
    eventually(lambda: shop.person(user), lambda found: counted(found, "Search") >= 1)
    before = counted(shop.person(user), "Login")
    shop.accept(track(user, "Login"))
    person = eventually(lambda: shop.person(user), lambda found: counted(found, "Login") == before + 1)
    assert counted(person, "Search") == 1
