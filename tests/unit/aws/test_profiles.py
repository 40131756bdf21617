"""Profiles: the adapter on moto and the fake are held to one contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from shared.aws.clients import client
from shared.aws.due_profiles import DynamoDueProfiles
from shared.aws.profiles import DUE_SHARDS, DynamoProfiles, due_bucket
from shared.fold.profile import Changes, Pointer, Profile
from shared.ports import DueProfiles, Profiles, Unavailable, VersionConflict
from tests.fakes.folding import NOON
from tests.fakes.pretended_aws import pretended_aws
from tests.fakes.profiles import FakeProfiles

TABLE = "profiles"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with pretended_aws(monkeypatch):
        client("dynamodb").create_table(
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


def test_what_is_saved_is_loaded_with_its_version(profiles: Profiles) -> None:
    ann, pointer = Profile("user:ann"), Pointer("anonymous:a1", "user:ann")
    profiles.save(Changes((ann,), (pointer,)), at=NOON)
    assert profiles.load(["user:ann", "anonymous:a1", "user:nobody"]) == {
        "user:ann": replace(ann, version=1),
        "anonymous:a1": replace(pointer, version=1),
    }


def test_more_keys_than_one_call_takes_are_loaded(profiles: Profiles) -> None:
    for n in range(120):
        profiles.save(Changes((Profile(f"user:{n}"),)), at=NOON)
    assert len(profiles.load([f"user:{n}" for n in range(120)])) == 120


@pytest.mark.parametrize("read_version", [0, 2])
def test_an_item_somebody_else_changed_is_a_conflict(profiles: Profiles, read_version: int) -> None:
    profiles.save(Changes((Profile("user:ann"),)), at=NOON)
    with pytest.raises(VersionConflict):
        profiles.save(Changes((Profile("user:ann", version=read_version),)), at=NOON)


def test_one_conflict_saves_nothing_of_the_others(profiles: Profiles) -> None:
    profiles.save(Changes(pointers=(Pointer("anonymous:a1", "user:bo"),)), at=NOON)
    with pytest.raises(VersionConflict):
        profiles.save(Changes((Profile("user:ann"),), (Pointer("anonymous:a1", "user:ann"),)), at=NOON)
    assert "user:ann" not in profiles.load(["user:ann"])


def test_a_profile_may_become_a_pointer(profiles: Profiles) -> None:
    profiles.save(Changes((Profile("anonymous:a1"),)), at=NOON)
    profiles.save(Changes(pointers=(Pointer("anonymous:a1", "user:ann", version=1),)), at=NOON)
    assert profiles.load(["anonymous:a1"]) == {"anonymous:a1": Pointer("anonymous:a1", "user:ann", 2)}


def test_who_is_due_is_found_soonest_first_and_gone_when_saved_without(table: str) -> None:
    profiles, due_profiles = DynamoProfiles(table), DynamoDueProfiles(table)
    for minutes in (7, 3, 90):
        due = NOON + timedelta(minutes=minutes)
        profiles.save(Changes((Profile(f"user:{minutes}", due_at=due),)), at=NOON)

    soon = due_profiles.due(NOON, NOON + timedelta(minutes=10), 100)
    assert soon == [
        ("user:3", NOON + timedelta(minutes=3)),
        ("user:7", NOON + timedelta(minutes=7)),
    ]
    assert due_profiles.due(NOON, NOON + timedelta(minutes=10), 1) == soon[:1]

    profiles.save(Changes((Profile("user:3", version=1),)), at=NOON)
    assert [key for key, _ in due_profiles.due(NOON, NOON + timedelta(minutes=10), 100)] == ["user:7"]


def test_of_a_crowd_due_at_once_only_so_many_are_read_as_are_asked_for(table: str) -> None:
    due = [NOON + timedelta(milliseconds=n) for n in range(100)]
    for n, at in enumerate(due):
        DynamoProfiles(table).save(Changes((Profile(f"user:{n}", due_at=at),)), at=NOON - timedelta(days=1))
    read: list[int] = []
    client("dynamodb").meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["Count"])
    )

    assert [at for _, at in DynamoDueProfiles(table).due(NOON, NOON + timedelta(minutes=1), 3)] == due[:3]
    assert sum(read) <= 3 * DUE_SHARDS


def test_what_is_overdue_is_indexed_where_the_sweep_still_comes_by(table: str) -> None:
    late = Profile("user:late", due_at=NOON - timedelta(hours=5))
    DynamoProfiles(table).save(Changes((late,)), at=NOON)
    [(key, at)] = DynamoDueProfiles(table).due(NOON, NOON + timedelta(minutes=1), 100)
    assert (key, at) == ("user:late", NOON + timedelta(seconds=1))


def test_a_due_time_that_stays_keeps_its_place_in_the_index() -> None:
    due = NOON + timedelta(minutes=30)
    assert due_bucket("user:ann", due) == due_bucket("user:ann", due)
    assert due_bucket("user:ann", due).startswith("2026-11-21T12:30#")


def test_the_cursor_is_kept(table: str) -> None:
    due_profiles: DueProfiles = DynamoDueProfiles(table)
    assert due_profiles.cursor() is None
    due_profiles.advance(NOON)
    assert due_profiles.cursor() == NOON


def test_keys_left_unprocessed_are_asked_for_again(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles = DynamoProfiles(table)
    for name in ("ann", "bo"):
        profiles.save(Changes((Profile(f"user:{name}"),)), at=NOON)
    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    left_once = iter([True])

    def leaving_one(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "BatchGetItem" and next(left_once, False):
            asked = arguments["RequestItems"][TABLE]
            first = {TABLE: {**asked, "Keys": asked["Keys"][:1]}}
            return {
                **call(self, operation, {"RequestItems": first}),
                "UnprocessedKeys": {TABLE: {**asked, "Keys": asked["Keys"][1:]}},
            }
        return call(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", leaving_one)
    assert set(profiles.load(["user:ann", "user:bo"])) == {"user:ann", "user:bo"}


def test_a_table_that_is_not_there_is_unavailable(table: str) -> None:
    with pytest.raises(Unavailable):
        DynamoProfiles("gone").load(["user:ann"])
    with pytest.raises(Unavailable):
        DynamoProfiles("gone").save(Changes((Profile("user:ann"),)), at=NOON)
