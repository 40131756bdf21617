"""The outputs of the stack, for people, the command and tests. None of them is secret."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack

from infra.access import Access
from infra.alarms import Alarms
from infra.archive import Archive
from infra.bus import Bus
from infra.collect import Collect
from infra.lake import Lake
from infra.packaging import ROOT
from infra.process import Process
from infra.send import Send
from infra.settings.changed import remembered
from infra.settings.model import Settings
from infra.stream import Stream
from infra.sweep import Sweep
from infra.tables import Tables
from infra.tee import Tee
from infra.watch import Watch
from infra.workspace import Workspace
from shared.authoring.checkout_version import declared, version_of


def publish(
    stack: Stack,
    *,
    tables: Tables,
    workspace: Workspace,
    stream: Stream,
    bus: Bus,
    lake: Lake,
    collect: Collect,
    process: Process,
    sweep: Sweep,
    send: Send,
    archive: Archive,
    tee: Tee,
    watch: Watch | None,
    alarms: Alarms | None,
    access: Access | None,
    settings: Settings,
) -> None:
    functions = {
        "CollectFunction": collect.function,
        "ReplayFunction": collect.replay,
        "DefineFunction": collect.define,
        "ProcessFunction": process.function,
        "SweepFunction": sweep.function,
        "ArchiveFunction": archive.function,
        "TeeFunction": tee.function,
        **{f"Send{channel.capitalize()}Function": made for channel, made in send.functions.items()},
    }
    if watch:
        functions["WatchFunction"] = watch.function
    outputs = {
        "CollectUrl": collect.gateway.url,
        "CollectApi": collect.gateway.kind,
        "CollectApiId": collect.gateway.api_id,
        "CollectApiName": f"{stack.stack_name}-collect",
        "StreamName": stream.stream.stream_name,
        "ProfilesTable": tables.profiles.table_name,
        "TimelineTable": tables.timeline.table_name,
        "RejectedTable": tables.rejected.table_name,
        "MessagesTable": tables.messages.table_name,
        "TeeTable": tables.tee.table_name,
        "TeeQueueUrl": tee.queue.queue_url,
        "TeeDeadLetterQueueUrl": tee.dead_letters.queue_url,
        "WorkspaceTable": tables.workspace.table_name,
        "WorkspaceBucket": workspace.bucket.bucket_name,
        "LakeBucket": lake.bucket.bucket_name,
        "GivenUpBucket": process.given_up.bucket_name,
        "BusName": bus.bus.event_bus_name,
        "SecretArn": workspace.keys.secret_arn,
        "OutgoingSecretArn": workspace.outgoing.secret_arn,
        "DeliveryStream": lake.delivery_name,
        "DeadLetterQueueUrl": process.dead_letters.queue_url,
        "GlueDatabase": lake.database,
        "AthenaWorkgroup": lake.workgroup.name,
        "ChangedSettings": remembered(settings),
        # A laptop is deployed again when its code changes, and need not be for each commit.
        "Version": version_of(ROOT) if settings.on_aws else declared(ROOT),
        **{name: made.function.function_name for name, made in functions.items()},
    }
    if alarms:
        outputs["AlarmTopicArn"] = alarms.topic.topic_arn
        outputs["DashboardName"] = stack.stack_name
    if collect.domain and not collect.domain.has_records:
        outputs["DomainTarget"] = collect.domain.target
    if access:
        outputs["OperatorsPolicyArn"] = access.operators.managed_policy_arn
        outputs["OnCallPolicyArn"] = access.on_call.managed_policy_arn
        outputs["AnalystsPolicyArn"] = access.analysts.managed_policy_arn
        for policy in access.route_queues:
            outputs[f"{policy.node.id}PolicyArn"] = policy.managed_policy_arn
        outputs["CiPolicyArn"] = access.ci.managed_policy_arn
    for name, value in outputs.items():
        CfnOutput(stack, name, value=value)
