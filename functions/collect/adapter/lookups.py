"""What a protocol may ask of us besides taking events: who somebody is, the tracking plan, and to add to that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from shared.workspace.model import EventDefinition, Source, Workspace

if TYPE_CHECKING:  # what a profile is made of takes a while to load, and most functions read none
    from functions.collect.definitions.define import Definition
    from shared.fold.profile import Profile


class Lookups(Protocol):
    @property
    def workspace(self) -> Workspace:
        """As of now, within the minute."""

    def latest(self) -> Workspace:
        """The workspace as of at most a second ago. Raises Unavailable."""

    def person(self, *identity_keys: str) -> Profile | None:
        """The person whom the first of the keys that is known leads to. Raises Unavailable."""

    def define(self, source: Source, definition: EventDefinition, *, extend: bool = False) -> Definition:
        """Add an event definition to the plan, or `extend` the one of its id. Raises Unavailable."""
