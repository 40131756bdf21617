"""What a part of the fold may say about an event, besides its new state; and what it may know when it says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from shared.events import Event
from shared.messaging.channels import Channel
from shared.plan.reasons import Reason
from shared.records import Trust
from shared.workspace.model import Workspace

TIMER_DUE = "Timer Due"
"""The system event by which `sweep` says "look at the clock". Parts are not shown it; it is neither archived nor
counted."""

HISTORY = timedelta(hours=24)
"""What comes longer than that after it happened is history: imported, or kept by a phone that was off."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The state of a part that decides each event anew."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Repeat:
    """The event was folded before (a client's retry): nothing more happens with it."""


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The person sends too much: the event is archived and triggers nothing; it only takes back what it withdraws.

    Parts before this one do not remember it.
    """


@dataclass(frozen=True, slots=True)
class Refuse:
    """The event ends as rejected; whatever parts before this one made of it is undone, and it only takes back what it
    withdraws: nobody needs to be trusted for that, and nothing else that the event says must prevent it.
    """

    reason: Reason


@dataclass(frozen=True, slots=True)
class NoRoom:
    """The event says that somebody joins, and there is no room for them. Where others have just taken it, the event is
    folded after these are saved; else it ends as rejected for this reason."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Join:
    """The identity `key` (and the profile stored under it, if there is one) becomes part of this person."""

    key: str


@dataclass(frozen=True, slots=True)
class Registered:
    """The push token is this person's from now on, whoever had it."""

    token: str


class InSession(NamedTuple):
    """The event belongs to the session with this id."""

    session_id: str


@dataclass(frozen=True, slots=True)
class Derive:
    """An event of our own follows. Its id is made of the event or timer it follows from; or of `token`, where one
    thing may follow from several of those, like the end of a session, or several of this name from one.
    """

    name: str
    properties: dict[str, Any]
    at: datetime
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A campaign matched and asks for a message."""

    campaign: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Forward:
    """The event's definition wants it on the bus for the operator's routes."""


Consequence = Derive | Ask | Forward
"""What may follow from anything: an event that arrived, one of our own, a timer, a merge."""

Effect = Repeat | Unfolded | Refuse | NoRoom | Join | Registered | InSession | Consequence
"""What may follow from an event that arrived. Of what is no `Consequence` the loop takes no notice elsewhere."""


class Timer(NamedTuple):
    """When a part that waits wants to be woken.

    `depth` is kept with what waits: `facts.depth + 1` as it was when the wait began, 0 where nothing but time is the
    cause. What the timer makes follow has that depth, so that two waits which begin each other end at `DEEPEST`.
    """

    at: datetime
    depth: int = 0


class Merged(NamedTuple):
    """The profile stored under `key` became part of this person, and each part's slice is that of both.

    `of_two` says that both were people before: else somebody who was known only by other ids is named for the first
    time, and stored under the new name.
    """

    key: str
    of_two: bool


class Room(NamedTuple):
    """What a person can still take in: identities of one record, partition keys that are remembered, bytes of the keys
    of people absorbed, bytes of what these have still to say.

    What joins costs as much as it brings along.
    """

    joins: int
    keys: int
    absorbed: int
    outbox: int

    def holds(self, cost: Room) -> bool:
        return all(wanted <= there for wanted, there in zip(cost, self, strict=True))

    def lacking(self, cost: Room) -> str:
        """The name of what there is too little of for this cost, which is not held."""
        return next(
            name for name, wanted, there in zip(self._fields, cost, self, strict=True) if wanted > there
        )

    def after(self, cost: Room) -> Room:
        return Room(*(there - wanted for there, wanted in zip(self, cost, strict=True)))


ONE_IDENTITY = Room(1, 1, 0, 0)
"""What an identity costs under which nothing is stored."""


NO_ROOM = Room(0, 0, 0, 0)

NO_ENTRIES: Mapping[str, Any] = MappingProxyType({})


class Facts(NamedTuple):
    """What every part may know. `states` holds only the slices that the part declares in its `reads`.

    `now` is the logical time: the record's arrival, or the instant of the timer, and never before what was folded
    already. `depth` is how often what is folded went through the stream or a timer. `root` is the key the person is
    stored under; `leads_to` says of stored identities the events name whose they are: the key that person is stored
    under. Those that this person is known by may be missing. `known` are those of these keys whose person has a user
    id; `costs` says what joining them takes.
    """

    now: datetime
    workspace: Workspace
    trust: Trust
    depth: int
    root: str
    leads_to: Mapping[str, str]
    states: Mapping[str, Any]
    room: Room
    """What may still join: a save and an item hold only so much. Others join at their next event."""
    known: frozenset[str] = frozenset()
    costs: Mapping[str, Room] = NO_ENTRIES
    tokens: Mapping[str, int] = NO_ENTRIES
    """Push tokens that belong to others, and when these said them last: milliseconds since 1970."""

    def reading(self, states: Mapping[str, Any]) -> Facts:
        """The same with these slices: written out, as in `at`, for it is done for several parts of each record, and
        `replace` takes several times as long."""
        return Facts(
            self.now, self.workspace, self.trust, self.depth, self.root, self.leads_to,
            states, self.room, self.known, self.costs, self.tokens,
        )  # fmt: skip

    def at(self, now: datetime) -> Facts:
        """The same at another instant."""
        return Facts(
            now, self.workspace, self.trust, self.depth, self.root, self.leads_to,
            self.states, self.room, self.known, self.costs, self.tokens,
        )  # fmt: skip

    def is_history(self, at: datetime) -> bool:
        return at < self.now - HISTORY

    def proves(self, event: Event) -> bool:
        """Whether a server says who the event's person is: it sent the event, or gave its client the hash."""
        return self.trust == "server" or "user" in event.verified


def is_timer(event: Event) -> bool:
    return event.type == "system" and event.name == TIMER_DUE
