"""Workspace versions: pointers in DynamoDB, read consistently; snapshots in S3, in two parts, named by their hash.

`current` points at the latest version and each `version#<n>` at its own, both written in one conditional
transaction. The objects are stored first: a crash in between leaves some that nobody points at. A pointer names the
parts by `collecting` and `acting`, and the snapshot as a whole by `digest`: code from before there were parts reads
that, after a roll-back, and this code reads it of versions that have no parts.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.events import utc_text
from shared.failures import UnreadableWorkspace, VersionConflict
from shared.workspace import snapshot
from shared.workspace.model import Workspace

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef

logger = logging.getLogger(__name__)

CURRENT = "current"


class DynamoWorkspaces:
    """`shared.ports.workspaces.Workspaces` over the workspace table and the workspace bucket.

    With `acting=False`, for stages that only collect, versions come without what acts (`snapshot.ACTING`), and none can
    be applied.
    """

    def __init__(self, *, table: str, bucket: str, acting: bool = True) -> None:
        self._table = table
        self._bucket = bucket
        self._acting = acting

    def latest_version(self) -> int:
        found = self._pointer(CURRENT)
        return int(found["version"]) if found else 0

    def version_at(self, at: datetime) -> int | None:
        """The version that was in force at a time; None before the first one. A binary search that reads one small item
        per step."""
        # Versions are applied in order: the wanted one lies in between.
        first, latest = 0, self.latest_version()
        while first < latest:
            middle = (first + latest + 1) // 2
            pointer = self._pointer(_version_key(middle))
            if pointer is not None and datetime.fromisoformat(pointer["applied_at"]) <= at:
                first = middle
            else:
                latest = middle - 1
        return first or None

    def load(self, version: int) -> Workspace:
        try:
            return self._load(version)
        except UnreadableWorkspace as error:
            logger.error("the workspace cannot be read: %s", error)  # noqa: TRY400  the trace says no more
            raise

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        if not self._acting:
            raise TypeError("what was read without its campaigns must not be applied")
        parts = snapshot.encode_parts(workspace)
        snapshot.decode_parts(
            parts, after + 1
        )  # what no stage could read must not become the current version
        stored = {"digest": snapshot.encode(workspace), **parts._asdict()}
        digests = {name: snapshot.digest(data) for name, data in stored.items()}
        with unavailable_when_failing():
            for name, data in stored.items():
                client("s3").put_object(
                    Bucket=self._bucket,
                    Key=_object_key(digests[name]),
                    Body=data,
                    ContentType="application/json",
                )
            self._point_at(digests, after=after, at=at, by=by)
        return workspace.model_copy(update={"version": after + 1})

    def _load(self, version: int) -> Workspace:
        pointer = self._pointer(_version_key(version))
        if pointer is None:
            raise UnreadableWorkspace(f"there is no workspace version {version}")
        if "collecting" not in pointer:
            whole = self._object(pointer["digest"], version)
            return (
                snapshot.decode(whole, version)
                if self._acting
                else snapshot.decode_collecting(whole, version)
            )
        collecting = self._object(pointer["collecting"], version)
        if not self._acting:
            return snapshot.decode_collecting(collecting, version)
        acting = self._object(pointer["acting"], version)
        return snapshot.decode_parts(snapshot.Parts(collecting, acting), version)

    def _object(self, digest: str, version: int) -> bytes:
        with unavailable_when_failing():
            stored = client("s3").get_object(Bucket=self._bucket, Key=_object_key(digest))
            data = stored["Body"].read()
        if snapshot.digest(data) != digest:
            raise UnreadableWorkspace(
                f"the snapshot of workspace version {version} is not the one that was applied"
            )
        return data

    def _point_at(self, digests: dict[str, str], *, after: int, at: datetime, by: str) -> None:
        version = after + 1
        named = {name: {"S": digest} for name, digest in digests.items()}
        pointer = {**named, "applied_at": {"S": utc_text(at)}, "by": {"S": by}}
        latest: PutTypeDef = {
            "TableName": self._table,
            "Item": {"pk": {"S": CURRENT}, "version": {"N": str(version)}, **pointer},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if after:
            latest["ConditionExpression"] = "version = :after"
            latest["ExpressionAttributeValues"] = {":after": {"N": str(after)}}
        numbered: PutTypeDef = {
            "TableName": self._table,
            "Item": {"pk": {"S": _version_key(version)}, **pointer},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            client("dynamodb").transact_write_items(TransactItems=[{"Put": latest}, {"Put": numbered}])
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise VersionConflict(f"workspace version {version} was applied by somebody else") from error
            raise

    def _pointer(self, key: str) -> dict[str, str] | None:
        with unavailable_when_failing():
            found = client("dynamodb").get_item(
                TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True
            )
        item = found.get("Item")
        return {name: value.get("S", value.get("N", "")) for name, value in item.items()} if item else None


def _version_key(version: int) -> str:
    return f"version#{version:010d}"


def _object_key(digest: str) -> str:
    return f"workspaces/{digest}.json"
