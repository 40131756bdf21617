"""The workspace's versions, and the stack's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Mapping
    from datetime import datetime

    from shared.workspace.model import Workspace


class Workspaces(Protocol):
    """Versions of the workspace. Readers keep a snapshot; see `shared.workspace.current`."""

    def latest_version(self) -> int:
        """0 when nothing was applied yet."""

    def load(self, version: int) -> Workspace:
        """Raises UnreadableWorkspace, which the adapter logs as an error."""

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        """Store as the version following `after`. Raises VersionConflict when somebody applied in between."""


class Secrets(Protocol):
    """One of the stack's two secrets, a JSON object."""

    def read(self) -> dict[str, object]: ...

    def write(self, value: Mapping[str, object], *, instead_of: Mapping[str, object]) -> None:
        """Replace the top-level keys given; the others are kept, since operators may have put them there.

        Raises VersionConflict, and writes nothing, when one of them is no longer as `instead_of` has it (nor as it is
        to be): somebody else changed it since it was read.
        """


class StackSecrets(NamedTuple):
    """`keys` are what senders show us, or sign with: `{"default_write_key": ..., "sources": {id: {...}}}`. `collect`
    may read them, which the public reaches. `outgoing` is what we show others: `{"webhooks": {id: secret}, "tees":
    {source: {...}}}`, for the functions that call them alone."""

    keys: Secrets
    outgoing: Secrets
