"""What most people's profiles cost to write: two units, with the events that ride in the item and with its outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest

from benchmarks import stream
from benchmarks.process import EVENT_BYTES, NOW, past, stage
from benchmarks.shop import shoppers
from shared import identity
from shared.fold.parts.duplicates.ring import WIDTH
from shared.fold.profile import Profile
from simulation.aws.dynamodb.values import Item, item_bytes
from simulation.billing.units import WRITE_BYTES
from simulation.contents import PROFILES

UNITS, COUNTERS, REMEMBERED = 2, 15, 100
PEOPLE = 30


class Stored(NamedTuple):
    profile: Profile
    item: Item


@pytest.fixture(scope="module")
def typical() -> list[Stored]:
    """People with a past of three sessions, who did one thing more just now, as it is announced; the bytes are those of
    DynamoDB's own protocol."""
    with stage() as (aws, process):
        past(process.profiles, PEOPLE)
        everybody = shoppers(PEOPLE, "now")
        at = NOW - timedelta(seconds=1)
        process.batch([one for each in everybody for one in stream.request([each.does(at, EVENT_BYTES)], at)])
        keys = [identity.key("user", one.user_id) for one in everybody]
        found = process.profiles.load(keys)
        return [
            Stored(profile, item)
            for key, profile in found.items()
            if isinstance(profile, Profile) and (item := aws.account.dynamodb[PROFILES].get(key)) is not None
        ]


def remembered(profile: Profile) -> int:
    return sum(len(hashes) // WIDTH for hashes in profile.states.duplicates.hours.values())


def test_they_have_counters_remembered_ids_a_device_a_session_and_an_outbox(typical: list[Stored]) -> None:
    assert len(typical) == PEOPLE
    for profile, _ in typical:
        assert len(profile.states.counters.events) >= COUNTERS
        assert remembered(profile) >= REMEMBERED
        assert len(profile.states.devices.known) == 1
        assert profile.states.sessions.current is not None
        assert profile.outbox


def test_events_ride_in_their_items(typical: list[Stored]) -> None:
    assert all(profile.recent for profile, _ in typical)


def test_a_typical_known_profile_costs_two_write_units_with_what_rides_in_it_and_its_outbox(
    typical: list[Stored],
) -> None:
    sizes = [item_bytes(item) for _, item in typical]
    assert max(sizes) <= UNITS * WRITE_BYTES
