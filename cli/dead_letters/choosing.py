"""Which dead letters somebody means: all, those of a place, those with a cause, or single ones by their ids."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cli.dead_letters.causes import Cause, cause_of, cause_of_batch
from cli.dead_letters.looking import SHORT, Found, is_named, look
from cli.dead_letters.places import Place, chosen, places
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.queues import given_up
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.aws.queues.given_up import GivenUpBatch

HOW = "Say which: a name from `headrace deadletters list`, an id of one (`process:1a2b3c4d`), or --all."


@dataclass
class Choice:
    """Of one place: those with one of the ids, or all; and of them those with the cause, or any. `met` are the ids
    that one of them had."""

    place: Place
    ids: set[str] = field(default_factory=set)
    cause: str | None = None
    met: set[str] = field(default_factory=set)

    @property
    def is_everything(self) -> bool:
        return not self.ids and self.cause is None

    @property
    def missing(self) -> set[str]:
        return self.ids - self.met

    def takes(self, found: Found) -> bool:
        return self._has_id(found.id) and self._has(found.cause)

    def takes_letter(self, letter: DeadLetter) -> bool:
        return self._has_id(letter.id) and (self.cause is None or self._has(cause_of(self.place, letter)))

    def takes_batch(self, batch: GivenUpBatch) -> bool:
        """Raises Unavailable."""
        if not self._has_id(batch.key):
            return False
        return self.cause is None or self._has(cause_of_batch(given_up.head(self.place.at, batch.key)))

    def _has_id(self, id_: str) -> bool:
        if not self.ids:
            return True
        named = {one for one in self.ids if is_named(id_, one, self.place)}
        self.met |= named
        return bool(named)

    def _has(self, cause: Cause) -> bool:
        return self.cause is None or cause.name.lower() == self.cause.lower()


def choices(
    typed: Sequence[str], found: Sequence[Place], stage: str, *, everything: bool, cause: str | None
) -> list[Choice]:
    """Raises Problem."""
    if everything and typed:
        raise Problem("--all means every place, and names mean these", "Leave one of them out.")
    if everything:
        return [Choice(place, cause=cause) for place in found]
    if not typed:
        raise Problem("Nothing is named", HOW)
    made: dict[Place, Choice] = {}
    whole: set[Place] = set()
    for one in typed:
        name, colon, id_ = one.rpartition(":")
        for place in chosen(name if colon else one, found, stage):
            choice = made.setdefault(place, Choice(place, cause=cause))
            if colon:
                choice.ids.add(_checked(id_, place))
            else:
                whole.add(place)
    for place in whole:
        made[place].ids.clear()
    return list(made.values())


def meant_by(which: list[str] | None, stack: Stack, *, everything: bool, cause: str | None) -> list[Choice]:
    """Raises Problem, and Unavailable."""
    found = places(stack)
    made = choices(which or (), found, stack.stage, everything=everything, cause=cause)
    if everything:  # one that is out of reach keeps no other from being retried
        for choice in made:
            if choice.place.problem:
                print(f"{choice.place.name}: {choice.place.problem}", file=sys.stderr)
        return [choice for choice in made if not choice.place.problem]
    reachable(choice.place for choice in made)
    return made


def reachable(found: Iterable[Place]) -> list[Place]:
    """The places. Raises Problem if one cannot be looked into."""
    checked = list(found)
    for place in checked:
        if place.problem:
            raise Problem(
                f"{place.name}: {place.problem}", "docs/operating/dead-letters.md lists the permissions."
            )
    return checked


def one_named(typed: str, stack: Stack) -> Found:
    """The first whose id it is; an id alone is looked for everywhere. Raises Problem."""
    name, colon, id_ = typed.rpartition(":")
    found = places(stack)
    if colon:
        found = reachable(chosen(name, found, stack.stage))
    if not id_ or (not colon and len(id_) < SHORT):
        raise Problem(f"“{typed}” is no id", "`headrace deadletters list NAME` shows them.")
    for place in found:
        for one in () if place.problem else look(place):
            if is_named(one.id, id_, place):
                return one
    raise Problem(
        f"There is no dead letter {typed}", "It may have been retried meanwhile: headrace deadletters list"
    )


def _checked(id_: str, place: Place) -> str:
    if len(id_) < (1 if place.is_bucket else SHORT):
        raise Problem(
            f"“{id_}” is too short for an id", f"`headrace deadletters list {place.names[0]}` shows them."
        )
    return id_
