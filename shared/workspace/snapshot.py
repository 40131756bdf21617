"""A workspace as bytes: the compiled snapshot that is stored once per content and read by every function.

It is stored in two parts: what `collect` needs, and what acts on events. So `collect`, which is started most often and
by people who wait, reads neither templates nor campaigns. Versions from before 2026-11-30 are stored whole.

The bytes leave out the version, so that the same configuration always has the same digest, and whatever
equals a default, so that a snapshot written before a setting existed can still be read.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from shared.failures import UnreadableWorkspace
from shared.workspace.model import Workspace

ACTING = ("campaigns", "templates")
"""The fields of a workspace that act on events. All others are in the part that `collect` reads."""

PART = "part"
"""The field by which a part says which one it is: it is taken neither for the other one nor for a whole."""


class Parts(NamedTuple):
    collecting: bytes
    acting: bytes


def encode(workspace: Workspace) -> bytes:
    """The whole of it."""
    return _json(_fields(workspace))


def encode_parts(workspace: Workspace) -> Parts:
    collecting = _fields(workspace)
    acting = {name: collecting.pop(name) for name in ACTING if name in collecting}
    return Parts(_json({**collecting, PART: "collecting"}), _json({**acting, PART: "acting"}))


def decode(data: bytes, version: int) -> Workspace:
    """A whole one. Raises UnreadableWorkspace, without quoting the bytes, when it is none that this code knows."""
    return _workspace(_object(data, version), version)


def decode_collecting(data: bytes, version: int) -> Workspace:
    """What `collect` needs, out of its part or of a whole one. Raises UnreadableWorkspace."""
    fields = _object(data, version)
    if PART in fields:
        fields = _part(fields, "collecting", version)
    return _workspace({name: value for name, value in fields.items() if name not in ACTING}, version)


def decode_parts(parts: Parts, version: int) -> Workspace:
    """Raises UnreadableWorkspace."""
    collecting = _part(_object(parts.collecting, version), "collecting", version)
    acting = _part(_object(parts.acting, version), "acting", version)
    return _workspace({**collecting, **acting}, version)


def digest(data: bytes) -> str:
    """SHA-256 in hex: the snapshot's name in the bucket."""
    return hashlib.sha256(data).hexdigest()


def _fields(workspace: Workspace) -> dict[str, Any]:
    return workspace.model_dump(mode="json", exclude={"version"}, exclude_defaults=True)


def _json(fields: dict[str, Any]) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def _object(data: bytes, version: int) -> dict[str, Any]:
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} is not JSON") from None
    if not isinstance(fields, dict):
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} is not an object")
    return fields


def _part(fields: dict[str, Any], name: str, version: int) -> dict[str, Any]:
    if fields.pop(PART, None) != name:
        raise UnreadableWorkspace(f"the snapshot of workspace version {version} has no part `{name}`")
    return fields


def _workspace(fields: dict[str, Any], version: int) -> Workspace:
    """Its conditions are compiled here, once: neither per event, nor when the first event asks."""
    try:
        workspace = Workspace.model_validate({**fields, "version": version})
    except ValidationError as error:
        unknown = ", ".join(sorted({".".join(map(str, wrong["loc"])) for wrong in error.errors()}))
        raise UnreadableWorkspace(
            f"workspace version {version} has what this code does not know: {unknown}"
        ) from None
    for at, campaign in enumerate(workspace.campaigns):
        try:
            _ = campaign.holds
        except ValueError:
            raise UnreadableWorkspace(
                f"workspace version {version} has what this code does not know: campaigns.{at}.where"
            ) from None
    return workspace
