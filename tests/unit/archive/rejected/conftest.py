"""Where rejected events come from, where their rows go, and where what fails is kept."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from functions.archive import handler
from shared.aws.tables.rejected import DynamoRejected
from tests.fakes.delivery import FakeDelivery
from tests.fakes.pretended_aws import pretended_aws, rejected_table
from tests.unit.archive.rejected.records import FakeDeadLetters


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")
    with pretended_aws(monkeypatch):
        boto3.client("s3").create_bucket(Bucket="workspace")
        rejected_table()
        yield


@pytest.fixture
def rejected() -> DynamoRejected:
    return DynamoRejected("rejected", "workspace")


@pytest.fixture
def delivery() -> FakeDelivery:
    return FakeDelivery()


@pytest.fixture
def dead_letters() -> FakeDeadLetters:
    return FakeDeadLetters()
