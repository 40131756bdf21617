"""Records that join ids, chains of pointers, and how much a save wrote."""

from __future__ import annotations

from typing import Any

from shared.fold.profile import Changes, Pointer, Profile
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event


def alias(user: str, previous: str) -> dict[str, Any]:
    """The user was `previous` before."""
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


def logins(stage: Stage, user: str, count: int, first: int = 0) -> LambdaRecord:
    """One record of the user, with so many anonymous ids that nobody had before."""
    ids = [f"{user}-{first + n}" for n in range(count)]
    return stage.record(*(event("Search", user=user, anonymous=anonymous) for anonymous in ids))
