"""The message log: the adapter on moto, and both the adapter and the fake."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from shared.aws.messages.lists import OF_DAY, OF_PERSON
from shared.aws.messages.log import DynamoMessages
from shared.ports.messages import Messages
from simulation.ports.messages import FakeMessages
from tests.fakes.pretended_aws import Cloud, pretended_aws
from tests.unit.aws.messages.one_message import KEPT, LATER


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    with pretended_aws(monkeypatch, cloud):
        indexes = [
            {
                "IndexName": name,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "requested_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for name, key in ((OF_PERSON, "person"), (OF_DAY, "day"))
        ]
        boto3.client("dynamodb").create_table(
            TableName="messages",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("pk", "person", "day", "requested_at")
            ],
            GlobalSecondaryIndexes=indexes,  # type: ignore[arg-type]
            BillingMode="PAY_PER_REQUEST",
        )
        yield


@pytest.fixture
def adapter(aws: None) -> DynamoMessages:
    return DynamoMessages("messages", kept=KEPT, clock=lambda: LATER, pause=lambda _: None)


@pytest.fixture(params=["adapter", "fake"])
def log(request: pytest.FixtureRequest) -> Messages:
    return FakeMessages() if request.param == "fake" else request.getfixturevalue("adapter")
