"""The desk on what is stored: people as they are in the profiles table, the plan as the workspace has it."""

from __future__ import annotations

from shared import people
from shared.fold.profile import Profile
from shared.ports import Profiles
from shared.workspace import Workspace


class FrontDesk:
    def __init__(self, workspace: Workspace, profiles: Profiles) -> None:
        self.workspace = workspace
        self._profiles = profiles

    def person(self, *identity_keys: str) -> Profile | None:
        return next(filter(None, (people.find(self._profiles, key) for key in identity_keys)), None)
