"""The adapter on moto and the fake, held to one contract; then what only the adapter has: Firehose failing in parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from shared.aws.clients import client
from shared.aws.item_retries import ATTEMPTS, FIRST_PAUSE
from shared.aws.streams.delivery import MOST_BYTES, MOST_RECORDS, FirehoseDelivery
from shared.failures import Unavailable
from shared.ports.streams import Delivery
from tests.fakes.delivery import FakeDelivery
from tests.fakes.pretended_aws import Cloud, pretended_aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    with pretended_aws(monkeypatch, cloud):
        boto3.client("s3").create_bucket(Bucket="lake")
        boto3.client("firehose").create_delivery_stream(
            DeliveryStreamName="lake",
            ExtendedS3DestinationConfiguration={
                "RoleARN": "arn:aws:iam::123456789012:role/firehose",
                "BucketARN": "arn:aws:s3:::lake",
            },
        )
        yield


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def adapter(aws: None, pauses: list[float]) -> FirehoseDelivery:
    return FirehoseDelivery(stream="lake", pause=pauses.append)


@pytest.fixture(params=["adapter", "fake"])
def either(request: pytest.FixtureRequest) -> Delivery:
    return request.getfixturevalue("adapter") if request.param == "adapter" else FakeDelivery()


@pytest.fixture
def firehose(aws: None) -> Iterator[Stubber]:
    with Stubber(client("firehose")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answers(stubber: Stubber, *codes: str | None, sent: list[bytes] | Any = ANY) -> None:
    """Let the next call answer with these error codes, in the order of its records."""
    stubber.add_response(
        "put_record_batch",
        {
            "FailedPutCount": sum(code is not None for code in codes),
            "RequestResponses": [
                {"ErrorCode": code, "ErrorMessage": "slow down"} if code else {"RecordId": "r"}
                for code in codes
            ],
        },
        {
            "DeliveryStreamName": "lake",
            "Records": [{"Data": data} for data in sent] if sent is not ANY else ANY,
        },
    )


def test_everything_written_leaves_nothing(either: Delivery) -> None:
    assert either.put([b'{"a":1}\n', b'{"a":2}\n']) == []


def test_no_records_need_no_call(either: Delivery) -> None:
    assert either.put([]) == []


def test_the_records_bytes_arrive_as_they_are(adapter: FirehoseDelivery, cloud: Cloud) -> None:
    adapter.put([b'{"a":1}\n{"a":2}\n'])

    if cloud == "simulated":
        firehose: Any = boto3.client("firehose")
        [data] = firehose.records("lake")
        assert data == b'{"a":1}\n{"a":2}\n'
        return
    s3 = boto3.client("s3")
    [stored] = s3.list_objects_v2(Bucket="lake")["Contents"]
    assert s3.get_object(Bucket="lake", Key=stored["Key"])["Body"].read() == b'{"a":1}\n{"a":2}\n'


def test_only_the_refused_record_is_sent_again(
    adapter: FirehoseDelivery, firehose: Stubber, pauses: list[float]
) -> None:
    answers(firehose, None, "ServiceUnavailableException", None, sent=[b"a", b"b", b"c"])
    answers(firehose, None, sent=[b"b"])

    assert adapter.put([b"a", b"b", b"c"]) == []
    assert len(pauses) == 1


def test_what_stays_refused_is_named_by_its_position(
    adapter: FirehoseDelivery, firehose: Stubber, pauses: list[float]
) -> None:
    answers(firehose, None, "ServiceUnavailableException", None)
    for _ in range(ATTEMPTS - 1):
        answers(firehose, "ServiceUnavailableException")

    assert adapter.put([b"a", b"b", b"c"]) == [1]
    assert len(pauses) == ATTEMPTS - 1


def test_the_pauses_grow_and_stay_short(
    adapter: FirehoseDelivery, firehose: Stubber, pauses: list[float]
) -> None:
    for _ in range(ATTEMPTS):
        answers(firehose, "ServiceUnavailableException")

    adapter.put([b"a"])

    limits = [FIRST_PAUSE * 2**attempt for attempt in range(ATTEMPTS - 1)]
    assert all(0 <= pause <= limit for pause, limit in zip(pauses, limits, strict=True))


def test_more_records_than_one_call_takes_go_in_several(adapter: FirehoseDelivery, firehose: Stubber) -> None:
    answers(firehose, *[None] * MOST_RECORDS)
    answers(firehose, None)

    assert adapter.put([b"x"] * (MOST_RECORDS + 1)) == []


def test_more_bytes_than_one_call_takes_go_in_several(adapter: FirehoseDelivery, firehose: Stubber) -> None:
    record = b"x" * (MOST_BYTES // 4)
    answers(firehose, *[None] * 4)
    answers(firehose, None)

    assert adapter.put([record] * 5) == []


def test_a_call_that_fails_leaves_its_records_and_the_others_are_written(
    adapter: FirehoseDelivery, firehose: Stubber
) -> None:
    answers(firehose, *[None] * MOST_RECORDS)
    firehose.add_client_error("put_record_batch", "ServiceUnavailableException", http_status_code=400)

    assert adapter.put([b"x"] * (MOST_RECORDS + 1)) == [MOST_RECORDS]


def test_when_nothing_was_taken_the_reason_is_raised(adapter: FirehoseDelivery, firehose: Stubber) -> None:
    firehose.add_client_error(
        "put_record_batch", "AccessDeniedException", "no permission", http_status_code=400
    )

    with pytest.raises(Unavailable, match="no permission"):
        adapter.put([b"a"])


def test_a_stream_that_does_not_exist_is_said_so(aws: None) -> None:
    with pytest.raises(Unavailable, match="ResourceNotFound"):
        FirehoseDelivery(stream="none", pause=lambda _: None).put([b"a"])
