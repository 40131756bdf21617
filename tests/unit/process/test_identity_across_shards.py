"""Anonymous and known events of one person live on two shards: whatever the order, they end as one person."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from shared.fold.budgets import MOST_KEYS
from shared.fold.formats.envelope import encoded
from shared.fold.profile import HARD
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event, identify, minutes


def histories(stage: Stage) -> tuple[list[LambdaRecord], list[LambdaRecord]]:
    """What one visitor did, as the two shards hold it: before and after they say who they are."""
    anonymous = [
        stage.record(event("View Item", user=None, anonymous="a1", at=NOON)),
        stage.record(event("Add To Cart", user=None, anonymous="a1", at=NOON + minutes(1))),
        stage.record(event("View Item", user=None, anonymous="a1", at=NOON + minutes(4))),
    ]
    known = [
        stage.record(identify(user="u1", anonymous="a1", at=NOON + minutes(2), plan="gold")),
        stage.record(event("Add To Cart", user="u1", anonymous="a1", at=NOON + minutes(3))),
    ]
    return anonymous, known


def interleavings() -> list[tuple[int, ...]]:
    """Every order in which two shards of three and two records can be read: shard numbers."""
    return sorted(set(itertools.permutations((0, 0, 0, 1, 1))))


@pytest.mark.parametrize("order", interleavings())
def test_anonymous_events_belong_to_the_known_person_in_every_order(order: tuple[int, ...]) -> None:
    stage = Stage()
    shards = tuple(map(iter, histories(stage)))

    for shard in order:
        stage.deliver(next(shards[shard]))

    person = stage.profiles.person("user:u1")
    assert person.key == "user:u1"
    assert stage.profiles.person("anonymous:a1").key == "user:u1"
    assert stage.counted("user:u1", "View Item") == 2
    assert stage.counted("user:u1", "Add To Cart") == 2
    assert person.states.counters.events["View Item"].first == NOON
    assert person.states.counters.events["View Item"].last == NOON + minutes(4)
    assert person.states.traits.values == {"plan": "gold"}


@pytest.mark.parametrize("order", interleavings())
@pytest.mark.parametrize(("plans", "last"), [((0, 2, 4), "platinum"), ((0, 4, 2), "gold")])
def test_what_was_said_last_on_either_shard_counts_in_every_order(
    order: tuple[int, ...], plans: tuple[int, int, int], last: str
) -> None:
    """The visitor's silver, then their platinum; the known person's gold: each at its minute."""
    stage = Stage()
    silver, gold, platinum = (NOON + minutes(at) for at in plans)
    visitor: dict[str, Any] = {"type": "identify", "user": None, "anonymous": "a1"}
    shards = tuple(
        map(
            iter,
            (
                [
                    stage.record(event("identify", at=silver, traits={"plan": "silver"}, **visitor)),
                    stage.record(event("View Item", user=None, anonymous="a1", at=NOON + minutes(1))),
                    stage.record(event("identify", at=platinum, traits={"plan": "platinum"}, **visitor)),
                ],
                [
                    stage.record(identify(user="u1", anonymous="a1", at=gold, plan="gold")),
                    stage.record(event("Add To Cart", user="u1", anonymous="a1", at=NOON + minutes(3))),
                ],
            ),
        )
    )

    for shard in order:
        stage.deliver(next(shards[shard]))

    assert stage.profiles.person("user:u1").states.traits.values == {"plan": last}


@pytest.mark.parametrize("anonymous_first", [True, False])
def test_the_other_shard_writing_between_load_and_save_loses_nothing(anonymous_first: bool) -> None:
    stage = Stage()
    (viewed, *_), (identified, *_) = histories(stage)
    outer, inner = (viewed, identified) if anonymous_first else (identified, viewed)
    stage.profiles.before_save = lambda _: stage.deliver(inner)

    stage.deliver(outer)

    assert stage.profiles.person("anonymous:a1").key == "user:u1"
    assert stage.counted("user:u1", "View Item") == 1
    assert stage.counted("user:u1", "identify") == 1


def test_two_logins_on_one_device_stay_two_people() -> None:
    stage = Stage()

    stage.deliver(
        stage.record(event("View Item", user=None, anonymous="a1")),
        stage.record(identify(user="u1", anonymous="a1", name="Ann")),
        stage.record(identify(user="u2", anonymous="a1", name="Bo")),
        stage.record(event("Add To Cart", user="u2", anonymous="a1")),
    )

    assert stage.profiles.person("anonymous:a1").key == "user:u1"
    assert stage.counted("user:u1", "View Item") == 1
    assert stage.counted("user:u2", "View Item") == 0
    assert stage.counted("user:u2", "Add To Cart") == 1
    assert stage.profiles.person("user:u2").states.traits.values == {"name": "Bo"}


def test_a_second_login_in_a_later_batch_does_not_take_the_anonymous_id_either() -> None:
    stage = Stage()
    stage.deliver(stage.record(identify(user="u1", anonymous="a1")))

    stage.deliver(stage.record(event("Add To Cart", user="u2", anonymous="a1")))

    assert stage.profiles.person("anonymous:a1").key == "user:u1"
    assert stage.counted("user:u2", "Add To Cart") == 1
    assert stage.counted("user:u1", "Add To Cart") == 0


@pytest.mark.parametrize("trust", ["server", "browser"])
def test_an_alias_of_an_anonymous_id_needs_no_trust(trust: str) -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", user=None, anonymous="a1")))

    stage.deliver(stage.record(event("alias", type="alias", user="u1", previous_id="a1"), trust=trust))

    assert stage.profiles.person("anonymous:a1").key == "user:u1"
    assert stage.counted("user:u1", "View Item") == 1
    assert not stage.rejected.requests


def test_an_alias_from_a_server_merges_two_known_people_without_losing_counters() -> None:
    stage = Stage()
    stage.deliver(
        stage.record(event("View Item", user="old"), identify(user="old", city="Oslo", plan="free")),
        stage.record(event("View Item", user="u1"), identify(user="u1", plan="gold")),
    )

    stage.deliver(stage.record(event("alias", type="alias", user="u1", previous_id="old")))

    person = stage.profiles.person("user:old")
    assert person.key == "user:u1"
    assert person.absorbed == ("user:old",)
    assert stage.counted("user:u1", "View Item") == 2
    assert person.states.traits.values == {"plan": "gold", "city": "Oslo"}


def test_events_of_a_merged_person_go_to_the_one_who_stays() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", user="old")), stage.record(event("View Item", user="u1")))
    stage.deliver(stage.record(event("alias", type="alias", user="u1", previous_id="old")))

    stage.deliver(stage.record(event("View Item", user="old")))

    assert stage.counted("user:u1", "View Item") == 3


def test_aliases_in_a_chain_and_in_a_circle_end_with_one_person() -> None:
    stage = Stage()
    for user in ("a", "b", "c"):
        stage.deliver(stage.record(event("View Item", user=user)))
    for user, previous in (("b", "a"), ("c", "b"), ("a", "c")):
        stage.deliver(stage.record(event("alias", type="alias", user=user, previous_id=previous)))

    assert {stage.profiles.person(f"user:{user}").key for user in ("a", "b", "c")} == {"user:c"}
    assert stage.counted("user:c", "View Item") == 3


@pytest.mark.parametrize("verified", [[], ["user"], ["previous"]])
def test_a_browser_may_not_merge_known_people_without_both_hashes(verified: list[str]) -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", user="old")), stage.record(event("View Item", user="u1")))

    alias = event("alias", type="alias", user="u1", previous_id="old", verified=verified)
    stage.deliver(stage.record(alias, trust="browser"))

    assert stage.profiles.person("user:old").key == "user:old"
    [refused] = stage.rejected.latest(10, NOON - minutes(1))
    assert (refused.event_id, refused.reasons[0].code, refused.reasons[0].field) == (
        alias["id"],
        "not_trusted",
        "previous_id",
    )


def test_with_both_hashes_a_browser_may_merge() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", user="old")), stage.record(event("View Item", user="u1")))

    alias = event("alias", type="alias", user="u1", previous_id="old", verified=["user", "previous"])
    stage.deliver(stage.record(alias, trust="browser"))

    assert stage.profiles.person("user:old").key == "user:u1"
    assert not stage.rejected.requests


def test_whoever_many_ids_join_in_one_batch_keeps_every_event() -> None:
    """As many as there is room for what each has still to say; `test_portions` has more."""
    stage = Stage()
    visits = [stage.record(event("View Item", user=None, anonymous=f"a{n}")) for n in range(20)]
    stage.deliver(*visits)

    logins = [stage.record(identify(user="u1", anonymous=f"a{n}")) for n in range(20)]
    stage.deliver(*logins)

    assert stage.counted("user:u1", "View Item") == 20
    assert stage.counted("user:u1", "identify") == 20


def test_a_kiosk_where_everybody_is_one_user_stays_small_and_loses_nothing() -> None:
    stage = Stage()
    for visitor in range(100):
        anonymous = f"visitor-{visitor}"
        stage.deliver(stage.record(event("View Item", user=None, anonymous=anonymous)))
        stage.deliver(stage.record(event("Search", user="kiosk", anonymous=anonymous)))

    kiosk = stage.profiles.person("user:kiosk")
    assert stage.counted("user:kiosk", "Search") == 100
    assert len(kiosk.seen) <= MOST_KEYS
    assert len(encoded(kiosk)) < HARD
    alone = [
        visitor for visitor in range(100) if stage.profiles.person(f"anonymous:visitor-{visitor}") != kiosk
    ]
    assert stage.counted("user:kiosk", "View Item") == 100 - len(alone)
    assert all(stage.counted(f"anonymous:visitor-{visitor}", "View Item") == 1 for visitor in alone)
