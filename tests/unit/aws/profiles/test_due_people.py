"""Who is due, on moto and the fake: soonest first, from one instant to another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.aws.clients import client
from shared.aws.tables.due_profiles import DynamoDueProfiles
from shared.aws.tables.profiles import DynamoProfiles
from shared.fold.profile import Changes, Profile
from shared.people.due import (
    SHARDS,
    DueProfile,
    behind,
    bucket,
    instant,
    place,
    shard_of,
)
from shared.ports.people import DueProfiles, Profiles
from tests.fakes.folding import NOON


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
