"""The workspace a function works with: kept between invocations, and never older than what is asked of it.

Looking costs one small read; a version that changed costs two more and a snapshot from S3. A version that the code
running here cannot read counts as seen: the one kept goes on being used, until there is another that can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.failing_reads import FailingReads
from shared.ports.failures import Unavailable, UnreadableWorkspace
from shared.ports.workspaces import Secrets, Workspaces
from shared.workspace.model import Source, Workspace
from shared.workspace.write_keys import key_hash

KEPT_SECONDS = 60.0
"""How long a version is used without looking whether it still is the latest."""

LOOKS_APART_SECONDS = 1.0
"""At most one look a second per running function, however many unknown keys or events arrive."""

DEFAULT_SOURCE = "default"


class CurrentWorkspace:
    """`clock` counts seconds and never goes back (`time.monotonic`).

    Stages that check no write key pass no secrets: before the first apply they see a workspace without sources.
    """

    def __init__(self, workspaces: Workspaces, secrets: Secrets | None, clock: Callable[[], float]) -> None:
        self._workspaces = workspaces
        self._secrets = secrets
        self._clock = clock
        self._reads = FailingReads(clock)
        self._kept: Workspace | None = None
        self._looked_at = 0.0
        self._unreadable: str | None = None
        """Why the latest version is not the one kept."""

    def get(self) -> Workspace:
        """The latest version, as of at most a minute ago.

        While AWS fails, the version already kept goes on being used: an outage of the configuration must not
        become an outage of the collection. Without one, raises Unavailable.
        """
        if self._kept is not None and self._clock() - self._looked_at < KEPT_SECONDS:
            return self._kept
        try:
            return self._look()
        except Unavailable:
            if self._kept is None:
                raise
            return self._kept

    def refreshed(self) -> Workspace:
        """The latest version, as of at most a second ago: asked before refusing anything.

        Raises Unavailable, also while the latest cannot be read: what an older one would refuse may be right by it.
        """
        kept = self._kept
        if kept is None or self._clock() - self._looked_at >= LOOKS_APART_SECONDS:
            kept = self._look()
        if self._unreadable is not None:
            raise UnreadableWorkspace(self._unreadable)
        return kept

    def at_least(self, version: int) -> Workspace:
        """This version or a later one. Raises Unavailable while there is none that can be read."""
        if self._kept is not None and self._kept.version >= version:
            return self.get()
        found = self._look()
        if found.version < version:
            raise Unavailable(
                f"workspace version {version} was used upstream, {found.version} is the latest here"
            )
        return found

    def _look(self) -> Workspace:
        return self._reads.read(self._latest)

    def _latest(self) -> Workspace:
        began = self._clock()
        version = self._workspaces.latest_version()
        try:
            if self._kept is None or self._kept.version != version:
                self._kept = self._workspaces.load(version) if version else self._unapplied()
            self._unreadable = None
        except UnreadableWorkspace as error:
            if self._kept is None:
                raise
            self._unreadable = str(error)
        self._looked_at = began
        return self._kept

    def _unapplied(self) -> Workspace:
        return built_in(self._secrets.read()) if self._secrets is not None else Workspace()


def built_in(secret: Mapping[str, object]) -> Workspace:
    """Version 0: one server source with the key made at deployment; a stack is usable before the first apply.

    Raises LookupError when the secret has no such key.
    """
    key = secret.get("default_write_key")
    if not isinstance(key, str) or not key:
        raise LookupError("the secret has no default_write_key; it is generated when the stack is deployed")
    source = Source(
        id=DEFAULT_SOURCE, name="Default", trust="server", policy="lenient", key_hashes=(key_hash(key),)
    )
    from shared import doctor  # with what a function needs whose workspace is applied

    return Workspace(sources=(source,), doctor=doctor.source(secret))
