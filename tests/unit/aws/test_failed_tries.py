"""Tries are counted one by one, each record's apart, and forgotten: the adapter and the fake alike."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from shared.aws.tables.failed_tries import DynamoFailedTries
from shared.ports.streams import FailedTries
from shared.records import RETENTION
from simulation.ports.announced import FakeFailedTries
from tests.fakes.folding import NOON
from tests.fakes.pretended_aws import Cloud, pretended_aws


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[str]:
    keys = ("pk", "sk")
    with pretended_aws(monkeypatch, cloud):
        boto3.client("dynamodb").create_table(
            TableName="rejected",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        yield "rejected"


@pytest.fixture(params=["dynamodb", "fake"])
def tries(request: pytest.FixtureRequest) -> FailedTries:
    if request.param == "fake":
        return FakeFailedTries()
    return DynamoFailedTries(request.getfixturevalue("table"))


def test_tries_add_up_for_each_record_apart(tries: FailedTries) -> None:
    assert [tries.add("one", NOON) for _ in range(3)] == [1, 2, 3]
    assert tries.add("other", NOON) == 1


def test_a_dead_letter_is_noted_for_each_record_apart_with_or_without_tries(tries: FailedTries) -> None:
    tries.add("one", NOON)
    assert not tries.has_dead_letter("one")
    for name in ("one", "one", "other"):
        tries.note_dead_letter(name, NOON)
    assert [tries.has_dead_letter(name) for name in ("one", "other", "third")] == [True, True, False]
    assert tries.add("one", NOON) == 2


def test_a_note_is_forgotten_as_tries_are(table: str) -> None:
    DynamoFailedTries(table).note_dead_letter("one", NOON)
    [item] = boto3.client("dynamodb").scan(TableName=table)["Items"]
    assert item["expires_at"]["N"] == str(int((NOON + RETENTION).timestamp()))


def test_they_are_forgotten_when_the_stream_has_forgotten_the_record(table: str) -> None:
    DynamoFailedTries(table).add("one", NOON)
    [item] = boto3.client("dynamodb").scan(TableName=table)["Items"]
    assert item["expires_at"]["N"] == str(int((NOON + RETENTION).timestamp()))
