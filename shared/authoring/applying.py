"""Applying a workspace: what would change, and then the change itself.

Keys are written before the version that knows their hashes, and only over what was read: of two who make keys for the
same source one fails, so that the keys a version knows are those in the secret. A crash in between leaves keys that
nobody knows yet; the next apply takes them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.authoring.changes import Change, changes
from shared.authoring.keys import keyed
from shared.ports.workspaces import Secrets, StackSecrets, Workspaces
from shared.workspace import snapshot
from shared.workspace.current import built_in
from shared.workspace.model import Workspace
from shared.workspace.write_keys import RandomBytes


class Rewrite(NamedTuple):
    """The parts of a secret that change, and these as they were read, as far as they were there."""

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
    """`before` is the latest version, `after` what is to follow it."""

    before: Workspace
    after: Workspace
    keys: Rewrite
    outgoing: Rewrite
    write_keys: dict[str, str]

    @property
    def makes_a_version(self) -> bool:
        """Version 0 is built in and stored nowhere: whatever follows it is new."""
        return self.before.version == 0 or snapshot.encode(self.before) != snapshot.encode(self.after)

    @property
    def changes(self) -> list[Change]:
        return changes(self.before, self.after)


def prepare(
    workspace: Workspace, workspaces: Workspaces, secrets: StackSecrets, random_bytes: RandomBytes
) -> Application:
    """What applying the compiled workspace would do. Raises what the ports raise."""
    keys, outgoing = secrets.keys.read(), secrets.outgoing.read()
    version = workspaces.latest_version()
    before = workspaces.load(version) if version else built_in(keys)
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
    """The latest version afterwards: the one before when nothing changed. Raises VersionConflict."""
    application.outgoing.carry_out(secrets.outgoing)  # first: what moves there is taken out of the keys
    application.keys.carry_out(secrets.keys)
    if not application.makes_a_version:
        return application.before
    return workspaces.apply(application.after, after=application.before.version, at=at, by=by)
