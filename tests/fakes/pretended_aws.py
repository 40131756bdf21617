"""AWS for tests of adapters, as moto pretends it or as the simulation does: fresh, with clients that know no other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

import boto3
import pytest
from moto import mock_aws

from shared.aws import clients
from simulation.aws.account import Account
from simulation.aws.behaviour import Behaviour
from tests.fakes.simulated_operator import Operator

Cloud = Literal["moto", "simulated"]

AT_ONCE = Behaviour(shard_limits=False)
"""Moto knows no limits of a shard, and is never late."""


@contextmanager
def pretended_aws(monkeypatch: pytest.MonkeyPatch, of: Cloud = "moto") -> Iterator[None]:
    """An empty account in us-east-1; neither the clients before nor those made within outlive it. boto3 makes and
    deletes what is in it."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    clients.forget()
    if of == "simulated":
        account = Account(RealClock(), random.Random(1), behaviour=AT_ONCE)
        with account.connected(), _listeners_gone_after():
            monkeypatch.setattr(boto3, "client", lambda service, **_: Operator(account, service))
            yield
            monkeypatch.undo()
        return
    with mock_aws():
        yield
    clients.forget()


@contextmanager
def _listeners_gone_after() -> Iterator[None]:
    """The clients of simulated accounts are the same ones for all tests: what a test registers must go with it."""
    registered: list[tuple[Any, str, Any]] = []
    services: tuple[Any, ...] = ("dynamodb", "s3", "secretsmanager")  # the stubs have an overload for each
    emitters: list[Any] = [clients.client(service).meta.events for service in services]

    def remembering(events: Any, register: Any) -> Any:
        def remember(name: str, handler: Any, **named: Any) -> None:
            registered.append((events, name, {"handler": handler, **named}))
            register(name, handler, **named)

        return remember

    for events in emitters:
        events.register = remembering(events, events.register)
    try:
        yield
    finally:
        for events, name, listener in registered:
            events.unregister(name, **listener)
        for events in emitters:
            del events.register


class RealClock:
    """As moto has it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


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
