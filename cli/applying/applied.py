"""What was applied to a laptop last, remembered beside the emulator: whatever becomes of that, it is applied again.

`applied.json` holds the compiled workspace and the stack's secrets, so only its owner may read it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from cli import source_keys
from cli.applying import local_json
from cli.applying.stores import Stores
from cli.laptop import life
from cli.laptop.laptop import Laptop
from cli.laptop.private_file import write_privately
from cli.stacks import Stack
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.workspace import snapshot
from shared.workspace.model import Workspace


class Applied(BaseModel):
    """`directory` is the folder it came from, as far as that is known; `compiled` is the snapshot's text."""

    model_config = ConfigDict(frozen=True)

    version: int
    noted_at: datetime
    directory: Path | None
    compiled: str
    secret: dict[str, Any]
    outgoing: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return str(self.directory) if self.directory else f"version {self.version}"

    def workspace(self) -> Workspace:
        """Raises UnreadableWorkspace when it was written by other code than this."""
        return snapshot.decode(self.compiled.encode(), self.version)


def follow(stack: Stack, directory: Path | None = None) -> None:
    """After whatever changed the workspace or its keys: remember it, and write local.json anew.

    Without a directory it is the one before. Does nothing for a stack that is not this checkout's on the laptop.
    """
    laptop = Laptop.of_this_checkout()
    ports = life.running(laptop)
    if stack.stage != "local" or ports is None:
        return
    _remember(laptop, Stores.of(stack), directory)
    local_json.write(laptop, ports, source_keys.of_stack(stack))


def read(laptop: Laptop) -> Applied | None:
    """None when nothing was applied, or when the file is from another version of this code."""
    try:
        return Applied.model_validate_json(laptop.applied.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def is_missing(applied: Applied, workspaces: DynamoWorkspaces) -> bool:
    """Whether the stack has an older workspace than was applied, or none: the emulator was restored or made anew."""
    latest = workspaces.latest_version()
    if latest > applied.version:
        return False
    return not latest or snapshot.encode(workspaces.load(latest)).decode() != applied.compiled


def bring_back(applied: Applied, stores: Stores, *, by: str) -> None:
    """Keys first, as every apply does it. Raises UnreadableWorkspace, with the keys in place, VersionConflict."""
    for secret, remembered in (
        (stores.secrets.outgoing, applied.outgoing),
        (stores.secrets.keys, applied.secret),
    ):
        current = secret.read()
        secret.write(remembered, instead_of={name: current[name] for name in remembered if name in current})
    latest = stores.workspaces.latest_version()
    stores.workspaces.apply(applied.workspace(), after=latest, at=datetime.now(UTC), by=by)


def _remember(laptop: Laptop, stores: Stores, directory: Path | None) -> None:
    version = stores.workspaces.latest_version()
    if not version:
        return
    before = read(laptop)
    applied = Applied(
        version=version,
        noted_at=datetime.now(UTC),
        directory=directory.resolve() if directory else before.directory if before else None,
        compiled=snapshot.encode(stores.workspaces.load(version)).decode(),
        secret=stores.secrets.keys.read(),
        outgoing=stores.secrets.outgoing.read(),
    )
    write_privately(laptop.applied, orjson.dumps(applied.model_dump(mode="json"), option=orjson.OPT_INDENT_2))
