"""Ids that were forgotten and are named again: still theirs, and joined once."""

from __future__ import annotations

import pytest

from shared.fold.parts.identities import REMEMBERED
from tests.fakes.process_stage import Stage, event
from tests.unit.process.identity.records import alias, visits


@pytest.mark.parametrize("count", [REMEMBERED - 2, REMEMBERED - 1, REMEMBERED])
def test_an_id_that_is_forgotten_and_named_again_in_one_record_is_still_theirs(count: int) -> None:
    stage = Stage()
    visits(stage, count)

    stage.deliver(
        stage.record(event("Search", anonymous="new"), event("Search", anonymous="a0")),
        stage.record(event("Search", user="neighbour")),
    )

    assert stage.counted("user:u1", "Search") == 2
    assert stage.counted("user:neighbour", "Search") == 1
    assert stage.profiles.person("anonymous:a0").key == "user:u1"


def test_an_id_that_is_forgotten_and_named_again_in_one_batch_is_still_theirs() -> None:
    stage = Stage()
    visits(stage, REMEMBERED)

    stage.deliver(
        *(stage.record(event("Search", anonymous=f"new{n}")) for n in range(3)),
        *(stage.record(event("Search", anonymous=f"a{n}")) for n in range(3)),
    )

    assert stage.counted("user:u1", "Search") == 6
    assert not stage.dead_letters.letters


def test_an_id_forgotten_by_somebody_who_then_joined_another_is_that_others() -> None:
    stage = Stage()
    visits(stage, REMEMBERED, user="old")

    stage.deliver(
        stage.record(event("Search", user="old", anonymous="new")),
        stage.record(alias("u1", "old")),
        stage.record(event("Search", user="u1", anonymous="a0")),
    )

    assert stage.profiles.person("anonymous:a0").key == "user:u1"
    assert stage.counted("user:u1", "Search") == 2
    assert stage.counted("user:u1", "View Item") == REMEMBERED


def test_long_ids_joined_and_forgotten_within_one_record_join_once() -> None:
    """Forty ids of 20 characters do not fit what is remembered: the first are forgotten before the last come."""
    stage = Stage()
    long = [f"{n:03}" + "x" * 17 for n in range(40)]
    for anonymous in long:
        stage.deliver(stage.record(event("View Item", user=None, anonymous=anonymous)))

    named = [*long, *long]
    stage.deliver(stage.record(*(event("Search", anonymous=anonymous) for anonymous in named)))

    assert stage.counted("user:u1", "View Item") == 40
    assert stage.counted("user:u1", "Search") == 80


# nobody joins twice
def test_somebody_reached_by_two_ids_of_one_record_joins_once() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("Search", user="b")))
    stage.deliver(stage.record(alias("a", "b")))
    visits(stage, REMEMBERED, user="a")  # by now `b` is forgotten, and only its pointer says whose it is

    stage.deliver(stage.record(alias("u1", "a"), alias("u1", "b")))

    assert stage.counted("user:u1", "View Item") == REMEMBERED
    assert stage.counted("user:u1", "Search") == 1
    assert stage.profiles.person("user:u1").absorbed == ("user:a", "user:b")
