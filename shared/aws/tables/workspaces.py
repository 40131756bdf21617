"""Workspace versions: pointers in DynamoDB, read consistently; snapshots in S3, in two parts, named by their hash.

`current` points at the latest version and each `version#<n>` at its own, both written in one conditional
transaction. The objects are stored first: a crash in between leaves some that nobody points at. A pointer names the
parts by `collecting` and `acting`, and the snapshot as a whole by `digest`: code from before there were parts reads
that, after a roll-back, and this code reads it of versions that have no parts.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.tables.collecting_workspaces import (
    CURRENT,
    DynamoCollectingWorkspaces,
    logged_when_unreadable,
    object_key,
    version_key,
)
from shared.events import utc_text
from shared.failures import VersionConflict
from shared.workspace import snapshot
from shared.workspace.collecting_snapshot import digest
from shared.workspace.model import Workspace

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef


class DynamoWorkspaces(DynamoCollectingWorkspaces):
    """`shared.ports.workspaces.Workspaces` over the workspace table and the workspace bucket."""

    def version_at(self, at: datetime) -> int | None:
        """The version that was in force at a time; None before the first one. A binary search that reads one small item
        per step."""
        # Versions are applied in order: the wanted one lies in between.
        first, latest = 0, self.latest_version()
        while first < latest:
            middle = (first + latest + 1) // 2
            pointer = self._pointer(version_key(middle))
            if pointer is not None and datetime.fromisoformat(pointer["applied_at"]) <= at:
                first = middle
            else:
                latest = middle - 1
        return first or None

    def load(self, version: int) -> Workspace:
        if not version:
            return Workspace()
        with logged_when_unreadable():
            pointer = self._pointer_to(version)
            if "collecting" not in pointer:
                return snapshot.decode(self._object(pointer["digest"], version), version)
            collecting = self._object(pointer["collecting"], version)
            acting = self._object(pointer["acting"], version)
            return snapshot.decode_parts(snapshot.Parts(collecting, acting), version)

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        parts = snapshot.encode_parts(workspace)
        snapshot.decode_parts(
            parts, after + 1
        )  # what no stage could read must not become the current version
        stored = {"digest": snapshot.encode(workspace), **parts._asdict()}
        digests = {name: digest(data) for name, data in stored.items()}
        with unavailable_when_failing():
            for name, data in stored.items():
                client("s3").put_object(
                    Bucket=self._bucket,
                    Key=object_key(digests[name]),
                    Body=data,
                    ContentType="application/json",
                )
            self._point_at(digests, after=after, at=at, by=by)
        return workspace.model_copy(update={"version": after + 1})

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
            "Item": {"pk": {"S": version_key(version)}, **pointer},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            client("dynamodb").transact_write_items(TransactItems=[{"Put": latest}, {"Put": numbered}])
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise VersionConflict(f"workspace version {version} was applied by somebody else") from error
            raise
