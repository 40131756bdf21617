"""Ids that were forgotten, chains of pointers and crowds: each stays within its bounds and harms nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.process.arrivals import LONGEST_KEY
from functions.process.people.changes import MOST_ITEMS, MOST_MARKS
from functions.process.people.stored import MOST_HOPS, MOST_UNKNOWN
from shared.events import Event
from shared.fold import fold
from shared.fold.formats.envelope import encoded
from shared.fold.outcome import Outcome
from shared.fold.parts.identities import REMEMBERED
from shared.fold.profile import Changes, Pointer, Profile, mark_key
from shared.records import RETENTION
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event


def alias(user: str, previous: str) -> dict[str, Any]:
    return event("alias", type="alias", user=user, previous_id=previous)


def visits(stage: Stage, count: int, user: str = "u1") -> None:
    """The user comes with so many anonymous ids, one after the other."""
    for n in range(count):
        stage.deliver(stage.record(event("View Item", user=user, anonymous=f"a{n}")))


def chain(stage: Stage, length: int) -> None:
    """Pointers of so many hops, as older versions left them: `user:c0` → `user:c1` → … → a person."""
    stage.profiles.save(Changes((Profile(f"user:c{length}"),)), at=NOON)
    for n in range(length):
        stage.profiles.save(Changes(pointers=(Pointer(f"user:c{n}", f"user:c{n + 1}"),)), at=NOON)


def longest_transaction(stage: Stage) -> list[int]:
    """Sizes of the saves from now on."""
    sizes: list[int] = []

    def note(changes: Changes) -> None:
        sizes.append(len(changes.profiles) + len(changes.pointers))
        stage.profiles.before_save = note

    stage.profiles.before_save = note
    return sizes


# ids that were forgotten


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


def test_aliases_in_a_chain_within_one_batch_join_each_person_once() -> None:
    stage = Stage()
    for user in ("a", "b", "c"):
        stage.deliver(stage.record(event("View Item", user=user)))

    stage.deliver(*(stage.record(alias(*pair)) for pair in ("ba", "cb", "ca")))

    assert stage.counted("user:c", "View Item") == 3
    assert sorted(stage.profiles.person("user:a").absorbed) == ["user:a", "user:b"]


# chains and circles of pointers


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


# what is saved together


def logins(stage: Stage, user: str, count: int, first: int = 0) -> LambdaRecord:
    """One record of the user, with so many anonymous ids that nobody had before."""
    ids = [f"{user}-{first + n}" for n in range(count)]
    return stage.record(*(event("Search", user=user, anonymous=anonymous) for anonymous in ids))


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


# how much is remembered of the stream


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
