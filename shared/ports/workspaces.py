"""The workspace's versions, and the stack's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Mapping
    from datetime import datetime

    from shared.workspace.collecting import CollectingWorkspace
    from shared.workspace.model import Workspace

Loaded = TypeVar("Loaded", bound="CollectingWorkspace", covariant=True)


class Versions(Protocol[Loaded]):
    """Versions of the workspace: whole ones, or what `collect` needs of them. Readers keep one; see
    `shared.stored.current_workspace`."""

    def latest_version(self) -> int:
        """The latest version; 0 if nothing was applied yet."""

    def load(self, version: int) -> Loaded:
        """Version 0 has no sources and is not stored. Raises UnreadableWorkspace, which the adapter logs as an
        error."""


class Workspaces(Versions["Workspace"], Protocol):
    """Whole versions, of which the next one may be applied."""

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        """Store it as the version after `after`. Raises VersionConflict if somebody else has applied in the
        meantime."""


class Secrets(Protocol):
    """One of the stack's two secrets, a JSON object."""

    def read(self) -> dict[str, object]: ...

    def write(self, value: Mapping[str, object], *, instead_of: Mapping[str, object]) -> None:
        """Replace these top-level keys. Others are kept, because operators may have put them there.

        Raises VersionConflict and writes nothing if one of the keys differs from `instead_of` (and from the new value),
        because somebody else has changed it since it was read.
        """


class StackSecrets(NamedTuple):
    """The stack's two secrets. `keys` has the keys that senders send or sign with:
    `{"default_write_key": ..., "sources": {id: {...}}}`. The public-facing function `collect` may read them. `outgoing`
    has the keys that Headrace presents to others: `{"webhooks": {id: secret}, "tees": {source: {...}}}`. Only the
    functions that call those may read it."""

    keys: Secrets
    outgoing: Secrets
