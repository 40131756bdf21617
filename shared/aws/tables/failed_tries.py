"""Count how often a record failed for its content, in a small item beside the rejected events. The item expires when
the stream has deleted the record. Nothing is read or written while nothing fails.
"""

from __future__ import annotations

from datetime import datetime

from shared.aws.clients import client, unavailable_when_failing
from shared.records import RETENTION


class DynamoFailedTries:
    """`shared.ports.streams.FailedTries` over the rejected table, under keys that no day of rejected events uses."""

    def __init__(self, table: str) -> None:
        self._table = table

    def add(self, name: str, at: datetime) -> int:
        with unavailable_when_failing():
            answer = client("dynamodb").update_item(
                TableName=self._table,
                Key={"pk": {"S": f"failed#{name}"}, "sk": {"S": "tries"}},
                UpdateExpression="SET expires_at = :gone ADD tries :one",
                ExpressionAttributeValues={
                    ":gone": {"N": str(int((at + RETENTION).timestamp()))},
                    ":one": {"N": "1"},
                },
                ReturnValues="UPDATED_NEW",
            )
            return int(answer["Attributes"]["tries"]["N"])
