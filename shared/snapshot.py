"""A workspace as bytes: the compiled snapshot that is stored once per content and read by every function.

The bytes leave out the version, so that the same configuration always has the same digest, and whatever
equals a default, so that a snapshot written before a setting existed can still be read.
"""

from __future__ import annotations

import hashlib

import orjson

from shared.workspace import Workspace


def encode(workspace: Workspace) -> bytes:
    fields = workspace.model_dump(mode="json", exclude={"version"}, exclude_defaults=True)
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def decode(data: bytes, version: int) -> Workspace:
    """Raises ValueError when the bytes are no snapshot."""
    return Workspace.model_validate({**orjson.loads(data), "version": version})


def digest(data: bytes) -> str:
    """SHA-256 in hex: the snapshot's name in the bucket."""
    return hashlib.sha256(data).hexdigest()
