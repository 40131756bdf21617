"""The stack's resources in moto, with something of everything in them."""

from __future__ import annotations

import base64
import json
import random
import zlib
from datetime import UTC, datetime
from typing import Any

import boto3

from shared.aws.messages.log import DynamoMessages
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import LARGEST_ITEM, DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tee.log import DynamoTeeLog
from shared.bus_entries import MessageRequested
from shared.events import Event
from shared.fold.profile import Changes
from shared.messaging.messages import MessageRequest, Status
from shared.people.timeline import Chunk
from shared.plan.reasons import Code
from shared.records import encode
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.tee import Answer, TeedRequest
from tests.fakes.folding import NOON, Person, did, identified
from tests.infra.policies import Deployed
from tests.infra.template import Template

STAGE = "prod"
NOW = datetime.now(UTC).replace(microsecond=0)
MILLISECONDS = f"{int(NOW.timestamp() * 1000):012x}"
REQUEST = f"{MILLISECONDS[:8]}-{MILLISECONDS[8:]}-7000-8000-000000000001"


def generated_secret(generator: dict[str, Any]) -> str:
    """What Secrets Manager makes of a template and a key to generate."""
    made: dict[str, Any] = json.loads(generator["SecretStringTemplate"])
    return json.dumps(made | {generator["GenerateStringKey"]: "k" * generator["PasswordLength"]})


def make(template: Template, deployed: Deployed) -> None:
    """The tables, buckets, queues, rules, stream and workgroup of a template, by the names of its outputs."""
    for logical, table in template.properties("AWS::DynamoDB::Table").items():
        shape = {key: table[key] for key in ("KeySchema", "AttributeDefinitions", "BillingMode")}
        if indexes := table.get("GlobalSecondaryIndexes"):
            shape["GlobalSecondaryIndexes"] = indexes
        boto3.client("dynamodb").create_table(TableName=deployed.name(logical), **shape)
    for logical in template.all("AWS::S3::Bucket"):
        boto3.client("s3").create_bucket(Bucket=deployed.name(logical))
    for logical, queue in sorted(
        template.properties("AWS::SQS::Queue").items(), key=lambda one: "RedrivePolicy" in one[1]
    ):
        more: Any = {}
        if redrive := queue.get("RedrivePolicy"):
            beside = deployed.text(redrive["deadLetterTargetArn"])
            more = {"RedrivePolicy": json.dumps(redrive | {"deadLetterTargetArn": beside})}
        boto3.client("sqs").create_queue(QueueName=deployed.name(logical), Attributes=more)
    make_rules(template, deployed)
    for logical in template.all("AWS::Kinesis::Stream"):
        boto3.client("kinesis").create_stream(StreamName=deployed.name(logical), ShardCount=1)
    outputs = deployed.outputs()
    boto3.client("athena").create_work_group(
        Name=outputs["AthenaWorkgroup"],
        Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{outputs['LakeBucket']}/q/"}},
    )


