"""Chains and circles of pointers end with one person, or harm only the record that names them."""

from __future__ import annotations

from typing import Any

import pytest

from functions.process.people.saves import MOST_ITEMS
from functions.process.people.stored import MOST_HOPS
from shared.fold.profile import Changes, Pointer
from tests.fakes.process_stage import NOON, Stage, event
from tests.unit.process.identity.records import alias, chain, longest_transaction


def test_aliases_in_a_chain_within_one_batch_join_each_person_once() -> None:
    stage = Stage()
    for user in ("a", "b", "c"):
        stage.deliver(stage.record(event("View Item", user=user)))

    stage.deliver(*(stage.record(alias(*pair)) for pair in ("ba", "cb", "ca")))

    assert stage.counted("user:c", "View Item") == 3
    assert sorted(stage.profiles.person("user:a").absorbed) == ["user:a", "user:b"]


def test_a_chain_of_aliases_ends_with_one_person_and_holds_up_nobody() -> None:
    stage = Stage()
    for n in range(1, 41):
        stage.deliver(stage.record(event("View Item", user=None, anonymous=f"a{n}")))
    for n in range(2, 41):
        said = event("alias", type="alias", user=None, anonymous=f"a{n}", previous_id=f"a{n - 1}")
        stage.deliver(stage.record(said, trust="browser"))

    stage.deliver(
        stage.record(event("Search", user=None, anonymous="a1")),
        stage.record(event("Search", user="neighbour")),
    )

    assert stage.profiles.person("anonymous:a1").key == "anonymous:a40"
    assert stage.counted("anonymous:a1", "View Item") == 40
    assert stage.counted("anonymous:a1", "Search") == 1
    assert stage.counted("user:neighbour", "Search") == 1


def test_pointers_that_were_followed_lead_to_their_person_at_once_from_then_on() -> None:
    stage = Stage()
    chain(stage, 150)
    sizes = longest_transaction(stage)

    stage.deliver(stage.record(event("Search", user="c0")))

    followed = stage.profiles.load([f"user:c{n}" for n in range(150)]).values()
    direct = [one for one in followed if isinstance(one, Pointer) and one.target == "user:c150"]
    assert sizes == [MOST_ITEMS]
    assert len(direct) == MOST_ITEMS  # but the person is one of the items, and the last pointer did so before
    loads = stage.faults.made.count("profiles.load")
    stage.deliver(stage.record(event("Search", user="c0")))
    assert stage.faults.made.count("profiles.load") == loads + 2
    assert stage.counted("user:c0", "Search") == 2


@pytest.mark.parametrize(("length", "folded"), [(MOST_HOPS - 1, 1), (MOST_HOPS, 1), (MOST_HOPS + 1, 0)])
def test_a_chain_is_followed_so_far_and_beyond_it_only_its_own_record_is_put_aside(
    length: int, folded: int
) -> None:
    stage = Stage()
    chain(stage, length)

    stage.deliver(
        stage.record(event("Search", user="c0")),
        stage.record(event("Search", user="neighbour", anonymous="n1")),
    )

    assert stage.counted(f"user:c{length}", "Search") == folded
    assert len(stage.dead_letters.letters) == 1 - folded
    assert stage.counted("anonymous:n1", "Search") == 1


def test_an_endless_chain_costs_a_batch_no_more_reads_than_the_longest_that_is_followed() -> None:
    stage = Stage()
    chain(stage, 10_000)

    stage.deliver(stage.record(event("Search", user="c0")), stage.record(event("Search", user="neighbour")))

    assert stage.faults.made.count("profiles.load") <= MOST_HOPS + 2
    assert stage.counted("user:neighbour", "Search") == 1


@pytest.mark.parametrize("named", [{"user": "x"}, {"user": "u1", "anonymous": "x"}])
def test_a_circle_of_pointers_harms_only_the_record_that_names_it(named: dict[str, Any]) -> None:
    stage = Stage()
    kind = "user" if named["user"] == "x" else "anonymous"
    keys = [f"{kind}:{name}" for name in "xyz"]
    circle = [Pointer(key, target) for key, target in zip(keys, (*keys[1:], keys[0]), strict=True)]
    stage.profiles.save(Changes(pointers=tuple(circle)), at=NOON)

    stage.deliver(stage.record(event("Search", **named)), stage.record(event("Search", user="neighbour")))

    assert len(stage.dead_letters.letters) == 1
    assert stage.counted("user:neighbour", "Search") == 1
