"""Lookups in what is stored: people as they are in the profiles table, the plan as the workspace has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.collect.definitions.define import Definition
from shared import identity
from shared.fold.profile import Profile
from shared.ports.people import Profiles
from shared.stored import people
from shared.stored.current_workspace import CurrentWorkspace
from shared.workspace.collecting import CollectingWorkspace, EventDefinition, Source

Define = Callable[[dict[str, Any]], dict[str, Any]]
"""The function of `define.py`: what it is handed, and what it returns. Raises Unavailable."""


class StoredLookups:
    """`workspace` is the one a request is judged by, `current` what it came from."""

    def __init__(
        self,
        workspace: CollectingWorkspace,
        profiles: Profiles,
        current: CurrentWorkspace[CollectingWorkspace],
        define: Define,
    ) -> None:
        self.workspace = workspace
        self._profiles = profiles
        self._current = current
        self._define = define

    def latest(self) -> CollectingWorkspace:
        return self._current.refreshed()

    def person(self, *identity_keys: str) -> Profile | None:
        """A value that is longer than any identity is nobody's."""
        keys = [key for key in identity_keys if 0 < len(identity.value_of(key)) <= identity.LONGEST]
        return people.known_by(self._profiles, keys) if keys else None

    def define(self, source: Source, definition: EventDefinition, *, extend: bool = False) -> Definition:
        """This function's own workspace has it afterwards, so that the next event is read by it."""
        asked = {"source": source.id, "definition": definition.model_dump(mode="json"), "extend": extend}
        made = self._define(asked)
        if made["word"] == "defined":
            self._current.at_least(made["version"])
        return Definition(made["word"], made["version"], tuple(made["differing"]))
