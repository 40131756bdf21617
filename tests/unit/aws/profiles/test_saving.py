"""Profiles: the adapter on moto and the fake are held to one contract."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from shared.aws.clients import client
from shared.aws.tables.due_profiles import DynamoDueProfiles
from shared.aws.tables.profiles import LARGEST_STATE, MOST_KEYS, READ_ATTEMPTS, DynamoProfiles
from shared.failures import Refused, TooLargeToStore, Unavailable, VersionConflict
from shared.fold.profile import Changes, Pointer, Profile
from shared.people.due import (
    SHARDS,
    DueProfile,
    Progress,
    ShardProgress,
    behind,
    bucket,
    instant,
    place,
    shard_of,
)
from shared.ports.people import DueProfiles, Profiles
from tests.fakes.due_profiles import FakeDueProfiles
from tests.fakes.dynamodb_answers import Answer, answered, error
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


STORED = 3
"""Saves that an item has been through in the tests of who may write over it."""


@pytest.mark.parametrize("read", [0, 1, STORED - 1, STORED, STORED + 1, STORED + 20])
@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("kind", ["profile", "pointer"])
def test_only_whoever_read_the_latest_version_writes_over_it(
    profiles: Profiles, kind: str, read: int, *, alone: bool
) -> None:
    """However the item is written: by itself, or with others in a transaction."""
    others = Changes() if alone else Changes((Profile("user:bo"),))
    for version in range(STORED):
        profiles.save(_item(kind, version), at=NOON)
    before = profiles.load(["x:ann"])
    writing = _item(kind, read, target="user:eve")
    both = Changes((*writing.profiles, *others.profiles), writing.pointers)

    if read == STORED:
        profiles.save(both, at=NOON)
        assert profiles.load(["x:ann"])["x:ann"].version == STORED + 1
    else:
        with pytest.raises(VersionConflict):
            profiles.save(both, at=NOON)
        assert profiles.load(["x:ann", "user:bo"]) == before


def _item(kind: str, version: int, target: str = "user:ann") -> Changes:
    if kind == "profile":
        return Changes((Profile("x:ann", version),))
    return Changes(pointers=(Pointer("x:ann", target, version),))


def test_an_item_that_is_not_there_is_not_written_by_whoever_read_one(profiles: Profiles) -> None:
    with pytest.raises(VersionConflict):
        profiles.save(Changes((Profile("user:gone", version=1),)), at=NOON)


@pytest.mark.parametrize(("count", "saved"), [(99, True), (100, True), (101, False)])
def test_a_save_takes_as_many_items_as_a_transaction(profiles: Profiles, count: int, *, saved: bool) -> None:
    pointers = tuple(Pointer(f"anonymous:{n}", "user:ann") for n in range(count - 1))
    with nullcontext() if saved else pytest.raises(Refused):
        profiles.save(Changes((Profile("user:ann"),), pointers), at=NOON)
    assert len(profiles.load(["user:ann", *(pointer.key for pointer in pointers)])) == count * saved


@pytest.mark.parametrize("count", [1, MOST_KEYS - 1, MOST_KEYS, MOST_KEYS + 1, 2 * MOST_KEYS + 1])
def test_any_number_of_keys_is_loaded(profiles: Profiles, count: int) -> None:
    profiles.save(Changes((Profile("user:0"),)), at=NOON)
    assert list(profiles.load([f"user:{n}" for n in range(count)])) == ["user:0"]


@pytest.mark.parametrize(("more", "stored"), [(-1, True), (0, True), (1, False)])
def test_a_profile_is_stored_up_to_the_largest_state(
    table: str, monkeypatch: pytest.MonkeyPatch, more: int, *, stored: bool
) -> None:
    monkeypatch.setattr("shared.fold.formats.compression.compressed", lambda _: b"x" * (LARGEST_STATE + more))
    with nullcontext() if stored else pytest.raises(TooLargeToStore):
        DynamoProfiles(table).save(Changes((Profile("user:ann"),)), at=NOON)


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


def test_one_conflict_saves_nothing_of_the_others(profiles: Profiles) -> None:
    profiles.save(Changes(pointers=(Pointer("anonymous:a1", "user:bo"),)), at=NOON)
    with pytest.raises(VersionConflict):
        profiles.save(Changes((Profile("user:ann"),), (Pointer("anonymous:a1", "user:ann"),)), at=NOON)
    assert "user:ann" not in profiles.load(["user:ann"])


def test_a_conflict_names_the_items_that_were_changed(profiles: Profiles) -> None:
    profiles.save(Changes((Profile("user:ann"),)), at=NOON)
    with pytest.raises(VersionConflict) as alone:
        profiles.save(Changes((Profile("user:ann"),)), at=NOON)
    with pytest.raises(VersionConflict) as together:
        profiles.save(Changes((Profile("user:ann"),), (Pointer("anonymous:a1", "user:ann"),)), at=NOON)
    assert alone.value.keys == together.value.keys == ("user:ann",)


def test_a_profile_may_become_a_pointer(profiles: Profiles) -> None:
    profiles.save(Changes((Profile("anonymous:a1"),)), at=NOON)
    profiles.save(Changes(pointers=(Pointer("anonymous:a1", "user:ann", version=1),)), at=NOON)
    assert profiles.load(["anonymous:a1"]) == {"anonymous:a1": Pointer("anonymous:a1", "user:ann", 2)}


@pytest.fixture(params=["dynamodb", "fake"])
def both(request: pytest.FixtureRequest) -> tuple[Profiles, DueProfiles]:
    """Profiles, and the index over them."""
    if request.param == "fake":
        fake = FakeProfiles()
        return fake, FakeDueProfiles(fake)
    request.getfixturevalue("table")
    return DynamoProfiles(TABLE), DynamoDueProfiles(TABLE)


def due_between(due_profiles: DueProfiles, after: str, until: str, limit: int = 100) -> list[DueProfile]:
    return [one for shard in range(SHARDS) for one in due_profiles.due(shard, after, until, limit)]


def test_who_is_due_is_found_soonest_first_and_gone_when_saved_without(
    both: tuple[Profiles, DueProfiles],
) -> None:
    profiles, due_profiles = both
    same_shard = [f"user:{n}" for n in range(100) if shard_of(f"user:{n}") == 5]
    for minutes, key in zip((7, 3, 90), same_shard, strict=False):
        profiles.save(Changes((Profile(key, due_at=NOON + timedelta(minutes=minutes)),)), at=NOON)

    soon = due_profiles.due(5, behind(NOON), behind(NOON + timedelta(minutes=10)), 100)
    assert [(one.key, instant(one.place)) for one in soon] == [
        (same_shard[1], NOON + timedelta(minutes=3)),
        (same_shard[0], NOON + timedelta(minutes=7)),
    ]
    assert due_profiles.due(5, behind(NOON), behind(NOON + timedelta(minutes=10)), 1) == soon[:1]
    assert due_profiles.is_waiting(5, soon[0].place)

    profiles.save(Changes((Profile(same_shard[1], version=1),)), at=NOON)
    assert due_profiles.due(5, behind(NOON), behind(NOON + timedelta(minutes=10)), 100) == soon[1:]
    assert not due_profiles.is_waiting(5, soon[0].place)


def test_what_lies_up_to_a_place_is_not_read_again(both: tuple[Profiles, DueProfiles]) -> None:
    """A crowd that is due at one instant, page by page."""
    profiles, due_profiles = both
    crowd = [f"user:{n}" for n in range(60)]
    for key in crowd:
        profiles.save(Changes((Profile(key, due_at=NOON),)), at=NOON - timedelta(days=1))
    read: list[str] = []
    for shard in range(SHARDS):
        after = behind(NOON - timedelta(minutes=1))
        while page := due_profiles.due(shard, after, behind(NOON), 3):
            assert len(page) <= 3
            read += [one.key for one in page]
            after = page[-1].place
    assert sorted(read) == sorted(crowd)


@pytest.mark.parametrize(
    ("after", "until", "found"),
    [
        (timedelta(milliseconds=-1), timedelta(), True),
        (timedelta(), timedelta(minutes=3), False),
        (timedelta(minutes=-5), timedelta(milliseconds=-1), False),
        (timedelta(), timedelta(), False),
        (timedelta(minutes=1), timedelta(), False),
    ],
)
def test_a_range_begins_behind_one_instant_and_ends_with_the_other(
    both: tuple[Profiles, DueProfiles], after: timedelta, until: timedelta, found: bool
) -> None:
    profiles, due_profiles = both
    profiles.save(Changes((Profile("user:ann", due_at=NOON),)), at=NOON - timedelta(days=1))
    assert bool(due_between(due_profiles, behind(NOON + after), behind(NOON + until))) is found


def test_of_a_crowd_due_at_once_only_so_many_are_read_as_are_asked_for(table: str) -> None:
    for n in range(100):
        at = NOON + timedelta(milliseconds=n)
        DynamoProfiles(table).save(Changes((Profile(f"user:{n}", due_at=at),)), at=NOON - timedelta(days=1))
    read: list[int] = []
    client("dynamodb").meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["Count"])
    )

    due_between(DynamoDueProfiles(table), behind(NOON), behind(NOON + timedelta(minutes=1)), 3)
    assert sum(read) <= 3 * SHARDS


@pytest.mark.parametrize(
    ("due_in", "found_in"),
    [
        (timedelta(hours=-5), timedelta(seconds=1)),
        (timedelta(), timedelta(seconds=1)),
        (timedelta(microseconds=1), timedelta(milliseconds=1)),
        (timedelta(milliseconds=1), timedelta(milliseconds=1)),
    ],
)
def test_what_is_overdue_is_indexed_where_the_sweep_still_comes_by(
    both: tuple[Profiles, DueProfiles], due_in: timedelta, found_in: timedelta
) -> None:
    profiles, due_profiles = both
    profiles.save(Changes((Profile("user:late", due_at=NOON + due_in),)), at=NOON)
    [late] = due_between(due_profiles, behind(NOON), behind(NOON + timedelta(minutes=1)))
    assert (late.key, instant(late.place)) == ("user:late", NOON + found_in)


def test_a_due_time_that_stays_keeps_its_place_in_the_index() -> None:
    due = NOON + timedelta(minutes=30)
    assert place("user:ann", due) == place("user:ann", due)
    assert bucket(shard_of("user:ann"), due).startswith("2026-11-21T12:30#")


def test_people_indexed_by_an_older_version_are_found(table: str) -> None:
    """Their place is the instant alone."""
    at = "2026-11-21T12:00:00.000Z"
    client("dynamodb").put_item(
        TableName=table,
        Item={"pk": {"S": "user:old"}, "due_bucket": {"S": "2026-11-21T12:00#0"}, "due_at": {"S": at}},
    )
    due_profiles = DynamoDueProfiles(table)
    [old] = due_profiles.due(0, behind(NOON - timedelta(minutes=1)), behind(NOON), 10)
    assert (old, instant(old.place)) == (DueProfile("user:old", at), NOON)
    assert due_profiles.due(0, old.place, behind(NOON), 10) == []


CLAIMED = NOON + timedelta(seconds=50)


def test_how_far_the_rounds_have_come_is_kept(both: tuple[Profiles, DueProfiles]) -> None:
    _, due_profiles = both
    first = due_profiles.claim(NOON, CLAIMED, NOON - timedelta(minutes=10))
    assert first == Progress.starting(NOON - timedelta(minutes=10))._replace(version=1)
    reached = first._replace(
        shards=tuple(ShardProgress(place(f"user:{n}", NOON), behind(NOON)) for n in range(SHARDS)),
        samples=((3, place("user:ann", NOON)),),
        sampled_at=NOON,
    )
    due_profiles.save(reached, None)
    assert due_profiles.claim(NOON, CLAIMED, NOON) == reached._replace(version=2)


def test_one_round_is_at_work_until_it_is_done_or_taken_for_dead(both: tuple[Profiles, DueProfiles]) -> None:
    _, due_profiles = both
    claimed = due_profiles.claim(NOON, CLAIMED, NOON)
    assert claimed is not None
    due_profiles.save(claimed, CLAIMED)
    assert due_profiles.claim(CLAIMED - timedelta(milliseconds=1), CLAIMED, NOON) is None
    assert due_profiles.claim(CLAIMED, CLAIMED + timedelta(minutes=1), NOON) is not None
    with pytest.raises(VersionConflict):
        due_profiles.save(claimed, None)


def test_two_rounds_that_claim_at_once_are_one(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read that nobody is at work."""
    due_profiles = DynamoDueProfiles(table)
    read = client("dynamodb").get_item(TableName=table, Key={"pk": {"S": "#sweep"}})
    assert due_profiles.claim(NOON, CLAIMED, NOON) is not None
    monkeypatch.setattr(client("dynamodb"), "get_item", lambda **_: read)
    assert due_profiles.claim(NOON, CLAIMED, NOON) is None


def test_the_cursor_of_an_older_version_is_gone_on_with(table: str) -> None:
    at = "2026-11-21T11:58:00.000Z"
    client("dynamodb").put_item(TableName=table, Item={"pk": {"S": "#sweep"}, "cursor": {"S": at}})
    claimed = DynamoDueProfiles(table).claim(NOON, CLAIMED, NOON)
    assert claimed == Progress.starting(NOON - timedelta(minutes=2))._replace(version=1)


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
