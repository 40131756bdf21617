"""What a protocol may ask of us besides taking events: who somebody is, and what the tracking plan says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from shared.workspace import Workspace

if TYPE_CHECKING:  # what a profile is made of takes a while to load, and most functions read none
    from shared.fold.profile import Profile


class Desk(Protocol):
    @property
    def workspace(self) -> Workspace:
        """As of now, within the minute."""

    def person(self, *identity_keys: str) -> Profile | None:
        """The person whom the first of the keys that is known leads to. Raises Unavailable."""
