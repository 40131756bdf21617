"""Traffic is what a rate says, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.cost import usage as simulation
from cli.cost.traffic import Arriving, Load, requests
from cli.cost.usage import HEEDED, MOST_RECORDS, usage
from infra.settings.changed import as_written
from infra.settings.stages import TARGETS
from tests.unit.cost.test_bill import MEASURED

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


@pytest.mark.parametrize("window", [1, 300])
@pytest.mark.parametrize("shards", [None, 1, 10_000])
@pytest.mark.parametrize("per_request", [1, 300])
@pytest.mark.parametrize("rate", [0.01, 801, 20_000, 1_000_000])
def test_whatever_the_load_and_the_settings_few_records_are_simulated(
    rate: float, per_request: int, shards: int | None, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of settings that have no room for the load it was millions, and took minutes."""
    records = 0

    def counted(load: Load, seconds: float) -> Iterator[Arriving]:
        nonlocal records
        for request in requests(load, seconds):
            records += len(set(request.persons))
            assert records <= MOST_RECORDS * 1.1
            yield request

    monkeypatch.setattr(simulation, "requests", counted)
    changes = {"stream_shards": shards, "stream_window_seconds": window}
    settings = {**as_written(TARGETS["prod"]), **changes}

    simulation._usage.__wrapped__(
        Load(rate, per_request, "anybody"), tuple(settings[name] for name in HEEDED), MEASURED
    )


def test_a_shard_that_has_more_than_it_takes_is_as_busy_as_it_would_have_to_be() -> None:
    settings = {**as_written(TARGETS["prod"]), "stream_shards": 1}
    full, beyond = (usage(Load(rate, 20, "anybody"), settings, MEASURED) for rate in (1_000, 20_000))

    assert beyond.lane_busy == pytest.approx(20 * full.lane_busy, rel=0.1)
    assert beyond.invocations["process"] == pytest.approx(full.invocations["process"], rel=0.1)
