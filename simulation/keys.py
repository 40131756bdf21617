"""Keys and secrets of a simulated workspace: made of names, so that they are the same in each run."""

from __future__ import annotations

import hashlib
from typing import Any

from shared.messaging.channels.slack import SLACK
from shared.workspace.model import Workspace
from shared.workspace.write_keys import PREFIX, key_hash


def write_key(source: str) -> str:
    return PREFIX + _made_of("write key", source)[:32]


def keyed(workspace: Workspace) -> Workspace:
    """With a key for each source, beside those that it has."""
    sources = tuple(
        source.model_copy(
            update={"key_hashes": tuple(dict.fromkeys((*source.key_hashes, key_hash(write_key(source.id)))))}
        )
        for source in workspace.sources
    )
    return workspace.model_copy(update={"sources": sources})


def stack_secret(workspace: Workspace) -> dict[str, Any]:
    """As `shared.ports.workspaces.Secrets` describes it."""
    sources = {source.id: {"identity_secret": identity_secret(source.id)} for source in workspace.sources}
    return {"default_write_key": write_key("default"), "sources": sources, "webhooks": {}}


def outgoing_secret(workspace: Workspace) -> dict[str, Any]:
    slack = workspace.settings.receivers.get("slack", ())
    return {
        "webhooks": {name: _made_of("webhook", name) for name in workspace.settings.webhooks},
        "tees": {},
        "receivers": {SLACK.name: {name: f"https://hooks.slack.com/services/T/B/{name}" for name in slack}},
    }


def identity_secret(source: str) -> str:
    return _made_of("identity", source)


def _made_of(*names: str) -> str:
    return hashlib.sha256("/".join(names).encode()).hexdigest()
