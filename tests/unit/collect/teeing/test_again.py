"""What the client sends again, and what goes on of it: once, and after it is stored."""

from __future__ import annotations

import pytest

from simulation.ports.faults import Died
from tests.fakes.collect_stage import (
    Stage,
    purchase,
)
from tests.unit.collect.teeing.shop import METERED, PLAIN, TEED


def test_what_the_client_sends_again_anyway_is_forwarded_when_it_does(stage: Stage) -> None:
    assert stage.batch(purchase(), key=METERED).status == 200
    assert stage.batch(purchase(messageId="m2"), key=METERED).status == 429
    stage.wait(2)
    assert stage.batch(purchase(messageId="m2"), key=METERED).status == 200
    assert len(stage.tee.requests) == 2

    stage.stream.item_faults.planned.append("all")
    assert stage.batch(purchase(), key=TEED).status == 503
    assert len(stage.tee.requests) == 2


def test_503_in_the_formats_own_shape_when_the_queue_does_not_take_it(stage: Stage) -> None:
    stage.tee.failing = True
    answer = stage.batch(purchase(), key=TEED)
    assert (answer.status, answer.body["code"]) == (503, "not_stored")
    assert "retry-after" in answer.headers

    stage.tee.failing = False
    assert stage.batch(purchase(), key=TEED, headers={"x-retry-count": "1"}).status == 200
    assert len(stage.tee.requests) == 1
    assert {event.id for event in stage.events} == {"m1"}


def test_a_source_without_a_tee_does_not_notice_that_the_queue_is_down(stage: Stage) -> None:
    stage.tee.failing = True
    assert stage.batch(purchase(), key=PLAIN).status == 200


def test_events_are_stored_before_they_are_forwarded(stage: Stage) -> None:
    stage.batch(purchase(), None, key=TEED)
    assert stage.faults.made == ["stream.put", "rejected.put", "tee.put"]


@pytest.mark.parametrize("died_after", [1, 2, 3])
def test_whatever_call_it_dies_after_the_clients_retry_brings_it_to_the_vendor(
    stage: Stage, died_after: int
) -> None:
    stage.faults.die_after = died_after
    with pytest.raises(Died):
        stage.batch(purchase(), None, key=TEED)
    stage.restart()
    assert stage.batch(purchase(), None, key=TEED).status == 200
    assert len(stage.tee.requests) == (2 if died_after == 3 else 1)
