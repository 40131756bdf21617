"""A workspace as bytes: the compiled snapshot that is stored once per content and read by every function.

The bytes leave out the version, so that the same configuration always has the same digest, and whatever
equals a default, so that a snapshot written before a setting existed can still be read.
"""

from __future__ import annotations

import hashlib

import orjson
from pydantic import ValidationError

from shared.ports.failures import UnreadableWorkspace
from shared.workspace.model import Workspace


def encode(workspace: Workspace) -> bytes:
    fields = workspace.model_dump(mode="json", exclude={"version"}, exclude_defaults=True)
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def decode(data: bytes, version: int) -> Workspace:
    """Raises UnreadableWorkspace, without quoting the bytes, when they are no snapshot that this code knows."""
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} is not JSON") from None
    if not isinstance(fields, dict):
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} is not an object")
    try:
        return Workspace.model_validate({**fields, "version": version})
    except ValidationError as error:
        unknown = ", ".join(sorted({".".join(map(str, wrong["loc"])) for wrong in error.errors()}))
        raise UnreadableWorkspace(
            f"workspace version {version} has what this code does not know: {unknown}"
        ) from None


def digest(data: bytes) -> str:
    """SHA-256 in hex: the snapshot's name in the bucket."""
    return hashlib.sha256(data).hexdigest()
