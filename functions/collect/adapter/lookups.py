"""What a protocol may ask of us besides taking events: who somebody is, the tracking plan, and to add to that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from functions.collect.http.responses import Response
from shared.plan.reasons import Reason
from shared.workspace.collecting import CollectingWorkspace, EventDefinition, Source

if TYPE_CHECKING:  # what a profile is made of takes a while to load, and most functions read none
    from functions.collect.definitions.define import Definition
    from shared.fold.profile import Profile


class KnownPerson(NamedTuple):
    """The item at this position needs its person to be known by this identity key; `otherwise` it is rejected. A replay
    asks no more: it is the operator's word that the event counts."""

    position: int
    identity_key: str
    otherwise: Reason


class Lookups(Protocol):
    @property
    def workspace(self) -> CollectingWorkspace:
        """As of now, within the minute."""

    def latest(self) -> CollectingWorkspace:
        """The workspace as of at most a second ago. Raises Unavailable."""

    def person(self, *identity_keys: str) -> Profile | None:
        """The person whom the first of the keys that is known leads to. Raises Unavailable."""

    def define(self, source: Source, definition: EventDefinition, *, extend: bool = False) -> Definition:
        """Add an event definition to the plan, or `extend` the one of its id. Raises Unavailable."""


class Change(NamedTuple):
    """What a call that reads people says when it also changes them: `response` is given once the events are stored that
    `again` reads from `raw` and `common`. Nothing but events changes a person."""

    response: Response
    raw: list[Any]
    common: dict[str, Any]