def make_rules(template: Template, deployed: Deployed) -> None:
    """Schedules, and the bus with its rules and their targets."""
    events = boto3.client("events")
    bus = deployed.outputs()["BusName"]
    events.create_event_bus(Name=bus)
    for logical, rule in template.properties("AWS::Events::Rule").items():
        if "EventPattern" not in rule:
            schedule = f"headrace-{STAGE}-{logical}"
            events.put_rule(Name=schedule, ScheduleExpression=rule["ScheduleExpression"])
            events.put_targets(
                Rule=schedule, Targets=[{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:1:function:x"}]
            )
        else:
            events.put_rule(
                Name=logical,
                EventBusName=bus,
                EventPattern=json.dumps(rule["EventPattern"]),
                Description=rule.get("Description", ""),
            )
            targets: Any = [{"Id": one["Id"], "Arn": deployed.text(one["Arn"])} for one in rule["Targets"]]
            events.put_targets(Rule=logical, EventBusName=bus, Targets=targets)


def fill(outputs: dict[str, str]) -> None:
    """One person, a message to them, a refused request too large for its item, an answer of a vendor."""
    person = Person()
    person.does(identified(first_name="Ann"), did("View Item"))
    DynamoProfiles(outputs["ProfilesTable"]).save(Changes(profiles=(person.profile,)), at=NOON)
    chunk = Chunk("user:u1", "2026-11-21T12:00:00.000Z#1", 2_000_000_000, zlib.compress(b"[]"))
    DynamoTimeline(outputs["TimelineTable"]).put([chunk])
    log = DynamoMessages(outputs["MessagesTable"])
    message = MessageRequest(
        id="m1", channel="sms", campaign="big-order", person="user:u1", event=did("Complete Purchase"),
        requested_at=NOW, workspace=1,
    )  # fmt: skip
    log.claim(message, to="+12025550100", until=NOW, at=NOW, spend_usd=0, cap_usd=0)
    log.record(message, status=Status.SENT, reason=None, to="+12025550100", provider_id="p1", at=NOW)
    reason = RejectedReason(
        code=Code.WRONG_TYPE, field="properties.amount", message="amount must be a number"
    )
    incompressible = random.Random(1).randbytes(LARGEST_ITEM)
    request = RejectedRequest(
        request=REQUEST, source="strict", protocol="twilio_segment", trust="server", received_at=NOW,
        expires_at=2_000_000_000, items=(RejectedItem(index=3, reasons=(reason,), body=incompressible),),
    )  # fmt: skip
    assert DynamoRejected(outputs["RejectedTable"], outputs["WorkspaceBucket"]).put([request]) == []
    answer = Answer(
        request=f"{REQUEST}-t", source="strict", protocol="twilio_segment", call="track", content_type="",
        ours=200, theirs=500, milliseconds=1, sent=1, answered=1, events=1, rejected=0,
        received_at=NOW, answered_at=NOW,
    )  # fmt: skip
    DynamoTeeLog(outputs["TeeTable"]).record([answer], [])
    fill_dead_letters(outputs)


def fill_dead_letters(outputs: dict[str, str]) -> None:
    """One of each kind; `process` has one that was too large for the queue."""
    sqs, s3 = boto3.client("sqs"), boto3.client("s3")
    record = base64.b64encode(record_of(did("View Item"))).decode()
    key = "rejected/dead-letters/1"
    s3.put_object(Bucket=outputs["WorkspaceBucket"], Key=key, Body=record.encode())
    dead_letter = {"key": "user:u1", "error": "E", "data": None, "stored_at": key}
    number = "49590338271490256608559692538361571095921575989136588898"
    batch = {"Records": [{"kinesis": {"partitionKey": "user:u1", "sequenceNumber": number, "data": record}}]}
    s3.put_object(
        Bucket=outputs["GivenUpBucket"], Key="aws/1", Body=json.dumps({"payload": json.dumps(batch)}).encode()
    )
    rejected = DynamoRejected(outputs["RejectedTable"], outputs["WorkspaceBucket"])
    [keys] = [
        {"pk": item["pk"], "sk": item["sk"]}
        for item in boto3.client("dynamodb").scan(TableName=outputs["RejectedTable"])["Items"]
    ]
    assert rejected.request(REQUEST) is not None
    span = {f"approximateArrivalOf{which}Record": NOW.isoformat() for which in ("First", "Last")}
    message = MessageRequested(
        id="m2", channel="sms", campaign="big-order", person="user:u1", event=did("Complete Purchase"),
        requested_at=NOW, workspace=1,
    )  # fmt: skip
    entry = {
        "source": "headrace",
        "detail-type": "Message Requested",
        "detail": message.model_dump(mode="json"),
    }
    teed = TeedRequest(
        id="t", source="strict", protocol="twilio_segment", call="track", method="POST", path="/", query="",
        headers={}, body=b"{}", status=200, events=1, rejected=0, received_at=NOW, workspace=1,
    )  # fmt: skip
    dead_letters = {
        "ProcessDeadLetters": json.dumps(dead_letter),
        "TeeDeadLetters": teed.encode().decode(),
        "ArchiveBatchesDeadLetters": json.dumps({"rejected": REQUEST, "keys": keys}),
        "SendSmsRequestsDeadLetters": json.dumps(entry),
        "RoutesPurchasesDeadLetters": json.dumps({"detail-type": "Event"}),
    }
    for url in sqs.list_queues()["QueueUrls"]:
        for name, body in dead_letters.items():
            if name in url:
                sqs.send_message(QueueUrl=url, MessageBody=body)
        if "ArchiveBatchesDeadLetters" in url:
            sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"DDBStreamBatchInfo": span}))


def record_of(*events: Event) -> bytes:
    """As `collect` writes one."""
    common = {
        "key": "user:u1", "source": "strict", "protocol": "twilio_segment", "trust": "server", "workspace": 1,
        "request": REQUEST, "received_at": NOON, "tally": {"received": 1, "accepted": 1, "rejected": 0},
    }  # fmt: skip
    return encode(common, [event.said() for event in events])
