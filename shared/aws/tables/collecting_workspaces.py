"""Workspace versions as far as `collect` needs them, in a module of its own: it starts without what acts on events.

How versions are stored is in `shared.aws.tables.workspaces`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.failures import UnreadableWorkspace
from shared.workspace import collecting_snapshot as snapshot
from shared.workspace.collecting import CollectingWorkspace

logger = logging.getLogger(__name__)

CURRENT = "current"


class DynamoCollectingWorkspaces:
    """`shared.ports.workspaces.Versions` over the workspace table and the workspace bucket, without what acts on events
    (`snapshot.ACTING`)."""

    def __init__(self, *, table: str, bucket: str) -> None:
        self._table = table
        self._bucket = bucket

    def latest_version(self) -> int:
        found = self._pointer(CURRENT)
        return int(found["version"]) if found else 0

    def load(self, version: int) -> CollectingWorkspace:
        if not version:
            return CollectingWorkspace()
        with logged_when_unreadable():
            pointer = self._pointer_to(version)
            digest = pointer["collecting"] if "collecting" in pointer else pointer["digest"]
            return snapshot.decode_collecting(self._object(digest, version), version)

    def _pointer_to(self, version: int) -> dict[str, str]:
        pointer = self._pointer(version_key(version))
        if pointer is None:
            raise UnreadableWorkspace(f"there is no workspace version {version}")
        return pointer

    def _pointer(self, key: str) -> dict[str, str] | None:
        with unavailable_when_failing():
            found = client("dynamodb").get_item(
                TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True
            )
        item = found.get("Item")
        return {name: value.get("S", value.get("N", "")) for name, value in item.items()} if item else None

    def _object(self, digest: str, version: int) -> bytes:
        with unavailable_when_failing():
            try:
                stored = client("s3").get_object(Bucket=self._bucket, Key=object_key(digest))
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "NoSuchKey":
                    raise
                raise UnreadableWorkspace(f"the snapshot of workspace version {version} is gone") from None
            data = stored["Body"].read()
        if snapshot.digest(data) != digest:
            raise UnreadableWorkspace(
                f"the snapshot of workspace version {version} is not the one that was applied"
            )
        return data


@contextmanager
def logged_when_unreadable() -> Iterator[None]:
    """Operators learn from the log that a version cannot be read."""
    try:
        yield
    except UnreadableWorkspace as error:
        logger.error("the workspace cannot be read: %s", error)  # noqa: TRY400  the trace says no more
        raise


def version_key(version: int) -> str:
    return f"version#{version:010d}"


def object_key(digest: str) -> str:
    return f"workspaces/{digest}.json"
