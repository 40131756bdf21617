"""To take dead letters out of their queues, and put them where they can be tried again."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from infra.access.granting import allow, arn_of
from infra.acknowledged import acknowledge_part
from infra.bus import Bus
from infra.watched import Watched


def redrive_dead_letters(policy: iam.ManagedPolicy, *, of: Watched, bus: Bus) -> None:
    """Taken out of any queue of dead letters, once they are in their own queue, on the stream or on the bus again.

    One pattern for the queues of the stack: a managed policy has 6,144 characters, and an ARN for each fills it.
    """
    stack = Stack.of(policy).stack_name
    dead_letters = arn_of(policy, "sqs", f"{stack}-*DeadLetters", "*", separator="")
    acknowledge_part(policy, dead_letters, "The dead letters of this stage's queues and rules.")
    queues = arn_of(policy, "sqs", f"{stack}-", "*", separator="")
    acknowledge_part(policy, queues, "What could not be done goes back to whichever of its queues it was in.")
    given_up = of.process.given_up
    batches = given_up.arn_for_objects("*")
    acknowledge_part(policy, batches, "Lambda names the objects of batches it gave up.")
    allow(
        policy,
        ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
        dead_letters,
    )
    allow(policy, ["sqs:GetQueueUrl", "sqs:SendMessage"], queues)
    allow(policy, ["kinesis:PutRecords"], of.stream.stream.stream_arn)
    allow(policy, ["events:PutEvents"], bus.bus.event_bus_arn)
    allow(policy, ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], batches)
    allow(policy, ["lambda:InvokeFunction"], of.archive.function.function.function_arn)
