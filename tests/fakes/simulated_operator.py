"""What an operator asks of AWS and the stages do not, in a simulated account: to make, list and delete things."""

from __future__ import annotations

from typing import Any

from shared.aws import clients
from simulation.aws.account import Account
from simulation.aws.dynamodb.index import Index


class Operator:
    """A client of one service. Every call that is not here is the service's own."""

    def __init__(self, account: Account, service: str) -> None:
        self._account, self._service = account, service

    def __getattr__(self, name: str) -> Any:
        service: Any = self._service
        return getattr(clients.client(service), name)

    def create_table(self, *, TableName: str, KeySchema: list[Any], **asked: Any) -> None:  # noqa: N803
        self._account.dynamodb.create(
            TableName,
            sort_key=_keys(KeySchema)[1],
            indexes={
                one["IndexName"]: Index(
                    _keys(one["KeySchema"])[0],
                    str(_keys(one["KeySchema"])[1]),
                    all=one["Projection"]["ProjectionType"] == "ALL",
                )
                for one in asked.get("GlobalSecondaryIndexes", ())
            },
        )

    def delete_table(self, *, TableName: str) -> None:  # noqa: N803
        self._account.dynamodb.delete(TableName)

    def scan(self, *, TableName: str) -> dict[str, Any]:  # noqa: N803
        """Each item as the client reads it."""
        items = []
        for item in self._account.dynamodb.items(TableName):
            key = {name: item[name] for name in self._account.dynamodb[TableName].key_names}
            items.append(
                clients.client("dynamodb").get_item(TableName=TableName, Key=key, ConsistentRead=True)["Item"]
            )
        return {"Items": items}

    def create_stream(self, *, StreamName: str, ShardCount: int) -> None:  # noqa: N803
        self._account.kinesis.create(StreamName, shards=ShardCount)

    def put_record(self, *, StreamName: str, PartitionKey: str, Data: bytes) -> None:  # noqa: N803
        self._account.kinesis[StreamName].put(PartitionKey, Data)

    def split_shard(self, *, StreamName: str, ShardToSplit: str, **_: Any) -> None:  # noqa: N803
        self._account.kinesis[StreamName].split(ShardToSplit)

    def create_queue(self, *, QueueName: str) -> dict[str, str]:  # noqa: N803
        return {"QueueUrl": self._account.sqs.create(QueueName).url}

    def create_bucket(self, *, Bucket: str) -> None:  # noqa: N803
        self._account.s3.create(Bucket)

    def delete_bucket(self, *, Bucket: str) -> None:  # noqa: N803
        self._account.s3.remove(Bucket)

    def create_delivery_stream(self, *, DeliveryStreamName: str, **_: Any) -> None:  # noqa: N803
        self._account.firehose.create(DeliveryStreamName)

    def records(self, stream: str) -> list[bytes]:
        """What a delivery stream took, as moto's is read from its bucket."""
        return [data for _, data in self._account.firehose[stream].records]

    def create_event_bus(self, *, Name: str) -> None:  # noqa: N803
        self._account.events.create(Name)

    def create_secret(self, *, Name: str, SecretString: str) -> dict[str, str]:  # noqa: N803
        return {"ARN": self._account.secrets.create(Name, SecretString)}

    def create_email_identity(self, *, EmailIdentity: str) -> None:  # noqa: N803
        self._account.ses.identities.add(EmailIdentity)

    def create_platform_application(self, *, Name: str, Platform: str, **_: Any) -> dict[str, str]:  # noqa: N803
        return {"PlatformApplicationArn": self._account.sns.application(Name, Platform)}

    def list_endpoints_by_platform_application(self, *, PlatformApplicationArn: str) -> dict[str, Any]:  # noqa: N803
        found = [
            {"EndpointArn": one.arn, "Attributes": {"Token": one.token, "Enabled": str(one.enabled).lower()}}
            for one in self._account.sns.endpoints.values()
            if one.application == PlatformApplicationArn
        ]
        return {"Endpoints": found}


def _keys(schema: list[Any]) -> tuple[str, str | None]:
    """The partition key, and the sort key if there is one."""
    names = [one["AttributeName"] for one in schema]
    return names[0], names[1] if len(names) > 1 else None
