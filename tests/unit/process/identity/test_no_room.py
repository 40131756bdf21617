"""An alias for whom a person has no room is rejected, listed, and done when it is replayed and there is room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.fold.budgets import MOST_ABSORBED, MOST_KEYS
from shared.fold.formats.envelope import encoded
from shared.fold.parts import volume
from shared.fold.parts.identities import NO_ROOM_FOR_PREVIOUS
from shared.fold.profile import Pointer, Profile, Seen, mark_key
from shared.rejected import RejectedItem
from tests.fakes.process_stage import NOON, Stage, event
from tests.unit.fold.test_budgets import everything
from tests.unit.process.identity.records import alias

MARK = Seen("1".zfill(56), NOON)


def stage_with(person: Profile) -> Stage:
    """The person, and `user:old`, who was there before, and of whom so much was decided that it takes some room."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item", user="old")))
    stage.deliver(*(stage.record(event("Page", user="old")) for _ in range(9)))
    stage.profiles._items[person.key] = (1, encoded(replace(person, created_at=NOON, clock=NOON)))
    return stage


def has_joined(stage: Stage, key: str = "user:old") -> bool:
    return isinstance(stage.profiles.load([key]).get(key), Pointer)


def rejected(stage: Stage) -> list[tuple[str, str]]:
    """Codes and messages of the aliases that ended so."""
    items: list[RejectedItem] = [
        item for request in stage.rejected.requests.values() for item in request.items
    ]
    assert {(reason.field, item.name) for item in items for reason in item.reasons} <= {
        ("previous_id", "alias")
    }
    return [(reason.code.value, reason.message) for item in items for reason in item.reasons]


def marked(count: int) -> Profile:
    """Somebody who came under so many partition keys this week."""
    return Profile("user:u1", seen={mark_key(f"key {n}"): MARK for n in range(count)})


def absorbing(size: int) -> Profile:
    """Somebody who was joined by people whose keys take so many bytes."""
    return Profile("user:u1", absorbed=("z" * (size - 2),))


FITS = MOST_KEYS - 2
"""Marks that leave a place for each of the two ids that `old` may be: a user's and a visitor's."""


@pytest.mark.parametrize(
    ("person", "lacking"),
    [
        (marked(FITS - 1), None),
        (marked(FITS), None),
        (marked(FITS + 1), "keys"),
        (marked(MOST_KEYS), "keys"),
        (absorbing(MOST_ABSORBED - 20), None),
        (absorbing(MOST_ABSORBED), "absorbed"),
        (Profile("user:u1", states=everything().having(volume=volume.EMPTY)), "outbox"),
    ],
)
def test_an_alias_is_done_or_rejected_with_what_there_is_too_little_of(
    person: Profile, lacking: str | None
) -> None:
    stage = stage_with(person)
    record = stage.record(alias("u1", "old"), event("Search"))

    for _ in range(2):
        counts = stage.deliver(record)
        assert (counts["refused"], counts["events"]) == (int(lacking is not None), 2)

    assert has_joined(stage) is (lacking is None)
    assert rejected(stage) == ([("too_large", NO_ROOM_FOR_PREVIOUS[lacking])] if lacking else [])
    assert stage.counted("user:old", "View Item") == 1, "whoever did not join stays who they are"
    assert not stage.dead_letters.letters


def test_a_rejected_alias_is_done_when_it_is_replayed_a_week_later() -> None:
    stage = stage_with(marked(MOST_KEYS))
    said = alias("u1", "old")
    stage.deliver(stage.record(said))
    assert len(rejected(stage)) == 1

    later = NOON + timedelta(days=7, seconds=1)
    stage.deliver(stage.record(event("Search", at=later), at=later))
    stage.deliver(stage.record(said, at=later))

    assert has_joined(stage)
    assert stage.counted("user:u1", "View Item") == 1


@pytest.mark.parametrize("count", [44, 45, 46, 80])
@pytest.mark.parametrize("kind", ["known people", "new ids"])
def test_each_alias_of_one_record_is_done_or_rejected_however_many_there_are(kind: str, count: int) -> None:
    stage = Stage()
    olds = [f"o{n}" for n in range(count)]
    if kind == "known people":
        for old in olds:
            stage.deliver(stage.record(event("View Item", user=old)))
    counts = stage.deliver(stage.record(*(alias("u1", old) for old in olds), event("Search")))

    joined = [old for old in olds if has_joined(stage, f"user:{old}")]
    assert len(joined) + len(rejected(stage)) == count
    assert counts["refused"] == count - len(joined)
    if kind == "new ids":
        assert len(joined) == count, "they need no room but that of one save"
    assert stage.counted("user:u1", "Search") == 1
    assert stage.counted("user:u1", "View Item") == (len(joined) if kind == "known people" else 0)


def test_another_id_that_does_not_fit_costs_no_event_and_joins_when_it_is_named_again() -> None:
    stage = stage_with(marked(MOST_KEYS))
    login: Callable[..., dict[str, Any]] = lambda **at: event("Login", anonymous="a1", **at)  # noqa: E731
    stage.deliver(stage.record(login()))
    assert (stage.counted("user:u1", "Login"), rejected(stage)) == (1, [])
    assert not has_joined(stage, "anonymous:a1")

    later = NOON + timedelta(days=7, seconds=1)
    stage.deliver(stage.record(event("Search", at=later), at=later))
    stage.deliver(stage.record(login(at=later), at=later))
    assert has_joined(stage, "anonymous:a1")
