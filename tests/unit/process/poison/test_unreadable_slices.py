"""A slice that this code cannot decode concerns the records that need it, whoever's it is, and nobody beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.process.batch import PeopleNotSaved
from functions.process.failures import MOST_TRIES
from shared.fold.formats.envelope import encoded
from shared.fold.profile import Profile
from shared.fold.state import REMEMBERING, States
from shared.fold.state import Stored as StoredSlice
from shared.people.recent_events import RECENT
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event, minutes
from tests.unit.process.poison.poison import delivered_until_done, replay

DAMAGED = b"\x01\xff\xff{{{"
LINK = {"page": {"url": "https://shop.example/?utm_source=mail"}}
PHONE = {"device": {"id": "d1", "token": "t1", "type": "ios"}, "app": {"namespace": "shop", "version": "1"}}


def said(**who: Any) -> dict[str, Any]:
    """Something for every part to remember."""
    return event(
        "identify",
        type="identify",
        traits={"plan": "gold"},
        context={**LINK, **PHONE, "consent": {"email": False}, "timezone": "Europe/Rome"},
        **who,
    )


def damage(stage: Stage, person: str, name: str) -> bytes:
    """Stored as it is but for one slice. What was there before."""
    before = stage.profiles.person(person)
    if name == RECENT:
        put(stage, replace(before, recent=(b"\x05\x00" + DAMAGED,)))
        return encoded(before)
    slices = [one for one in before.states.slices() if one.name != name]
    whole = encoded(before)
    put(stage, replace(before, states=States.stored([*slices, StoredSlice(name, DAMAGED)])))
    return whole


def put(stage: Stage, person: Profile) -> None:
    stage.profiles._items[person.key] = (person.version, encoded(person))


def owner(stage: Stage) -> tuple[str, LambdaRecord]:
    stage.deliver(stage.record(said(user="ann")))
    return "user:ann", stage.record(said(user="ann"))


def owner_of_a_join(stage: Stage) -> tuple[str, LambdaRecord]:
    stage.deliver(stage.record(said(user="ann")))
    return "user:ann", stage.record(said(user="ann", anonymous="a1"))


def stranger(stage: Stage) -> tuple[str, LambdaRecord]:
    stage.deliver(stage.record(said(user=None, anonymous="a1")))
    return "anonymous:a1", stage.record(said(user="ann", anonymous="a1"))


def stranger_of_somebody_known(stage: Stage) -> tuple[str, LambdaRecord]:
    stage.deliver(stage.record(said(user=None, anonymous="a1")), stage.record(event("View Item", user="ann")))
    return "anonymous:a1", stage.record(said(user="ann", anonymous="a1"))


def absorbed(stage: Stage) -> tuple[str, LambdaRecord]:
    stage.deliver(
        stage.record(said(user=None, anonymous="a1")), stage.record(said(user="ann", anonymous="a1"))
    )
    return "user:ann", stage.record(said(user=None, anonymous="a1"))


def somebody_whose_push_token_it_was(stage: Stage) -> tuple[str, LambdaRecord]:
    stage.deliver(stage.record(said(user="eve")))
    return "user:eve", stage.record(said(user="ann"))


ROLES = [
    owner,
    owner_of_a_join,
    stranger,
    stranger_of_somebody_known,
    absorbed,
    somebody_whose_push_token_it_was,
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [*REMEMBERING, RECENT])
def test_a_damaged_slice_ends_in_one_dead_letter_after_three_tries_or_concerns_nobody(
    name: str, role: Any
) -> None:
    stage = Stage()
    person, record = role(stage)
    damage(stage, person, name)
    others = [stage.record(event("View Item", user=f"bob{number}")) for number in range(3)]

    deliveries = delivered_until_done(stage, [others[0], record, *others[1:]])

    assert [stage.counted(f"user:bob{number}", "View Item") for number in range(3)] == [1, 1, 1]
    assert (deliveries, len(stage.dead_letters.letters)) in ((MOST_TRIES, 1), (1, 0))
    if name in ("identities", "counters", "duplicates") and role is not somebody_whose_push_token_it_was:
        assert deliveries == MOST_TRIES
    for _ in range(4):  # something else of the batch fails, and all of it comes again
        stage.restart()
        stage.deliver(*others, record)
    assert len(stage.dead_letters.letters) == deliveries // MOST_TRIES


@pytest.mark.parametrize("role", [owner, stranger, stranger_of_somebody_known, absorbed])
def test_the_neighbours_of_a_damaged_slice_are_saved_at_the_first_delivery(role: Any) -> None:
    stage = Stage()
    person, record = role(stage)
    damage(stage, person, "identities")

    with pytest.raises(PeopleNotSaved):
        stage.deliver(record, stage.record(event("View Item", user="bob")))

    assert stage.counted("user:bob", "View Item") == 1


@pytest.mark.parametrize(("role", "counted"), [(owner, 2), (stranger, 2), (absorbed, 3)])
def test_the_dead_letter_replayed_once_the_slice_is_mended_is_folded(role: Any, counted: int) -> None:
    stage = Stage()
    person, record = role(stage)
    before = damage(stage, person, "identities")
    delivered_until_done(stage, [record])
    version, _ = stage.profiles._items[person]
    stage.profiles._items[person] = (version, before)

    [letter] = stage.dead_letters.letters
    stage.deliver(replay(stage, letter))

    assert stage.counted("user:ann", "identify") == stage.counted(person, "identify") == counted


def test_a_record_that_was_folded_is_repeated_though_its_persons_ids_are_damaged_since() -> None:
    stage = Stage()
    record = stage.record(event("View Item", user="ann", at=NOON))
    stage.deliver(record)
    damage(stage, "user:ann", "identities")

    stage.restart()
    stage.deliver(record, stage.record(event("View Item", user="bob", at=NOON + minutes(1))))

    assert not stage.dead_letters.letters
    assert stage.counted("user:bob", "View Item") == 1


@pytest.mark.parametrize("name", ["identities", RECENT])
def test_what_was_decided_before_the_damage_holds_up_nobody(name: str) -> None:
    stage = Stage()
    record = stage.record(event("View Item", user="ann"))
    stage.deliver(record)
    damage(stage, "user:ann", name)

    delivered_until_done(stage, [record, stage.record(event("View Item", user="bob"))])

    assert stage.counted("user:bob", "View Item") == 1


def test_the_log_names_the_slice_and_nothing_of_its_person(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    stage.deliver(stage.record(said(user="ana@shop.example")))
    damage(stage, "user:ana@shop.example", "traits")

    delivered_until_done(stage, [stage.record(said(user="ana@shop.example"))])

    [line] = caplog.records
    assert (line.slice, line.error) == ("traits", "JSONDecodeError")  # type: ignore[attr-defined]
    assert "shop.example" not in str(vars(line))
