"""archive: packed events from the bus, and rejected ones from their table's stream, as rows to the lake."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bus import Bus, BusConsumer
from infra.lake import Lake
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.workspace import Workspace
from shared.bus_entries import EventBatch

OLDEST = Duration.hours(23)
"""How long rejected events are retried. Their stream keeps them for 24 hours."""

WINDOW = Duration.seconds(5)
"""How long they are collected. People only look at them minutes later."""


class Archive(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bus: Bus,
        lake: Lake,
        rejected: dynamodb.Table,
        workspace: Workspace,
        packages: Packages,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        self.function = PythonFunction(
            self,
            "Function",
            name="archive",
            handler="functions.archive.handler.lambda_handler",
            package=packages.stage("archive"),
            settings=settings,
            memory_mb=settings.consumer_memory_mb,
            timeout=Duration.minutes(1),
        )
        lake.filled_by(self.function)
        self.consumer = BusConsumer(
            self,
            "Batches",
            bus=bus,
            detail_type=EventBatch.detail_type,
            function=self.function,
            # Each message is at most 64 KB; a larger batch needs a window.
            batch_size=50 if settings.archive_window_seconds else 10,
            window=Duration.seconds(settings.archive_window_seconds),
        )
        self._takes_rejected(rejected, workspace, settings)

    def _takes_rejected(self, table: dynamodb.Table, workspace: Workspace, settings: Settings) -> None:
        stream = table.table_stream_arn
        if stream is None:
            raise ValueError("the table of rejected events has no stream")
        source = lambda_.EventSourceMapping(
            self,
            "Rejected",
            target=self.function.live,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            # A request may have 5,000 events. Those that AWS did not take come again, and none before them.
            batch_size=10,
            report_batch_item_failures=True,
            max_batching_window=WINDOW if settings.archive_window_seconds else Duration.seconds(0),
            bisect_batch_on_error=True,
            max_record_age=OLDEST,
            # No marks that one was replayed, and none that its time is over.
            filters=[lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT")})],
        )
        mapping = source.node.default_child
        if not isinstance(mapping, lambda_.CfnEventSourceMapping):
            raise TypeError("the event source mapping is not what it was")
        dead_letters = self.consumer.dead_letters
        mapping.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=dead_letters.queue_arn)
        )
        self.function.set(
            WORKSPACE_BUCKET=workspace.bucket.bucket_name,
            DEAD_LETTER_QUEUE_URL=dead_letters.queue_url,
        )
        if (
            settings.on_aws
        ):  # the emulator takes an answer for success, whatever it says: there the function fails
            self.function.set(RESUMES_STREAMS="1")
        workspace.overflow_read_by(self.function)
        self.function.allow("sqs:SendMessage", on=dead_letters.queue_arn)
        self.function.allow(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            on=stream,
        )
        # Lambda checks the permissions when it makes the mapping.
        source.node.add_dependency(self.function.permissions)
