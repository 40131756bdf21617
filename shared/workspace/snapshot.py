"""A workspace as bytes: the compiled snapshot that is stored once per content and read by every function.

It is stored in two parts: what `collect` needs, and what acts on events. So `collect`, which is started most often and
by people who wait, reads neither templates nor campaigns. Versions from before 2026-11-30 are stored whole.

The bytes leave out the version, so that the same configuration always has the same digest, and whatever
equals a default, so that a snapshot written before a setting existed can still be read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from shared.failures import UnreadableWorkspace
from shared.workspace.collecting_snapshot import ACTING, PART, object_in, part, validated
from shared.workspace.model import Workspace


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
    return _workspace(object_in(data, version), version)


def decode_parts(parts: Parts, version: int) -> Workspace:
    """Raises UnreadableWorkspace."""
    collecting = part(object_in(parts.collecting, version), "collecting", version)
    acting = part(object_in(parts.acting, version), "acting", version)
    return _workspace({**collecting, **acting}, version)


def _fields(workspace: Workspace) -> dict[str, Any]:
    return workspace.model_dump(mode="json", exclude={"version"}, exclude_defaults=True)


def _json(fields: dict[str, Any]) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def _workspace(fields: dict[str, Any], version: int) -> Workspace:
    """Its conditions are compiled here, once: neither per event, nor when the first event asks."""
    workspace = validated(Workspace, fields, version)
    for at, campaign in enumerate(workspace.campaigns):
        try:
            _ = campaign.holds
        except ValueError:
            raise UnreadableWorkspace(
                f"workspace version {version} has what this code does not know: campaigns.{at}.where"
            ) from None
    return workspace
