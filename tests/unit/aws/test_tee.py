"""The tee's queue, bodies and table on moto; the log and the fake held to one contract."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID

from shared.aws import clients
from shared.aws.queues.queue_depth import Depth, depth
from shared.aws.tee.bodies import S3TeeBodies
from shared.aws.tee.items import DIFFERENCES, KEPT
from shared.aws.tee.log import DynamoTeeLog
from shared.aws.tee.queue import LARGEST, SqsTeeQueue
from shared.aws.tee.report import DynamoTeeReport
from shared.failures import Unavailable
from shared.ports.tee import TeeLog, TeeReport
from shared.tee import Answer, Missed, TeedRequest
from tests.fakes.pretended_aws import Cloud, pretended_aws
from tests.fakes.tee import FakeTeeLog
from tests.fakes.tee_stage import NOON, request

TODAY = NOON.date()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    with pretended_aws(monkeypatch, cloud):
        boto3.client("dynamodb").create_table(
            TableName="tee",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "differs")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": DIFFERENCES,
                    "KeySchema": [
                        {"AttributeName": "differs", "KeyType": "HASH"},
                        {"AttributeName": "pk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("sqs").create_queue(QueueName="tee")
        yield


class Table(NamedTuple):
    log: TeeLog
    report: TeeReport


@pytest.fixture(params=["fake", "dynamodb"])
def table(request: pytest.FixtureRequest) -> Table:
    if request.param == "fake":
        fake = FakeTeeLog()
        return Table(fake, fake)
    request.getfixturevalue("aws")
    return Table(DynamoTeeLog("tee", pause=lambda _: None), DynamoTeeReport("tee"))


def answer(number: int = 1, theirs: int = 200, **fields: Any) -> Answer:
    made = Answer(
        request=f"r{number}", source="shop", protocol="ga4", call="collect", ours=200, theirs=theirs, milliseconds=100,
        sent=10, answered=2, content_type="application/json", events=2, rejected=1, received_at=NOON,
        answered_at=NOON + timedelta(seconds=2),
    )  # fmt: skip
    return made._replace(**fields)


def test_an_answer_on_record_is_known(table: Table) -> None:
    table.log.record([answer(1), answer(2)], [])
    assert table.log.answered(["r1", "r2", "r3"]) == {"r1", "r2"}
    assert table.log.answered([]) == set()


def test_an_answer_that_comes_again_is_counted_once(table: Table) -> None:
    table.log.record([answer(1)], [])
    table.log.record([answer(1, 400), answer(2)], [])
    table.log.record([answer(1), answer(2)], [])
    (tally,) = table.report.tallies("shop", [TODAY])
    assert (tally.counts["forwarded"], tally.counts["200>200"], tally.counts["200>400"]) == (2, 2, 0)
    assert table.report.differences("shop", 10) == []


def test_misses_are_counted_though_nothing_was_answered(table: Table) -> None:
    table.log.record([], [Missed("shop", NOON, "tried"), Missed("shop", NOON, "failed")])
    table.log.record([], [])
    (tally,) = table.report.tallies("shop", [TODAY])
    assert dict(tally.counts) == {"tried": 1, "failed": 1}


def test_tallies_are_of_one_source_and_of_the_days_asked_for(table: Table) -> None:
    for day in range(3):
        at = NOON - timedelta(days=day)
        table.log.record([answer(day, received_at=at), answer(day + 10, source="app", received_at=at)], [])
    found = table.report.tallies("shop", [TODAY, TODAY - timedelta(days=1), date(2020, 1, 1)])
    assert [(tally.day, tally.counts["forwarded"]) for tally in found] == [
        (TODAY - timedelta(days=1), 1), (TODAY, 1)
    ]  # fmt: skip
    assert table.report.tallies("nobody", [TODAY]) == []


def test_differences_are_listed_newest_first_as_they_were(table: Table) -> None:
    table.log.record([answer(1, 400), answer(2), answer(3, 401), answer(4, 400, source="app")], [])
    assert table.report.differences("shop", 10) == [answer(3, 401), answer(1, 400)]
    assert table.report.differences("shop", 1) == [answer(3, 401)]


def test_many_batches_add_up(aws: None) -> None:
    log = DynamoTeeLog("tee")
    for batch in range(12):
        log.record([answer(batch * 10 + number) for number in range(10)], [])
    (tally,) = DynamoTeeReport("tee").tallies("shop", [TODAY])
    assert (tally.counts["forwarded"], tally.counts["milliseconds"]) == (120, 12_000)


def test_everything_in_the_table_goes_after_a_month(aws: None) -> None:
    DynamoTeeLog("tee").record([answer()], [])
    items = boto3.client("dynamodb").scan(TableName="tee")["Items"]
    gone = {item["pk"]["S"].split("#")[0]: int(item["expires_at"]["N"]) for item in items}
    assert gone["r1"] == int((answer().answered_at + KEPT).timestamp())
    assert timedelta(days=30) <= timedelta(seconds=gone["tally"] - NOON.timestamp()) <= timedelta(days=32)


def refusing(monkeypatch: pytest.MonkeyPatch, *codes: str, times: int) -> list[Any]:
    """The next transactions are cancelled for these reasons; the calls made."""
    dynamodb = clients.client("dynamodb")
    made: list[Any] = []
    real = dynamodb.transact_write_items

    def transact(**call: Any) -> Any:
        made.append(call["TransactItems"])
        if len(made) > times:
            return real(**call)
        raise dynamodb.exceptions.TransactionCanceledException(
            {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": [{"Code": code} for code in codes],
            },
            "TransactWriteItems",
        )

    monkeypatch.setattr(dynamodb, "transact_write_items", transact)
    return made


def test_a_transaction_that_met_another_is_tried_again(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = refusing(monkeypatch, "None", "TransactionConflict", times=2)
    DynamoTeeLog("tee", pause=lambda _: None).record([answer()], [])
    assert [len(call) for call in made] == [2, 2, 2]
    (tally,) = DynamoTeeReport("tee").tallies("shop", [TODAY])
    assert tally.counts["forwarded"] == 1


def test_one_that_meets_others_for_too_long_is_told(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "None", "TransactionConflict", times=100)
    with pytest.raises(Unavailable):
        DynamoTeeLog("tee", pause=lambda _: None).record([answer()], [])


def test_any_other_refusal_is_told_at_once(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = refusing(monkeypatch, "None", "ValidationError", times=100)
    with pytest.raises(Unavailable):
        DynamoTeeLog("tee", pause=lambda _: None).record([answer()], [])
    assert len(made) == 1


def test_keys_left_unread_are_read_again(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    DynamoTeeLog("tee").record([answer()], [])
    dynamodb = clients.client("dynamodb")
    real, left = dynamodb.batch_get_item, [True, True]

    def half_read(**call: Any) -> Any:
        if left:
            left.pop()
            return {"Responses": {}, "UnprocessedKeys": call["RequestItems"]}
        return real(**call)

    monkeypatch.setattr(dynamodb, "batch_get_item", half_read)
    assert DynamoTeeLog("tee", pause=lambda _: None).answered(["r1"]) == {"r1"}


URL = f"https://sqs.us-east-1.amazonaws.com/{DEFAULT_ACCOUNT_ID}/tee"


def received() -> TeedRequest:
    (message,) = boto3.client("sqs").receive_message(QueueUrl=URL)["Messages"]
    return TeedRequest.decode(message["Body"])


def test_a_request_in_the_queue_is_the_one_that_came_out(aws: None) -> None:
    SqsTeeQueue(URL, "bucket").put(request(path="/\x00\ufffe\ud800"))
    assert received() == request(path="/\x00\ufffe\ud800")
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket="bucket")


def test_a_body_beyond_what_a_message_holds_waits_in_the_bucket(aws: None) -> None:
    body = os.urandom(LARGEST)
    SqsTeeQueue(URL, "bucket").put(request(body=body))
    sent = received()
    assert (sent.stored_at, sent.body) == ("tee/r1", b"")
    assert S3TeeBodies("bucket").read("tee/r1") == body


def test_a_large_body_that_compresses_needs_no_bucket(aws: None) -> None:
    SqsTeeQueue(URL, "bucket").put(request(body=b"a" * LARGEST * 2))
    assert received().stored_at is None


def test_a_body_that_is_gone_is_told(aws: None) -> None:
    with pytest.raises(LookupError):
        S3TeeBodies("bucket").read("tee/r9")


def test_a_queue_that_cannot_be_reached_is_unavailable(aws: None) -> None:
    with pytest.raises(Unavailable):
        SqsTeeQueue(URL + "-of-nobody", "bucket").put(request())
    with pytest.raises(Unavailable):
        SqsTeeQueue(URL, "no-such-bucket").put(request(body=os.urandom(LARGEST)))


def test_the_depth_of_a_queue_counts_what_can_be_taken_and_what_was(aws: None) -> None:
    for number in range(3):
        SqsTeeQueue(URL, "bucket").put(request(number))
    boto3.client("sqs").receive_message(QueueUrl=URL)
    assert depth(URL) == Depth(ready=2, taken=1)
    assert depth(URL).waiting == 3


def test_what_is_stored_says_nothing_of_a_person(aws: None) -> None:
    DynamoTeeLog("tee").record([answer(1, 400)], [])
    item = boto3.client("dynamodb").get_item(TableName="tee", Key={"pk": {"S": "r1"}})["Item"]
    assert set(json.loads(json.dumps(item))) == {*Answer._fields, "pk", "expires_at", "differs"} - {"request"}
