"""The workspace of a function, kept between invocations.

A check for a new version costs one small read. A new version costs two more reads and a snapshot from S3. If the
running code cannot read a version, it uses the latest before it that it can read, until there is a newer one. A
function that starts meanwhile looks for the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic

from typing_extensions import TypeVar

from shared.failures import Unavailable, UnreadableWorkspace
from shared.ports.workspaces import Secrets, Versions
from shared.stored.failing_reads import FailingReads
from shared.workspace.collecting import CollectingWorkspace, Source
from shared.workspace.write_keys import key_hash

if TYPE_CHECKING:  # so that `collect` does not pay for what acts
    from shared.workspace.model import Workspace

KEPT_SECONDS = 60.0
"""Seconds for which a version is used without a check whether it still is the latest."""

LOOKS_APART_SECONDS = 1.0
"""Seconds between two checks, so that many unknown keys or events cause at most one a second per running function."""

LOOKED_BACK = 20
"""Versions that are tried where the latest cannot be read. After a roll-back all that were applied since the update may
be such."""

DEFAULT_SOURCE = "default"


AnyWorkspace = TypeVar("AnyWorkspace", bound=CollectingWorkspace)
Kept = TypeVar("Kept", bound=CollectingWorkspace, covariant=True, default="Workspace")


class CurrentWorkspace(Generic[Kept]):
    """`clock` counts seconds and never goes back (`time.monotonic`).

    Stages that do not check write keys pass no secrets. Before the first apply they see a workspace without sources.
    """

    def __init__(
        self, workspaces: Versions[Kept], secrets: Secrets | None, clock: Callable[[], float]
    ) -> None:
        self._workspaces = workspaces
        self._secrets = secrets
        self._clock = clock
        self._reads = FailingReads(clock)
        self._kept: Kept | None = None
        self._looked_at = 0.0
        self._latest_version = 0
        self._unreadable: str | None = None
        """Why the latest version is not the one kept."""

    def get(self) -> Kept:
        """The latest version, as of at most a minute ago.

        While AWS fails, the kept version is used, so that an outage of the configuration does not stop the collection.
        Raises Unavailable if there is none.
        """
        if self._kept is not None and self._clock() - self._looked_at < KEPT_SECONDS:
            return self._kept
        try:
            return self._look()
        except Unavailable:
            if self._kept is None:
                raise
            return self._kept

    def refreshed(self) -> Kept:
        """The latest version, as of at most a second ago. It is used before anything is refused.

        Raises Unavailable, also while the latest version cannot be read, because it may accept what an older one
        refuses.
        """
        kept = self._kept
        if kept is None or self._clock() - self._looked_at >= LOOKS_APART_SECONDS:
            kept = self._look()
        if self._unreadable is not None:
            raise UnreadableWorkspace(self._unreadable)
        return kept

    def at_least(self, version: int) -> Kept:
        """This version or a later one. Raises Unavailable while there is none that can be read."""
        found = self.nearest(version)
        if found.version < version:
            raise Unavailable(f"workspace version {version} was used upstream; it cannot be read here")
        return found

    def nearest(self, version: int) -> Kept:
        """This version or a later one; where that cannot be read, the latest that can be. It may be like that for ever,
        and nothing would go on.

        Raises Unavailable while none can be read, and while the store does not have the version or does not answer.
        """
        if self._kept is not None and (self._kept.version >= version or self._is_unreadable(version)):
            return self.get()
        found = self._look()
        if found.version < version and not self._is_unreadable(version):
            raise Unavailable(
                f"workspace version {version} was used upstream, {found.version} is the latest here"
            )
        return found

    @property
    def unreadable(self) -> str | None:
        """Why the latest version could not be read at the last look; None where it is in use."""
        return self._unreadable

    def _is_unreadable(self, version: int) -> bool:
        """Whether neither it nor a later one could be read at the last look."""
        return self._unreadable is not None and version <= self._latest_version

    def _look(self) -> Kept:
        return self._reads.read(self._latest)

    def _latest(self) -> Kept:
        began = self._clock()
        version = self._workspaces.latest_version()
        if self._kept is None or self._kept.version != version:
            self._kept, self._unreadable = (
                self._latest_readable(version) if version else (self._unapplied(), None)
            )
        else:
            self._unreadable = None
        self._latest_version, self._looked_at = version, began
        return self._kept

    def _latest_readable(self, version: int) -> tuple[Kept, str | None]:
        """The latest of the versions up to this that can be read, and why it is not this one. Raises
        UnreadableWorkspace where none can be; version 0 is none, for it has no sources."""
        kept = self._kept if self._kept is not None and self._kept.version < version else None
        oldest = max(1 if kept is None else kept.version + 1, version + 1 - LOOKED_BACK)
        first: UnreadableWorkspace | None = None
        for one in range(version, oldest - 1, -1):
            try:
                return self._workspaces.load(one), None if first is None else str(first)
            except UnreadableWorkspace as error:
                first = first or error
        if first is None or kept is None or not kept.version:
            raise first or UnreadableWorkspace(f"workspace version {version}")
        return kept, str(first)

    def _unapplied(self) -> Kept:
        unapplied = self._workspaces.load(0)
        return built_in(unapplied, self._secrets.read()) if self._secrets is not None else unapplied


def built_in(unapplied: AnyWorkspace, secret: Mapping[str, object]) -> AnyWorkspace:
    """Version 0 with one server source, of the key made at deployment: a stack is usable before the first apply.

    Raises LookupError if the secret does not have that key.
    """
    key = secret.get("default_write_key")
    if not isinstance(key, str) or not key:
        raise LookupError("the secret has no default_write_key; it is generated when the stack is deployed")
    source = Source(
        id=DEFAULT_SOURCE, name="Default", trust="server", policy="lenient", key_hashes=(key_hash(key),)
    )
    from shared import doctor  # with what a function needs whose workspace is applied

    return unapplied.model_copy(update={"sources": (source,), "doctor": doctor.source(secret)})
