"""The part of a stored workspace that `collect` reads, and how one part is known from the other: see `snapshot`."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from shared.failures import UnreadableWorkspace
from shared.workspace.collecting import CollectingWorkspace

ACTING = ("campaigns", "templates")
"""The fields of a workspace that act on events. All others are in the part that `collect` reads."""

PART = "part"
"""The field by which a part says which one it is: it is taken neither for the other one nor for a whole."""

AnyWorkspace = TypeVar("AnyWorkspace", bound=CollectingWorkspace)


def decode_collecting(data: bytes, version: int) -> CollectingWorkspace:
    """What `collect` needs, out of its part or of a whole one. Raises UnreadableWorkspace."""
    fields = object_in(data, version)
    if PART in fields:
        fields = part(fields, "collecting", version)
    collecting = {name: value for name, value in fields.items() if name not in ACTING}
    return validated(CollectingWorkspace, collecting, version)


def digest(data: bytes) -> str:
    """SHA-256 in hex: the snapshot's name in the bucket."""
    return hashlib.sha256(data).hexdigest()


def object_in(data: bytes, version: int) -> dict[str, Any]:
    """The JSON object of the stored bytes. Raises UnreadableWorkspace."""
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} is not JSON") from None
    if not isinstance(fields, dict):
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} is not an object")
    return fields


def part(fields: dict[str, Any], name: str, version: int) -> dict[str, Any]:
    """The fields of the part of this name, without what says so. Raises UnreadableWorkspace for any other."""
    if fields.pop(PART, None) != name:
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} has no part `{name}`")
    return fields


def validated(model: type[AnyWorkspace], fields: dict[str, Any], version: int) -> AnyWorkspace:
    """Raises UnreadableWorkspace, without quoting the values, when they are none that this code knows."""
    try:
        return model.model_validate({**fields, "version": version})
    except ValidationError as error:
        unknown = ", ".join(sorted({".".join(map(str, wrong["loc"])) for wrong in error.errors()}))
        raise UnreadableWorkspace(
            f"workspace version {version} has what this code does not know: {unknown}"
        ) from None
