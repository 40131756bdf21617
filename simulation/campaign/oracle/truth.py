"""What must be true of a history by what was answered: the fate of each event, and when it can have come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from simulation.campaign.history.model import History, Person, Request, Said
from simulation.campaign.oracle.answers import accepted
from simulation.campaign.oracle.observed import Attempt, Observed

MOST_AHEAD = timedelta(hours=23)
"""What is ahead by a day is refused; between the two, it depends on when it came."""

MARKERS = re.compile(r"(?<![A-Za-z0-9])m\d+(?![A-Za-z0-9])")


class Finding(NamedTuple):
    """A promise that was broken: `promise` names it, `about` whom or what it is about."""

    promise: str
    about: str
    words: str

    def __str__(self) -> str:
        return f"{self.promise} ({self.about}): {self.words}"


ARCHIVE = "Archive"
"""Queues of it begin so. What it could not deliver was folded, and waits there for the lake."""


class Fate(NamedTuple):
    """Of one event. It came between `first` and `last`, if it came. `is_accepted` is None where no answer said so: it
    may have been stored, or not; `is_answered` is whether any attempt was. `is_aside` is whether a dead letter has it.
    `clocks_off` is by how much the clock of who took it may have been wrong."""

    said: Said
    request: Request
    is_accepted: bool | None
    first: datetime
    last: datetime
    is_aside: bool
    clocks_off: timedelta = timedelta()
    is_answered: bool = True

    @property
    def is_certain(self) -> bool:
        """Whether it must have been folded."""
        return bool(self.is_accepted) and self.is_sound and not self.is_aside

    @property
    def is_sound(self) -> bool:
        """Whether it must be accepted: one that seems to lie more than a day ahead need not."""
        return self.said.is_sound and self.said.ahead + self.clocks_off < MOST_AHEAD

    @property
    def is_possible(self) -> bool:
        return self.is_accepted is not False

    @property
    def told_at(self) -> tuple[datetime, datetime]:
        """Between what times its word on a trait stands."""
        if self.said.at is None:
            return self.first - self.clocks_off, self.last + self.clocks_off
        slack = self.last - self.first if self.said.is_corrected else timedelta()
        slack += self.clocks_off
        return self.said.at - self.said.earlier - slack, self.said.at + slack


class Truth:
    """`history` and what was seen, with the fate of every event, where functions' clocks were wrong by so much."""

    def __init__(self, history: History, observed: Observed, clocks_off: timedelta = timedelta()) -> None:
        self.clocks_off = clocks_off
        self.history = history
        self.observed = observed
        self.aside = markers(text for queue, text in observed.put_aside if not queue.startswith(ARCHIVE))
        self.unarchived = markers(text for queue, text in observed.put_aside if queue.startswith(ARCHIVE))
        self.rejected = markers(observed.rejected)
        attempts: dict[int, list[Attempt]] = {}
        for attempt in observed.attempts:
            attempts.setdefault(attempt.request, []).append(attempt)
        self.fates = [
            fate for one in history.requests for fate in self._fates(one, attempts.get(one.number, []))
        ]

    @cached_property
    def by_marker(self) -> dict[str, Fate]:
        return {fate.said.marker: fate for fate in self.fates}

    @cached_property
    def by_person(self) -> dict[str, list[Fate]]:
        found: dict[str, list[Fate]] = {person.name: [] for person in self.history.people}
        for fate in self.fates:
            found[fate.said.person].append(fate)
        return found

    def person_of(self, fate: Fate) -> Person | None:
        return self._people.get(fate.said.person)

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {person.name: person for person in self.history.people}

    def marker_of(self, event_id: str, said: str | None) -> str | None:
        """The event that a row is of. Of clients without ids, only what they said tells."""
        if said in self.by_marker:
            return said
        return event_id if event_id in self.by_marker else None

    @cached_property
    def _markers_of_ids(self) -> dict[str, str]:
        rows = ((row.event_id, self.marker_of(row.event_id, row.said)) for row in self.observed.rows)
        return {id_: marker for id_, marker in rows if marker is not None}

    def marker_of_id(self, event_id: str) -> str | None:
        """The event of that id, where a row of the lake tells, or the id is its marker."""
        return self._markers_of_ids.get(event_id) or self.marker_of(event_id, None)

    def _fates(self, request: Request, attempts: Sequence[Attempt]) -> list[Fate]:
        answers = [
            (one, accepted(request.protocol, one.status, one.body, len(request.said))) for one in attempts
        ]
        told = [(one, answer) for one, answer in answers if answer is not None]
        fates = []
        for place, said in enumerate(request.said):
            takes = [one for one, answer in told if answer[place]]
            first = min((one.at for one in attempts), default=request.at)
            if takes:
                is_accepted, last = True, min(one.until for one in takes)
            elif told and (not self.clocks_off or len(told) == len(answers)):
                is_accepted, last = False, first
            else:
                is_accepted, last = None, max(one.until for one in attempts)
            is_aside, is_answered = said.marker in self.aside, bool(told)
            fates.append(
                Fate(said, request, is_accepted, first, last, is_aside, self.clocks_off, is_answered)
            )
        return fates


def markers(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in MARKERS.findall(text)}


def is_before(one: Fate, other: Fate) -> bool:
    """Whether one must have come before the other: of one request the one written first, unless a wrong clock may have
    refused it before its request came again; else the one that was answered before the other was sent."""
    if one.request.number == other.request.number:
        said = one.request.said
        return one.is_sound and said.index(one.said) < said.index(other.said)
    return one.last < other.first
