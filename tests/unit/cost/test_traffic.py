"""Traffic is what a rate says, and the same for the same seed."""

from __future__ import annotations

import pytest

from cli.cost.traffic import Load, requests

LOAD = Load(rate=100, per_request=20, people="anybody")


def test_events_come_at_the_rate() -> None:
    events = sum(len(request.persons) for request in requests(LOAD, 600))
    assert events == pytest.approx(60_000, rel=0.05)


def test_a_request_has_events_of_one_person_or_of_anybody() -> None:
    of_one = [set(request.persons) for request in requests(Load(100, 20, "one"), 60)]
    assert {len(persons) for persons in of_one} == {1}
    assert len(set.union(*of_one)) > 200

    of_anybody = [set(request.persons) for request in requests(LOAD, 60)]
    assert min(map(len, of_anybody)) > 15


def test_the_rate_says_how_many_people_are_active() -> None:
    assert [Load(rate, 20, "one").active for rate in (100, 1_000, 0.01)] == [909, 9_091, 1]
    assert max(person for request in requests(LOAD, 60) for person in request.persons) < LOAD.active


def test_the_same_seed_is_the_same_traffic() -> None:
    assert list(requests(LOAD, 5)) == list(requests(LOAD, 5))
    assert list(requests(LOAD, 5)) != list(requests(LOAD, 5, seed=2))
