"""The stream: whatever happens to a person enters here, each person's records in order."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from infra.python_function import PythonFunction
from infra.settings.model import Settings

SHARDS_ON_DEMAND = 4
"""What a stream without planned capacity begins with, and never goes below."""


class Stream(Construct):
    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        super().__init__(scope, id)
        self.shards = settings.stream_shards or SHARDS_ON_DEMAND
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_mode=kinesis.StreamMode.PROVISIONED
            if settings.stream_shards
            else kinesis.StreamMode.ON_DEMAND,
            shard_count=settings.stream_shards,
            retention_period=Duration.hours(settings.stream_retention_hours),
            encryption=kinesis.StreamEncryption.MANAGED,
            removal_policy=settings.removal,
        )

    def fed_by(self, function: PythonFunction) -> None:
        function.set(STREAM_NAME=self.stream.stream_name)
        function.allow("kinesis:PutRecords", on=self.stream.stream_arn)
