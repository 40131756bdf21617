"""Profiles while DynamoDB throttles, answers in part, or is not there."""

from __future__ import annotations

from base64 import b64encode
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from shared.aws.clients import client
from shared.aws.tables.due_profiles import DynamoDueProfiles
from shared.aws.tables.profiles import READ_ATTEMPTS, DynamoProfiles
from shared.failures import Refused, Unavailable, VersionConflict
from shared.fold.profile import Changes, Pointer, Profile
from shared.people.due import (
    behind,
)
from tests.fakes.dynamodb_answers import Answer, answered, error
from tests.fakes.folding import NOON
from tests.unit.aws.profiles.conftest import TABLE


@pytest.mark.parametrize(("unread", "found"), [(READ_ATTEMPTS - 1, True), (READ_ATTEMPTS, False)])
def test_keys_left_unprocessed_are_asked_for_so_often(table: str, unread: int, *, found: bool) -> None:
    DynamoProfiles(table).save(Changes((Profile("user:ann"),)), at=NOON)
    left = iter(range(unread))

    def leaving(asked: dict[str, Any]) -> Answer | None:
        if next(left, None) is None:
            return None
        return 200, {"Responses": {}, "UnprocessedKeys": asked["RequestItems"]}

    with answered("BatchGetItem", leaving), nullcontext() if found else pytest.raises(Unavailable):
        assert set(DynamoProfiles(table).load(["user:ann"])) == {"user:ann"}


def test_a_shard_that_dynamodb_throttles_says_so(table: str) -> None:
    due_profiles = DynamoDueProfiles(table)
    with Stubber(client("dynamodb")) as stubber:
        stubber.add_client_error("query", "ThrottlingException")
        with pytest.raises(Unavailable):
            due_profiles.due(0, behind(NOON), behind(NOON + timedelta(seconds=1)), 10)


def test_keys_left_unprocessed_are_asked_for_again(table: str) -> None:
    profiles = DynamoProfiles(table)
    for name in ("ann", "bo"):
        profiles.save(Changes((Profile(f"user:{name}"),)), at=NOON)
    stored = client("dynamodb").get_item(TableName=table, Key={"pk": {"S": "user:ann"}})["Item"]
    ann = {**stored, "state": {"B": b64encode(stored["state"]["B"]).decode()}}
    left_once = iter([True])

    def leaving_one(asked: dict[str, Any]) -> Answer | None:
        if not next(left_once, False):
            return None
        of_table = asked["RequestItems"][TABLE]
        left = {TABLE: {**of_table, "Keys": of_table["Keys"][1:]}}
        return 200, {"Responses": {TABLE: [ann]}, "UnprocessedKeys": left}

    with answered("BatchGetItem", leaving_one) as requests:
        assert set(profiles.load(["user:ann", "user:bo"])) == {"user:ann", "user:bo"}
    assert len(requests) == 2


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_a_table_without_capacity_left_is_unavailable_and_changes_nothing(
    table: str, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """As provisioned tables answer beyond what they have: after the client's attempts, and of two items as of one."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    profiles = DynamoProfiles(table)
    throttled: Answer = (400, error(code))
    for operation, changes in (
        ("PutItem", Changes((Profile("user:ann"),))),
        ("TransactWriteItems", Changes((Profile("user:ann"),), (Pointer("anonymous:a1", "user:ann"),))),
    ):
        with answered(operation, lambda _: throttled), pytest.raises(Unavailable) as raised:
            profiles.save(changes, at=NOON)
        assert not isinstance(raised.value, Refused)
    with answered("BatchGetItem", lambda _: throttled), pytest.raises(Unavailable):
        profiles.load(["user:ann"])
    assert code in str(raised.value)


@pytest.mark.parametrize("reason", ["ProvisionedThroughputExceeded", "ThrottlingError"])
def test_a_transaction_that_is_cancelled_for_want_of_capacity_is_no_conflict(table: str, reason: str) -> None:
    """Nobody else has changed anything: to read it again and fold it again would help nobody."""
    cancelled = {
        **error("TransactionCanceledException"),
        "CancellationReasons": [{"Code": reason}, {"Code": "None"}],
    }
    changes = Changes((Profile("user:ann"),), (Pointer("anonymous:a1", "user:ann"),))
    with answered("TransactWriteItems", lambda _: (400, cancelled)), pytest.raises(Unavailable) as raised:
        DynamoProfiles(table).save(changes, at=NOON)
    assert not isinstance(raised.value, VersionConflict | Refused)


def test_a_put_that_is_throttled_for_a_moment_is_saved_once(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    profiles = DynamoProfiles(table)
    throttled = iter([(400, error("ProvisionedThroughputExceededException"))] * 2)
    with answered("PutItem", lambda _: next(throttled, None)):
        profiles.save(Changes((Profile("user:ann"),)), at=NOON)
    assert profiles.load(["user:ann"])["user:ann"].version == 1


def test_a_table_that_is_not_there_is_unavailable(table: str) -> None:
    with pytest.raises(Unavailable):
        DynamoProfiles("gone").load(["user:ann"])
    with pytest.raises(Unavailable):
        DynamoProfiles("gone").save(Changes((Profile("user:ann"),)), at=NOON)
