"""Workspace versions: pointers in DynamoDB, read consistently; snapshots in S3, named by their hash.

`current` points at the latest version and each `version#<n>` at its own, both written in one conditional
transaction. The snapshot is stored first: a crash in between leaves an object that nobody points at.
"""

from __future__ import annotations

from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from shared import snapshot
from shared.aws.clients import client
from shared.events import utc_text
from shared.ports import Unavailable, VersionConflict
from shared.workspace import Workspace

CURRENT = "current"


class DynamoWorkspaces:
    """`shared.ports.Workspaces` over the workspace table and the workspace bucket."""

    def __init__(self, *, table: str, bucket: str) -> None:
        self._table = table
        self._bucket = bucket

    def latest_version(self) -> int:
        found = self._pointer(CURRENT)
        return int(found["version"]) if found else 0

    def load(self, version: int) -> Workspace:
        """Raises LookupError for a version never applied, ValueError for a snapshot that was altered."""
        pointer = self._pointer(_version_key(version))
        if pointer is None:
            raise LookupError(f"there is no workspace version {version}")
        try:
            stored = client("s3").get_object(Bucket=self._bucket, Key=_object_key(pointer["digest"]))
            data = stored["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"cannot read the snapshot of workspace version {version}: {error}") from error
        if snapshot.digest(data) != pointer["digest"]:
            raise ValueError(f"the snapshot of workspace version {version} is not the one that was applied")
        return snapshot.decode(data, version)

    def apply(self, workspace: Workspace, *, after: int, at: datetime, by: str) -> Workspace:
        version = after + 1
        data = snapshot.encode(workspace)
        pointer = {"digest": {"S": snapshot.digest(data)}, "applied_at": {"S": utc_text(at)}, "by": {"S": by}}
        unchanged = "version = :after" if after else "attribute_not_exists(pk)"
        try:
            client("s3").put_object(
                Bucket=self._bucket,
                Key=_object_key(snapshot.digest(data)),
                Body=data,
                ContentType="application/json",
            )
            client("dynamodb").transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": {"pk": {"S": CURRENT}, "version": {"N": str(version)}, **pointer},
                            "ConditionExpression": unchanged,
                            **({"ExpressionAttributeValues": {":after": {"N": str(after)}}} if after else {}),
                        }
                    },
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": {"pk": {"S": _version_key(version)}, **pointer},
                            "ConditionExpression": "attribute_not_exists(pk)",
                        }
                    },
                ]
            )
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise VersionConflict(f"workspace version {version} was applied by somebody else") from error
            raise Unavailable(f"cannot apply workspace version {version}: {error}") from error
        except BotoCoreError as error:
            raise Unavailable(f"cannot apply workspace version {version}: {error}") from error
        return workspace.model_copy(update={"version": version})

    def _pointer(self, key: str) -> dict[str, str] | None:
        try:
            found = client("dynamodb").get_item(
                TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"cannot read the workspace table: {error}") from error
        item = found.get("Item")
        return {name: value.get("S", value.get("N", "")) for name, value in item.items()} if item else None


def _version_key(version: int) -> str:
    return f"version#{version:010d}"


def _object_key(digest: str) -> str:
    return f"workspaces/{digest}.json"
