"""Progress of imports: items of the workspace table, `import#<source>#<digest>`."""

from __future__ import annotations

from shared.aws.clients import client, unavailable_when_failing
from shared.imports import ImportProgress


class DynamoImports:
    """`shared.ports.people.Imports` over the workspace table."""

    def __init__(self, table: str) -> None:
        self._table = table

    def load(self, source: str, digest: str) -> ImportProgress | None:
        with unavailable_when_failing():
            found = client("dynamodb").get_item(
                TableName=self._table, Key={"pk": {"S": _key(source, digest)}}, ConsistentRead=True
            )
        item = found.get("Item")
        return ImportProgress.model_validate_json(item["progress"]["S"]) if item else None

    def save(self, progress: ImportProgress) -> None:
        key = _key(progress.source, progress.digest)
        item = {"pk": {"S": key}, "progress": {"S": progress.model_dump_json()}}
        with unavailable_when_failing():
            client("dynamodb").put_item(TableName=self._table, Item=item)


def _key(source: str, digest: str) -> str:
    return f"import#{source}#{digest}"
