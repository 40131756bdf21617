"""Keys of a workspace: every source gets a write key, a secret and, if it wants one, a key pair of its own, every
webhook a signing secret.

They are created once and kept in the stack's secrets, even if a source is removed. If the source comes back, its SDKs
still work. While it is removed, `collect` does not know its key.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared import doctor
from shared.stored.current_workspace import DEFAULT_SOURCE
from shared.workspace.model import Source, Workspace
from shared.workspace.write_keys import (
    RandomBytes,
    key_hash,
    new_access_key_id,
    new_secret_access_key,
    new_signing_secret,
    new_write_key,
)


class Keyed(NamedTuple):
    """`workspace` has the hashes of its keys. `keys` and `outgoing` are the new values for the stack's secrets."""

    workspace: Workspace
    keys: dict[str, object]
    outgoing: dict[str, object]
    write_keys: dict[str, str]


def keyed(
    workspace: Workspace,
    secret: Mapping[str, object],
    outgoing: Mapping[str, object],
    random_bytes: RandomBytes,
) -> Keyed:
    """Add keys to a workspace. `secret` has the existing keys. Outgoing keys that an earlier version stored there move
    to `outgoing`."""
    sources = _mapping(secret, "sources")
    moved = {source: known.pop("tee") for source, known in sources.items() if "tee" in known}
    tees = moved | _mapping(outgoing, "tees")
    webhooks = _mapping(secret, "webhooks") | _mapping(outgoing, "webhooks")
    write_keys: dict[str, str] = {}
    for source in workspace.sources:
        known = sources.get(source.id, {})
        made_at_deployment = secret.get("default_write_key") if source.id == DEFAULT_SOURCE else None
        write_key = str(made_at_deployment or known.get("write_key") or new_write_key(random_bytes))
        identity_secret = known.get("identity_secret") or new_signing_secret(random_bytes)
        sources[source.id] = {**known, "write_key": write_key, "identity_secret": identity_secret}
        if source.key_pair and "key_pair" not in known:
            sources[source.id]["key_pair"] = {
                "access_key_id": new_access_key_id(random_bytes),
                "secret_access_key": new_secret_access_key(random_bytes),
            }
        write_keys[source.id] = write_key
    for name in workspace.settings.webhooks:
        webhooks.setdefault(name, new_signing_secret(random_bytes))
    with_keys = tuple(
        _with_keys(source, write_keys[source.id], sources[source.id]) for source in workspace.sources
    )
    fields = {name: getattr(workspace, name) for name in Workspace.model_fields}
    return Keyed(
        Workspace(**{**fields, "sources": with_keys, "doctor": doctor.source(secret)}),
        {"sources": sources, "webhooks": {}},
        {"webhooks": webhooks, "tees": tees},
        write_keys,
    )


def _with_keys(source: Source, write_key: str, secret: Mapping[str, Any]) -> Source:
    """The source with all that it accepts: its write key, the credentials that it lists, and signatures of its key
    pair."""
    return source.model_copy(
        update={
            "key_hashes": (key_hash(write_key), *source.key_hashes),
            "access_key_id": secret["key_pair"]["access_key_id"] if source.key_pair else None,
        }
    )


def _mapping(secret: Mapping[str, object], name: str) -> dict[str, Any]:
    """The mapping in the secret. Raises ValueError if the secret has something else there."""
    found = secret.get(name, {})
    if not isinstance(found, dict):
        raise ValueError(f"`{name}` in the stack's secret is not an object")
    return copy.deepcopy(found)
