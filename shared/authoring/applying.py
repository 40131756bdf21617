"""Applying a workspace: what would change, and then the change itself.

Keys are written before the version that knows their hashes, and only over what was read: of two who make keys for the
same source one fails, so that the keys a version knows are those in the secret. A crash in between leaves keys that
nobody knows yet; the next apply takes them up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared import snapshot
from shared.authoring.changes import Change, changes
from shared.authoring.keys import keyed
from shared.current_workspace import built_in
from shared.ports import Secrets, Workspaces
from shared.workspace import Workspace
from shared.write_keys import RandomBytes


@dataclass(frozen=True)
class Application:
    """`before` is the latest version, `after` what is to follow it; `secret` the parts of the secret that change.

    `secret_before` are these parts as they were read, as far as they were there.
    """

    before: Workspace
    after: Workspace
    secret: dict[str, object]
    secret_before: dict[str, object]
    write_keys: dict[str, str]

    @property
    def makes_a_version(self) -> bool:
        """Version 0 is built in and stored nowhere: whatever follows it is new."""
        return self.before.version == 0 or snapshot.encode(self.before) != snapshot.encode(self.after)

    @property
    def changes(self) -> list[Change]:
        return changes(self.before, self.after)


def prepare(
    workspace: Workspace, workspaces: Workspaces, secrets: Secrets, random_bytes: RandomBytes
) -> Application:
    """What applying the compiled workspace would do. Raises what the ports raise."""
    secret = secrets.read()
    version = workspaces.latest_version()
    before = workspaces.load(version) if version else built_in(secret)
    after = keyed(workspace, secret, random_bytes)
    changed = {name: value for name, value in after.secret.items() if value != secret.get(name, {})}
    replaced = {name: secret[name] for name in changed if name in secret}
    return Application(before, after.workspace, changed, replaced, after.write_keys)


def carry_out(
    application: Application, workspaces: Workspaces, secrets: Secrets, *, at: datetime, by: str
) -> Workspace:
    """The latest version afterwards: the one before when nothing changed. Raises VersionConflict."""
    if application.secret:
        secrets.write(application.secret, instead_of=application.secret_before)
    if not application.makes_a_version:
        return application.before
    return workspaces.apply(application.after, after=application.before.version, at=at, by=by)
