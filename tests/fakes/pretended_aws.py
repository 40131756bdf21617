"""AWS as moto pretends it, for tests of adapters: fresh, and with clients that know no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from moto import mock_aws

from shared.aws import clients


@contextmanager
def pretended_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account in us-east-1; neither the clients before nor those made within outlive it."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    clients.forget()
    with mock_aws():
        yield
    clients.forget()


def rejected_table() -> None:
    """The table of rejected events, named `rejected`."""
    boto3.client("dynamodb").create_table(
        TableName="rejected",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
