"""What people, the command and the tests need to know of a deployed stack, by name. Nothing here is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput

if TYPE_CHECKING:
    from infra.stack import Headrace


def publish(stack: Headrace) -> None:
    functions = {
        "CollectFunction": stack.collect.function,
        "ReplayFunction": stack.collect.replay,
        "ProcessFunction": stack.process.function,
        "SweepFunction": stack.sweep.function,
        "ArchiveFunction": stack.archive.function,
        **{f"Send{channel.capitalize()}Function": made for channel, made in stack.send.functions.items()},
    }
    outputs = {
        "CollectUrl": stack.collect.api.api_endpoint,
        "CollectApiId": stack.collect.api.api_id,
        "CollectApiName": f"{stack.stack_name}-collect",
        "StreamName": stack.stream.stream.stream_name,
        "ProfilesTable": stack.tables.profiles.table_name,
        "TimelineTable": stack.tables.timeline.table_name,
        "RejectedTable": stack.tables.rejected.table_name,
        "MessagesTable": stack.tables.messages.table_name,
        "WorkspaceTable": stack.tables.workspace.table_name,
        "WorkspaceBucket": stack.workspace.bucket.bucket_name,
        "LakeBucket": stack.lake.bucket.bucket_name,
        "GivenUpBucket": stack.process.given_up.bucket_name,
        "BusName": stack.bus.bus.event_bus_name,
        "SecretArn": stack.workspace.secret.secret_arn,
        "DeliveryStream": stack.lake.delivery_name,
        "DeadLetterQueueUrl": stack.process.dead_letters.queue_url,
        "GlueDatabase": stack.lake.database,
        "AthenaWorkgroup": stack.lake.workgroup.name,
        **{name: made.function.function_name for name, made in functions.items()},
    }
    for name, value in outputs.items():
        CfnOutput(stack, name, value=value)
