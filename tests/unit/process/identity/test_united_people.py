"""People whom records unite stay within one save, in order, and harm nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.process.arrivals import LONGEST_KEY
from functions.process.people.retention import MOST_MARKS
from functions.process.people.saves import MOST_ITEMS
from shared.events import Event
from shared.fold import fold
from shared.fold.formats.envelope import encoded
from shared.fold.outcome import Outcome
from shared.fold.profile import Profile, mark_key
from tests.fakes.process_stage import NOON, Stage, event
from tests.unit.process.identity.records import alias, logins, longest_transaction


@pytest.mark.parametrize("length", [LONGEST_KEY - 1, LONGEST_KEY, LONGEST_KEY + 1])
@pytest.mark.parametrize("character", ["x", "\N{GRINNING FACE}"])
def test_a_record_that_names_an_id_no_table_takes_is_put_aside(character: str, length: int) -> None:
    """The fake refuses such keys as DynamoDB does, together with all others of the call."""
    stage = Stage()
    stage.deliver(
        stage.record(alias("u1", character * (length - len("anonymous:")))),
        stage.record(event("Search", user="neighbour")),
    )

    assert len(stage.dead_letters.letters) == (length > LONGEST_KEY)
    assert stage.counted("user:neighbour", "Search") == 1


def test_a_record_without_a_key_is_put_aside() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("Search"), key=""), stage.record(event("Search", user="neighbour")))

    assert len(stage.dead_letters.letters) == 1
    assert stage.counted("user:neighbour", "Search") == 1


@pytest.mark.parametrize("count", [44, 45, 46])
def test_records_united_by_a_third_one_are_never_more_than_a_transaction_holds(count: int) -> None:
    stage = Stage()
    for user in ("u1", "u2", "u3"):
        stage.deliver(stage.record(event("View Item", user=user)))
    crowds = [logins(stage, user, count) for user in ("u1", "u2", "u3")]
    sizes = longest_transaction(stage)

    stage.deliver(
        *crowds,
        stage.record(alias("u1", "u2")),
        stage.record(alias("u3", "u1")),
        stage.record(event("Search", user="u2")),
        stage.record(event("Search", user="neighbour")),
    )

    assert max(sizes) <= MOST_ITEMS
    assert not stage.dead_letters.letters
    searches = sum(
        stage.counted(user, "Search") for user in {stage.profiles.person(f"user:u{n}").key for n in (1, 2, 3)}
    )
    assert searches == 3 * count + 1
    assert stage.counted("user:neighbour", "Search") == 1


def test_records_of_one_key_stay_in_order_when_their_turn_comes_later() -> None:
    stage = Stage()
    crowds = [logins(stage, user, 45) for user in ("u1", "u2")]
    more = logins(stage, "u3", 45)
    plans = ("free", "silver", "gold")

    stage.deliver(
        *crowds,
        more,
        stage.record(alias("u1", "u2")),
        stage.record(alias("u3", "u1")),
        *(
            stage.record(event("identify", type="identify", user="u3", traits={"plan": plan}))
            for plan in plans
        ),
    )

    assert stage.profiles.person("user:u3").states.traits.values == {"plan": "gold"}


UNITED = 46 + 46 + 1
"""Items of two users who named 45 new ids each, and of the alias that says they are one, which may mean a visitor."""


@pytest.mark.parametrize("count", [MOST_ITEMS - 1, MOST_ITEMS, MOST_ITEMS + 1])
def test_a_save_is_filled_to_the_last_item(count: int) -> None:
    stage = Stage()
    more = count - UNITED
    records = [
        *(logins(stage, user, 45) for user in ("u1", "u2")),
        stage.record(alias("u1", "u2")),
        logins(stage, "u1", more, first=100),
    ]
    sizes = longest_transaction(stage)

    stage.deliver(*records)

    assert sizes == ([count] if count <= MOST_ITEMS else [UNITED, more + 1])
    assert stage.counted("user:u1", "Search") == 90 + more


@pytest.mark.parametrize("key", ["user:u1", "anonymous:u1-0"])
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_record_put_aside_does_not_take_along_those_before_it_whose_turn_comes_later(
    monkeypatch: pytest.MonkeyPatch, key: str, before: int
) -> None:
    stage = Stage()
    monkeypatch.setattr("functions.process.people.changes.fold", _breaking_on("Boom"))
    crowds = [logins(stage, "u1", 45, first=45 * n) for n in range(3)]

    boom = stage.record(event("Boom"), key=key)
    records = [*crowds[:before], boom, *crowds[before:], stage.record(event("Search"))]
    for number, record in enumerate(records):
        record["kinesis"]["sequenceNumber"] = str(number + 1)

    stage.deliver(*records)

    assert stage.counted("user:u1", "Search") == 3 * 45 + 1
    assert stage.counted("user:u1", "Boom") == 0
    assert len(stage.dead_letters.letters) == 1


def _breaking_on(name: str) -> Callable[..., Outcome]:
    """A bug in the fold that only records with this event meet."""

    def broken(person: Profile, events: Sequence[Event], *rest: Any, **named: Any) -> Outcome:
        if any(event.name == name for event in events):
            raise ZeroDivisionError
        return fold(person, events, *rest, **named)

    return broken


@pytest.mark.parametrize(("more", "saves"), [(-1, 2), (0, 1), (1, 1)])
def test_people_together_too_large_for_a_save_are_joined_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, more: int, saves: int
) -> None:
    """Two visitors join by two records. What they may take together is as much as they do, a byte more or less."""
    stage = Stage()
    for n in range(2):
        stage.deliver(stage.record(event("View Item", user=None, anonymous=f"v{n}")))
    size = sum(len(encoded(stage.profiles.person(f"anonymous:v{n}"))) for n in range(2))
    monkeypatch.setattr("functions.process.people.changes.MOST_BYTES", size + more)
    sizes = longest_transaction(stage)

    stage.deliver(*(stage.record(event("Search", anonymous=f"v{n}")) for n in range(2)))

    assert len(sizes) == saves
    assert stage.counted("user:u1", "View Item") == 2
    assert stage.counted("user:u1", "Search") == 2


@pytest.mark.parametrize(("more", "joined"), [(-1, 1), (0, 2), (1, 2)])
def test_of_people_whom_one_record_joins_as_many_are_joined_as_a_save_holds(
    monkeypatch: pytest.MonkeyPatch, more: int, joined: int
) -> None:
    """The others join at their next event."""
    stage = Stage()
    monkeypatch.setattr("functions.process.people.changes.JOINS_PER_RECORD", 2)
    for n in range(2):
        stage.deliver(stage.record(event("View Item", user=None, anonymous=f"v{n}")))
    size = sum(len(encoded(stage.profiles.person(f"anonymous:v{n}"))) for n in range(2))
    monkeypatch.setattr("functions.process.people.changes.MOST_BYTES", size + more)

    stage.deliver(stage.record(*(event("Search", anonymous=f"v{n}") for n in range(2))))
    assert stage.counted("user:u1", "View Item") == joined
    assert stage.counted("user:u1", "Search") == 2

    stage.deliver(stage.record(event("Search", anonymous="v1")))
    assert stage.counted("user:u1", "View Item") == 2


@pytest.mark.parametrize("count", [MOST_MARKS - 2, MOST_MARKS - 1, MOST_MARKS, 3 * MOST_MARKS])
def test_ids_that_anybody_can_join_to_somebody_and_then_use_do_not_swell_their_profile(count: int) -> None:
    """First each is named with the user, then each alone, which is a partition key of its own."""
    stage = Stage()
    for n in range(count):
        stage.deliver(stage.record(event("Search", anonymous=f"a{n}"), trust="browser"))
    for n in range(count):
        at = NOON + timedelta(seconds=n)
        alone = stage.record(event("Search", user=None, anonymous=f"a{n}"), at=at, trust="browser")
        for _ in range(2):
            stage.deliver(alone)

    person = stage.profiles.person("user:u1")
    assert stage.counted("user:u1", "Search") == 2 * count
    assert len(person.seen) == min(count + 1, MOST_MARKS)
    assert {mark_key("user:u1"), mark_key(f"anonymous:a{count - 1}")} <= person.seen.keys()
    assert (mark_key("anonymous:a0") in person.seen) is (count < MOST_MARKS)
