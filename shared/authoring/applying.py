"""Apply a workspace: prepare the changes, then carry them out.

Keys are written before the version with their hashes, and only if the secret is still as it was read. If two people
create keys for the same source, one of them fails, so a version's keys are always those in the secret. A crash in
between leaves keys that no version knows yet; the next apply uses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.authoring.changes import Change, changes
from shared.authoring.keys import keyed
from shared.ports.workspaces import Secrets, StackSecrets, Workspaces
from shared.stored.current_workspace import built_in
from shared.workspace import snapshot
from shared.workspace.model import Workspace
from shared.workspace.write_keys import RandomBytes


class Rewrite(NamedTuple):
    """The parts of a secret that change, and the same parts as they were read, if they existed."""

    parts: dict[str, object]
    before: dict[str, object]

    @classmethod
    def of(cls, stored: Mapping[str, object], wanted: Mapping[str, object]) -> Rewrite:
        parts = {name: value for name, value in wanted.items() if value != stored.get(name, {})}
        return cls(parts, {name: stored[name] for name in parts if name in stored})

    def carry_out(self, secret: Secrets) -> None:
        if self.parts:
            secret.write(self.parts, instead_of=self.before)


@dataclass(frozen=True)
class Application:
    """A prepared application. `before` is the latest version, `after` the one that will follow it."""

    before: Workspace
    after: Workspace
    keys: Rewrite
    outgoing: Rewrite
    write_keys: dict[str, str]

    @property
    def makes_a_version(self) -> bool:
        """Whether applying creates a version. After version 0, which is built in and not stored, it always does."""
        return self.before.version == 0 or snapshot.encode(self.before) != snapshot.encode(self.after)

    @property
    def changes(self) -> list[Change]:
        return changes(self.before, self.after)


def prepare(
    workspace: Workspace, workspaces: Workspaces, secrets: StackSecrets, random_bytes: RandomBytes
) -> Application:
    """Prepare to apply the compiled workspace. Raises the ports' errors."""
    keys, outgoing = secrets.keys.read(), secrets.outgoing.read()
    version = workspaces.latest_version()
    before = workspaces.load(version) if version else built_in(Workspace(), keys)
    after = keyed(workspace, keys, outgoing, random_bytes)
    return Application(
        before,
        after.workspace,
        Rewrite.of(keys, after.keys),
        Rewrite.of(outgoing, after.outgoing),
        after.write_keys,
    )


def carry_out(
    application: Application, workspaces: Workspaces, secrets: StackSecrets, *, at: datetime, by: str
) -> Workspace:
    """Carry it out and return the latest version, which is `before` if nothing changed. Raises VersionConflict."""
    application.outgoing.carry_out(secrets.outgoing)  # first: what moves there is taken out of the keys
    application.keys.carry_out(secrets.keys)
    if not application.makes_a_version:
        return application.before
    return workspaces.apply(application.after, after=application.before.version, at=at, by=by)
