"""Each id of a batch is read so often at most, and its place remembered so long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.process.people.retention import MOST_MARKS
from functions.process.people.stored import MOST_UNKNOWN
from shared.fold.profile import mark_key
from shared.records import RETENTION
from tests.fakes.process_stage import NOON, Stage, event
from tests.unit.process.identity.records import logins, longest_transaction


def test_the_places_of_one_batch_are_remembered_until_the_next_one() -> None:
    stage = Stage()
    ids = [f"a{n}" for n in range(MOST_MARKS + 10)]
    stage.deliver(*(stage.record(event("Search", anonymous=name)) for name in ids))
    batch = [stage.record(event("Search", user=None, anonymous=name)) for name in ids]

    for _ in range(2):
        stage.deliver(*batch)
        stage.restart()
    assert stage.counted("user:u1", "Search") == 2 * len(ids)

    stage.deliver(stage.record(event("Search")))
    assert len(stage.profiles.person("user:u1").seen) == MOST_MARKS


# how much is read
@pytest.mark.parametrize("records", [1, 10, 40])
def test_however_many_ids_somebody_names_in_a_batch_each_is_read_twice_at_most(records: int) -> None:
    """And whoever is beside them is saved in the first round."""
    stage = Stage()
    read: list[str] = []
    stage.profiles.before_load = read.extend
    sizes = longest_transaction(stage)
    crowd = [logins(stage, "u1", 45, first=45 * n) for n in range(records)]

    stage.deliver(*crowd, stage.record(event("Search", user="neighbour")))

    ids = [key for key in read if key.startswith("anonymous:u1-")]
    assert len(set(ids)) == 45 * records
    assert len(ids) <= 2 * 45 * records
    assert stage.counted("user:u1", "Search") == 45 * records
    assert 1 in sizes[:2]


@pytest.mark.parametrize(
    ("count", "read"),
    [(MOST_UNKNOWN - 1, MOST_UNKNOWN - 1), (MOST_UNKNOWN, MOST_UNKNOWN), (MOST_UNKNOWN + 1, 190)],
)
def test_ids_are_read_up_to_the_limit_and_beyond_it_in_the_next_round(count: int, read: int) -> None:
    stage = Stage()
    loads: list[int] = []
    stage.profiles.before_load = lambda keys: loads.append(sum(key.startswith("anonymous:") for key in keys))
    first, second = logins(stage, "u1", 190), logins(stage, "u1", count - 190, first=1000)

    stage.deliver(first, second)

    assert loads[:2] == [0, read]
    assert stage.counted("user:u1", "Search") == count


def test_ids_of_others_that_every_record_names_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.process.people.stored.MOST_UNKNOWN", 1)
    stage = Stage()
    stage.deliver(stage.record(event("View Item", user="u1", anonymous="shared")))
    loads = stage.faults.made.count("profiles.load")
    stage.deliver(*(stage.record(event("Search", user="u2", anonymous="shared")) for _ in range(9)))
    assert stage.faults.made.count("profiles.load") == loads + 3  # whose the id is, too
    assert stage.counted("user:u2", "Search") == 9


# what is remembered of records
@pytest.mark.parametrize(("late", "kept"), [(-1, True), (0, True), (1, False)])
def test_the_place_of_a_key_is_remembered_as_long_as_the_stream_keeps_records(
    late: int, *, kept: bool
) -> None:
    stage = Stage()
    stage.deliver(stage.record(event("Search", user=None, anonymous="a1")))
    stage.deliver(stage.record(event("alias", type="alias", previous_id="a1")))

    then = NOON + RETENTION + timedelta(milliseconds=late)
    stage.deliver(stage.record(event("Search"), at=then))

    assert (mark_key("anonymous:a1") in stage.profiles.person("user:u1").seen) is kept
