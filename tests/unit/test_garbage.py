"""Python looks for circles of objects seldom while batches are processed, and still finds them all."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from shared.garbage import YOUNG, look_seldom


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


class Circle:
    alive = 0

    def __init__(self) -> None:
        self.itself = self
        Circle.alive += 1

    def __del__(self) -> None:
        Circle.alive -= 1


def looks() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def test_what_a_batch_holds_is_not_looked_over_while_it_is_made() -> None:
    look_seldom()
    before = looks()
    held = [[number] for number in range(YOUNG // 2)]
    assert looks() == before
    assert len(held) == YOUNG // 2


def test_circles_never_fill_the_memory() -> None:
    look_seldom()
    most = 0
    for _ in range(3 * YOUNG):
        Circle()
        most = max(most, Circle.alive)
    assert 0 < most <= YOUNG


def test_what_is_alive_at_the_start_is_not_looked_over_again() -> None:
    look_seldom()
    assert gc.get_freeze_count() > 1_000
