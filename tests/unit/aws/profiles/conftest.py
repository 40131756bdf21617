"""Profiles: the adapter on moto, and both the adapter and the fake."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from shared.aws.tables.due_profiles import DynamoDueProfiles
from shared.aws.tables.profiles import DynamoProfiles
from shared.ports.people import DueProfiles, Profiles
from simulation.ports.due_profiles import FakeDueProfiles
from simulation.ports.profiles import FakeProfiles
from tests.fakes.pretended_aws import Cloud, pretended_aws

TABLE = "profiles"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[str]:
    with pretended_aws(monkeypatch, cloud):
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "due_bucket", "due_at")
            ],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "due",
                    "KeySchema": [
                        {"AttributeName": "due_bucket", "KeyType": "HASH"},
                        {"AttributeName": "due_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        yield TABLE


@pytest.fixture(params=["dynamodb", "fake"])
def profiles(request: pytest.FixtureRequest) -> Profiles:
    if request.param == "fake":
        return FakeProfiles()
    request.getfixturevalue("table")
    return DynamoProfiles(TABLE)


@pytest.fixture(params=["dynamodb", "fake"])
def both(request: pytest.FixtureRequest) -> tuple[Profiles, DueProfiles]:
    """Profiles, and the index over them."""
    if request.param == "fake":
        fake = FakeProfiles()
        return fake, FakeDueProfiles(fake)
    request.getfixturevalue("table")
    return DynamoProfiles(TABLE), DynamoDueProfiles(TABLE)
