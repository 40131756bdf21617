"""watch: every few minutes, whether the bus's rules and the consumers are on, and whether anything was put aside.

CloudWatch could be asked the same by an alarm for each of them, at $0.10 a month for each metric, and would notice what
is switched off only by the traffic that is lost meanwhile. EventBridge, Lambda and SQS say it of themselves, for cents.
"""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.bus import Bus
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.watched import Watched

EVERY = Duration.minutes(5)

LISTED = ("events:ListRules", "lambda:ListEventSourceMappings")
"""What IAM knows no resource for."""


class Watch(Construct):
    def __init__(
        self, scope: Construct, id: str, *, of: Watched, bus: Bus, packages: Packages, settings: Settings
    ) -> None:
        super().__init__(scope, id)
        self.function = PythonFunction(
            self,
            "Function",
            name="watch",
            handler="functions.watch.handler.lambda_handler",
            package=packages.stage("watch"),
            settings=settings,
            memory_mb=settings.consumer_memory_mb,
            timeout=Duration.minutes(3),  # what it may read of the log takes as long
        )
        stack = Stack.of(self)
        consumers = [of.archive.consumer, *of.send.consumers.values()]
        dead_letters = [
            of.process.dead_letters,
            of.tee.dead_letters,
            *(one.dead_letters for one in consumers),
        ]
        queues_of_the_bus = [queue for one in consumers for queue in (one.queue, one.dead_letters)]
        from_a_queue = [of.tee.function, *of.send.functions.values()]
        self.function.set(
            BUS_NAME=bus.bus.event_bus_name,
            CONSUMERS=stack.to_json_string(
                {
                    of.process.function.function.function_name: ["kinesis"],
                    of.archive.function.function.function_name: ["sqs", "dynamodb"],
                    **{made.function.function_name: ["sqs"] for made in from_a_queue},
                }
            ),
            DEAD_LETTER_QUEUES=" ".join(queue.queue_url for queue in dead_letters),
            QUEUES_OF_THE_BUS=" ".join(queue.queue_url for queue in queues_of_the_bus),
        )
        self._may_look(bus)
        witnesses = [of.collect.function, of.sweep.function, of.process.function]
        self.function.set(
            OF_THE_LEDGER=stack.to_json_string({one.name: one.function.function_name for one in witnesses})
        )
        for one in witnesses:
            self.function.allow("logs:FilterLogEvents", on=one.log_group.log_group_arn)
        for queue in dict.fromkeys((*dead_letters, *queues_of_the_bus)):
            self.function.allow("sqs:GetQueueAttributes", on=queue.queue_arn)
        events.Rule(
            self,
            "EveryFewMinutes",
            schedule=events.Schedule.rate(EVERY),
            # A look that fails needs no retry: the next one sees as much.
            targets=[targets.LambdaFunction(self.function.live, retry_attempts=0, max_event_age=EVERY)],
        )

    def _may_look(self, bus: Bus) -> None:
        role = self.function.role
        role.add_to_policy(iam.PolicyStatement(actions=[*LISTED], resources=["*"]))
        acknowledge(role, "IAM5[Resource::*]", "Lists of the account have no ARN; it only reads.")
        rules = Stack.of(self).format_arn(
            service="events", resource="rule", resource_name=f"{bus.bus.event_bus_name}/*"
        )
        self.function.allow("events:ListTargetsByRule", on=rules, part="The rules of the stack's own bus.")
