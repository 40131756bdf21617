"""process: stream in; profiles and their timeline changed, bus entries out."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.bucket import Buckets
from infra.bus import Bus
from infra.dead_letters import dead_letter_queue
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.stream import Stream
from infra.tables import Tables
from infra.workspace import Workspace

BATCH = 1_000
"""Records of one invocation. Larger batches fold more records of a person with one read and one write."""

HOURS_TO_SET_ASIDE = 1
"""Hours of the stream's retention that must be left when a batch is given up. Records that the stream has deleted
cannot be set aside."""


def oldest(settings: Settings) -> Duration:
    """How long a batch that fails is tried again before its shard goes on without it: nearly as long as the stream
    keeps it, because what is given up half-way is counted but not archived. Records whose content fails are put aside
    by the function itself, those that AWS refuses after three tries: no number of retries is set, because a batch fails
    as often while a service is away, and then nothing may be given up."""
    return Duration.hours(settings.stream_retention_hours - HOURS_TO_SET_ASIDE)


class Process(Construct):
    """`dead_letters` is the queue of records whose content failed. `given_up` is the bucket of batches that failed for
    too long."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stream: Stream,
        tables: Tables,
        workspace: Workspace,
        bus: Bus,
        buckets: Buckets,
        packages: Packages,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        self.function = PythonFunction(
            self,
            "Function",
            name="process",
            handler="functions.process.handler.lambda_handler",
            package=packages.stage("process"),
            settings=settings,
            memory_mb=settings.process_memory_mb,
            timeout=Duration.minutes(2),
        )
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.given_up = buckets.bucket(
            self, "GivenUp", lifecycle=[s3.LifecycleRule(id="kept", expiration=Duration.days(90))]
        )
        self.source = self._source(stream, settings)
        workspace.read_by(self.function)
        bus.published_to_by(self.function)
        self.function.set(
            PROFILES_TABLE=tables.profiles.table_name,
            TIMELINE_TABLE=tables.timeline.table_name,
            REJECTED_TABLE=tables.rejected.table_name,
            DEAD_LETTER_QUEUE_URL=self.dead_letters.queue_url,
        )
        self.function.allow("dynamodb:BatchGetItem", "dynamodb:PutItem", on=tables.profiles.table_arn)
        self.function.allow("dynamodb:BatchWriteItem", on=tables.timeline.table_arn)
        self.function.allow(
            "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", on=tables.rejected.table_arn
        )
        workspace.overflow_written_by(self.function)
        self.function.allow("sqs:SendMessage", on=self.dead_letters.queue_arn)

    def _source(self, stream: Stream, settings: Settings) -> lambda_.EventSourceMapping:
        source = lambda_.EventSourceMapping(
            self,
            "Records",
            target=self.function.live,
            event_source_arn=stream.stream.stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH,
            max_batching_window=Duration.seconds(settings.stream_window_seconds),
            parallelization_factor=settings.stream_parallelism,
            bisect_batch_on_error=True,
            max_record_age=oldest(settings),
            metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
        )
        # The CDK's own S3 destination would let the function read and delete what was given up.
        mapping = source.node.default_child
        if not isinstance(mapping, lambda_.CfnEventSourceMapping):
            raise TypeError("the event source mapping is not what it was")
        mapping.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.given_up.bucket_arn)
        )
        self.function.allow("s3:ListBucket", on=self.given_up.bucket_arn)
        self.function.allow(
            "s3:PutObject",
            on=self.given_up.arn_for_objects("*"),
            part="Lambda names the objects of batches it gave up.",
        )
        self.function.allow(
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            on=stream.stream.stream_arn,
        )
        # Lambda checks the permissions when it makes the mapping.
        source.node.add_dependency(self.function.permissions)
        return source
