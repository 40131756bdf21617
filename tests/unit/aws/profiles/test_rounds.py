"""How far the sweep's rounds have come, on moto and the fake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.aws.clients import client
from shared.aws.tables.due_profiles import DynamoDueProfiles
from shared.failures import VersionConflict
from shared.fold.profile import Changes, Profile
from shared.people.due import (
    SHARDS,
    Progress,
    ShardProgress,
    behind,
    place,
)
from shared.ports.people import DueProfiles, Profiles
from tests.fakes.folding import NOON

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


def test_the_claim_of_a_round_whose_clock_was_wrong_keeps_nobody_waiting(
    both: tuple[Profiles, DueProfiles],
) -> None:
    _, due_profiles = both
    tomorrow = CLAIMED + timedelta(days=1)
    assert due_profiles.claim(NOON + timedelta(days=1), tomorrow, NOON) is not None
    assert due_profiles.claim(NOON, CLAIMED, NOON) is not None


def test_the_first_round_starts_before_whoever_is_due_soonest(both: tuple[Profiles, DueProfiles]) -> None:
    """Once: what becomes due later, or is in the past, is for the rounds that follow."""
    profiles, due_profiles = both
    for hours in (2, 30, 1):
        due = Profile(f"user:{hours}", due_at=NOON - timedelta(hours=hours))
        profiles.save(Changes((due,)), at=NOON - timedelta(days=2))
    soonest = NOON - timedelta(hours=30, milliseconds=1)
    claimed = due_profiles.claim(NOON, CLAIMED, NOON - timedelta(minutes=10))
    assert claimed == Progress.starting(soonest)._replace(version=1)
    assert due_profiles.soonest(NOON) == soonest
    due_profiles.save(claimed, None)
    late = Profile("user:late", due_at=NOON - timedelta(days=9))
    profiles.save(Changes((late,)), at=NOON - timedelta(days=10))
    assert due_profiles.claim(NOON, CLAIMED, NOON) == claimed._replace(version=2)


def test_whoever_is_due_later_than_the_first_look_does_not_shorten_it(
    both: tuple[Profiles, DueProfiles],
) -> None:
    profiles, due_profiles = both
    profiles.save(Changes((Profile("user:ann", due_at=NOON),)), at=NOON - timedelta(minutes=5))
    first = NOON - timedelta(minutes=10)
    assert due_profiles.claim(NOON, CLAIMED, first) == Progress.starting(first)._replace(version=1)


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
