"""tee: what a source sends goes to the vendor it came from as well: collect → queue → function → vendor."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.collect import Collect
from infra.dead_letters import ATTEMPTS, dead_letter_queue, work_queue
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.workspace import Workspace


class Tee(Construct):
    """One queue for all sources: where a request goes is looked up when it is forwarded."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        collect: Collect,
        table: dynamodb.Table,
        workspace: Workspace,
        packages: Packages,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        self.function = PythonFunction(
            self,
            "Function",
            name="tee",
            handler="functions.tee.handler.lambda_handler",
            package=packages.stage("tee"),
            settings=settings,
            memory_mb=settings.consumer_memory_mb,
            timeout=Duration.minutes(1),
        )
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.queue = work_queue(
            self, "Queue", dead_letters=self.dead_letters, function_timeout=self.function.timeout
        )
        self._fed_by(collect, workspace)
        self._function(table, workspace, settings)

    def _fed_by(self, collect: Collect, workspace: Workspace) -> None:
        for function in (collect.function, collect.replay):
            function.set(
                TEE_QUEUE_URL=self.queue.queue_url
            )  # of one environment, though replay forwards nothing
        collect.function.allow("sqs:SendMessage", on=self.queue.queue_arn)
        workspace.tee_bodies_written_by(collect.function)

    def _function(self, table: dynamodb.Table, workspace: Workspace, settings: Settings) -> None:
        workspace.read_by(self.function)
        workspace.outgoing_read_by(self.function)
        workspace.tee_bodies_read_by(self.function)
        self.function.set(TEE_TABLE=table.table_name, QUEUE_URL=self.queue.queue_url, ATTEMPTS=str(ATTEMPTS))
        if settings.private_webhooks:
            self.function.set(ALLOW_PRIVATE_VENDORS="true")
        self.function.allow(
            "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", on=table.table_arn
        )
        # The rights of the event source let the function say when a request that goes back comes again.
        self.function.live.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=10,  # forwarded at the same time
                max_concurrency=settings.send_concurrency,
                report_batch_item_failures=True,
            )
        )
