"""What waits where, by cause: the groups of `headrace deadletters list`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cli.dead_letters.causes import Cause
from cli.dead_letters.looking import Found, look, waiting
from cli.dead_letters.places import Place
from shared.aws.queues import dead_letter_queues
from shared.events import utc_text
from shared.failures import Unavailable


@dataclass
class Group:
    """Those of one cause, of those looked at. `example` is the oldest."""

    cause: Cause
    example: Found
    count: int = 0

    def add(self, found: Found) -> None:
        self.count += 1
        if found.since < self.example.since:
            self.example = found


@dataclass
class Listed:
    """A place. `waiting` is None, and `problem` says why, where nobody lets us look. `is_all`: every one was looked
    at. `until`: when SQS deletes the oldest of those. `other_causes` were not asked for."""

    place: Place
    waiting: int | None = None
    groups: list[Group] = field(default_factory=list)
    is_all: bool = True
    until: datetime | None = None
    problem: str | None = None
    other_causes: list[str] = field(default_factory=list)

    @property
    def oldest(self) -> datetime | None:
        return min((group.example.since for group in self.groups), default=None)

    def said(self) -> dict[str, Any]:
        return {
            "name": self.place.name,
            "holds": self.place.holds.value,
            "at": self.place.at,
            "waiting": self.waiting,
            "oldest": utc_text(self.oldest) if self.oldest else None,
            "deleted_at": utc_text(self.until) if self.until else None,
            "all_looked_at": self.is_all,
            "causes": [
                {
                    "cause": group.cause.name,
                    "count": group.count,
                    "oldest": utc_text(group.example.since),
                    "example": group.example.whole_name,
                    "happened": group.cause.happened,
                    "to_do": group.cause.to_do,
                }
                for group in self.groups
            ],
            "problem": self.problem,
        }


def listed(place: Place, most: int | None, cause: str | None = None) -> Listed:
    """`most`: how many are looked at. With a cause, only its group."""
    if place.problem:
        return Listed(place, problem=place.problem)
    try:
        count = waiting(place)
        if not count:
            return Listed(place, 0)
        groups: dict[Cause, Group] = {}
        seen = 0
        for found in look(place, most):
            groups.setdefault(found.cause, Group(found.cause, found)).add(found)
            seen += 1
        wanted = [one for one in groups.values() if cause is None or one.cause.name.lower() == cause.lower()]
        made = Listed(
            place,
            max(count, seen),
            sorted(wanted, key=lambda group: -group.count),
            is_all=seen >= count,
            other_causes=[one.cause.name for one in groups.values() if one not in wanted],
        )
        if made.oldest and not place.is_bucket:
            made.until = made.oldest + dead_letter_queues.kept(place.at)
    except Unavailable as error:
        return Listed(place, problem=str(error))
    return made
