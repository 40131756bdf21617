"""Histories are the same for the same seed, large enough to meet something, and mean what they say of themselves."""

from __future__ import annotations

import statistics
from datetime import timedelta

import pytest

from simulation.campaign.history.drawing import draw
from simulation.campaign.history.hostile import CROWDS, SHAPES
from simulation.campaign.history.model import History, Said
from simulation.campaign.oracle.answers import accepted
from simulation.campaign.oracle.truth import MOST_AHEAD
from tests.fakes.collect_stage import Stage, answered

SEEDS = range(40)


def must_be_accepted(said: Said) -> bool:
    return said.is_sound and said.ahead < MOST_AHEAD


def test_the_same_seed_draws_the_same_history() -> None:
    assert draw(3) == draw(3)
    assert draw(3) != draw(4)


def test_a_history_has_many_events_and_people_in_the_median() -> None:
    histories = [draw(seed) for seed in SEEDS]
    assert statistics.median(history.events for history in histories) >= 80
    assert statistics.median(len(history.people) for history in histories) >= 8


def test_every_hostile_shape_and_every_protocol_is_drawn() -> None:
    histories = [draw(seed) for seed in range(100)]
    assert len(
        {person.about for one in histories for person in one.people if person.certainty == "bounds"}
    ) == len(SHAPES) + len(CROWDS)
    assert len({request.protocol for one in histories for request in one.requests}) == 5


@pytest.mark.parametrize("seed", range(12))
def test_what_clients_write_means_what_the_history_says(seed: int) -> None:
    """The real stage reads every protocol. A slow clock may be corrected by what a request took, which is nothing
    here."""
    history = draw(seed)
    stage = Stage(history.workspace)
    for request in history.requests:
        stage.wait((request.at - stage.now).total_seconds())
        answer = stage.handled("POST", request.path, request.body, dict(request.headers), api="http")
        kept = accepted(request.protocol, answer["statusCode"], answer["body"].encode(), len(request.said))
        assert kept is not None
        assert all(kept[at] for at, said in enumerate(request.said) if must_be_accepted(said)), answered(
            answer
        )
        _means(history, request.number, stage, kept)
        stage.stream.entries.clear()


def _means(history: History, number: int, stage: Stage, kept: tuple[bool, ...]) -> None:
    request = history.requests[number]
    came = [event for record in stage.records for event in record.events]
    said = [one for at, one in enumerate(request.said) if kept[at]]
    assert len(came) == len(said)
    by_id = {event.properties.get("n") or event.id: event for event in came}
    for one in said:
        event = by_id.get(one.marker) if one.has_id or one.type == "track" else None
        if event is None:
            continue
        assert (event.type, event.name) == (one.type, one.name)
        assert event.identities[0] == one.key
        assert {trait: event.traits[trait] for trait in one.traits} == one.traits
        at = one.at or stage.now
        assert abs(min(event.occurred_at, stage.now) - at) < timedelta(seconds=1)
