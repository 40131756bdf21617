"""The command works under the operators' policy, CI under its own: no call is refused, and little else allowed.

Each verb runs against moto with the stack's own tables, buckets, queues and outputs. What it asks of AWS is recorded
and held against the synthesised policy, action and resource.
"""

from __future__ import annotations

import base64
import json
import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cli.commands import doctor
from cli.doctor.permissions import ACTIONS
from cli.main import typed
from cli.problem import Problem
from cli.registry import VERBS
from cli.stacks import Stack
from infra.settings import DEV
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
from tests.fakes.pretended_aws import pretended_aws
from tests.infra.calls import ROOT, actions_of
from tests.infra.policies import Call, Deployed
from tests.infra.recorded_calls import NEEDS_NO_PERMISSION, recorded
from tests.infra.template import Template, synthesised

SHOP = str(ROOT / "examples" / "shop")
NOW = datetime.now(UTC).replace(microsecond=0)
MILLISECONDS = f"{int(NOW.timestamp() * 1000):012x}"
REQUEST = f"{MILLISECONDS[:8]}-{MILLISECONDS[8:]}-7000-8000-000000000001"

NEVER_ON_AWS = {"up", "down"}
"""Verbs of the laptop alone."""

WITHOUT_AWS = {"catalogue", "cost", "init", "schema", "settings"}

BY_ADMINISTRATORS = {"deploy", "destroy"}

RUNS: dict[str, list[list[str]]] = {
    "status": [["status"]],
    "logs": [["logs"]],
    "apply": [["apply", SHOP, "--dry-run"], ["apply", SHOP, "--yes"]],
    "lint": [["lint", SHOP]],
    "keys": [["keys", "--identity", "--pairs"], ["keys", "--webhooks"]],
    "receivers": [["receivers", "list"], ["receivers", "set", "slack", "orders", "--forget"]],
    "send": [["send", "Search", "--user", "u1"]],
    "import": [["import", "FILE", "--source", "server"]],
    "tail": [["tail"]],
    "profile": [["profile", "u1"]],
    "timeline": [["timeline", "u1"]],
    "messages": [["messages"], ["messages", "--user", "u1"], ["messages", "show", "m1"]],
    "template": [["template", "preview", SHOP, "--person", "u1"]],
    "rejected": [
        ["rejected", "list"],
        ["rejected", "show", f"{REQUEST}-3"],
        ["rejected", "replay", "--all"],
        ["rejected", "drop", "--source", "strict", "--yes"],
    ],
    "tee": [
        ["tee", "status", "--source", "strict"],
        ["tee", "secret", "strict", "--header", "Authorization"],
    ],
    "routes": [
        ["routes", "list"],
        ["routes", "show", "Purchases"],
        ["routes", "show", "Purchases", "--dead-letters"],
    ],
    "dead-letters": [
        ["dead-letters"],
        *(
            ["dead-letters", "redrive", name]
            for name in ("process", "given-up", "tee", "archive", "send-sms")
        ),
        ["dead-letters", "redrive", "RoutesPurchasesDeadLetters"],
    ],
    "query": [["query", "SELECT 1"]],
    "plan": [["plan"]],
    "doctor": [["doctor"]],
}
"""What is run of each verb. A new one needs a line here, or among those that ask nothing of AWS."""

NEED_THE_STACK_TO_RUN = {"send", "import", "doctor"}
"""They come as far as the collect API, which does not answer here; what they ask of AWS they ask before, or after."""

ONLY_FUNCTIONS_ASK = {"dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}
"""In adapters that the command shares with the functions, and does not call."""

ONLY_ADMINISTRATORS_ASK = {"cloudformation:UpdateTerminationProtection"}
"""Of `deploy`, when the first one of a protected stack has failed."""

ATHENA_ASKS = {
    "glue:GetDatabase": "glue:us-east-1:123456789012:database/headrace_{stage}",
    "glue:GetTable": "glue:us-east-1:123456789012:table/headrace_{stage}/events",
    "glue:GetPartitions": "glue:us-east-1:123456789012:table/headrace_{stage}/events_raw",
    "s3:GetBucketLocation": "s3:::{lake}",
    "s3:ListBucket": "s3:::{lake}",
    "s3:GetObject": "s3:::{lake}/events/dt=2026-11-30/1.parquet",
    "s3:PutObject": "s3:::{lake}/query-results/1.csv",
}
"""In the name of who queries: https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html"""


STAGE = "prod"
POLICIES = ["OperatorsPolicyArn", "OnCallPolicyArn", "CiPolicyArn", "AnalystsPolicyArn"]


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield monkeypatch


@pytest.fixture(scope="module")
def deployed(templates: dict[str, Template], patched: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """The stack's resources in moto, by the names that its outputs have, with something of everything in them."""
    template = templates[STAGE]
    with pretended_aws(patched):
        secrets = {
            logical: boto3.client("secretsmanager").create_secret(
                Name=logical, SecretString=_generated(made["GenerateSecretString"])
            )["ARN"]
            for logical, made in template.properties("AWS::SecretsManager::Secret").items()
        }
        deployed = Deployed(template, secrets)
        _make(template, deployed)
        _fill(deployed.outputs())
        yield deployed


def _generated(generator: dict[str, Any]) -> str:
    made: dict[str, Any] = json.loads(generator["SecretStringTemplate"])
    return json.dumps(made | {generator["GenerateStringKey"]: "k" * generator["PasswordLength"]})


def _make(template: Template, deployed: Deployed) -> None:
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
    _make_rules(template, deployed)
    for logical in template.all("AWS::Kinesis::Stream"):
        boto3.client("kinesis").create_stream(StreamName=deployed.name(logical), ShardCount=1)
    outputs = deployed.outputs()
    boto3.client("athena").create_work_group(
        Name=outputs["AthenaWorkgroup"],
        Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{outputs['LakeBucket']}/q/"}},
    )


def _make_rules(template: Template, deployed: Deployed) -> None:
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


def _fill(outputs: dict[str, str]) -> None:
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
    _fill_dead_letters(outputs)


def _fill_dead_letters(outputs: dict[str, str]) -> None:
    """One of each kind; `process` has one that was too large for the queue."""
    sqs, s3 = boto3.client("sqs"), boto3.client("s3")
    record = base64.b64encode(record_of(did("View Item"))).decode()
    key = "rejected/dead-letters/1"
    s3.put_object(Bucket=outputs["WorkspaceBucket"], Key=key, Body=record.encode())
    letter = {"key": "user:u1", "error": "E", "data": None, "stored_at": key}
    batch = {"Records": [{"kinesis": {"partitionKey": "user:u1", "data": record}}]}
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
    letters = {
        "ProcessDeadLetters": json.dumps(letter),
        "TeeDeadLetters": teed.encode().decode(),
        "ArchiveBatchesDeadLetters": json.dumps({"rejected": REQUEST, "keys": keys}),
        "SendSmsRequestsDeadLetters": json.dumps(entry),
        "RoutesPurchasesDeadLetters": json.dumps({"detail-type": "Event"}),
    }
    for url in sqs.list_queues()["QueueUrls"]:
        for name, body in letters.items():
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


def run(
    deployed: Deployed, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Call], Result]:
    with recorded(monkeypatch, deployed.outputs()) as calls:
        result = CliRunner().invoke(typed, [*arguments, "--stage", STAGE], input="secret\n")
    return calls, result


def test_each_verb_that_asks_aws_is_run_here() -> None:
    assert set(VERBS) == {*RUNS, *NEVER_ON_AWS, *WITHOUT_AWS, *BY_ADMINISTRATORS}
    for verb in WITHOUT_AWS - {"settings"}:
        assert actions_of(f"cli.commands.{VERBS[verb].module}") == set(), verb


def test_settings_ask_nothing_of_aws_though_they_load_what_does(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, result = run(deployed, ["settings"], monkeypatch)

    assert (result.exit_code, calls) == (0, [])


@pytest.fixture(scope="module")
def asked(
    deployed: Deployed, patched: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Call]]:
    """What each verb asked of AWS, all its runs together."""
    file = tmp_path_factory.mktemp("imported") / "export.ndjson"
    file.write_text(
        json.dumps({"type": "track", "event": "Search", "userId": "u1", "messageId": "m1"}) + "\n"
    )

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    patched.setattr("cli.commands.tail.time", SimpleNamespace(sleep=interrupted))
    asked: dict[str, list[Call]] = {}
    order = sorted(RUNS, key=lambda verb: verb != "apply")
    for verb in order:
        for arguments in RUNS[verb]:
            filled = [str(file) if one == "FILE" else one for one in arguments]
            calls, result = run(deployed, filled, patched)
            assert calls, f"{arguments}: {result.output} {result.exception!r}"
            assert isinstance(result.exception, (Problem, SystemExit, type(None))), arguments
            if verb not in NEED_THE_STACK_TO_RUN:
                assert result.exit_code == 0, f"{arguments}: {result.output} {result.exception!r}"
            asked.setdefault(verb, []).extend(calls)
    return asked


def test_no_verb_is_refused_what_it_asks_under_the_operators_policy(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy = deployed.policy("OperatorsPolicyArn")

    for verb, calls in asked.items():
        assert policy.refused(calls) == set(), verb
    assert deployed.policy("CiPolicyArn").refused(asked["profile"])  # under another policy it is


def test_the_runs_reach_what_the_verbs_are_for(asked: dict[str, list[Call]], deployed: Deployed) -> None:
    """So that a run that broke off early does not pass for one that asked for little."""
    outputs = deployed.outputs()
    reached = {verb: {call.action for call in calls} for verb, calls in asked.items()}

    assert "secretsmanager:UpdateSecretVersionStage" in reached["apply"]
    assert "dynamodb:Query" in reached["timeline"]
    assert {"dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:GetItem"} <= reached["messages"]
    assert {"dynamodb:Query", "dynamodb:BatchGetItem"} <= reached["template"]
    assert {"s3:GetObject", "lambda:InvokeFunction"} <= reached["rejected"]
    assert {"sqs:GetQueueAttributes", "dynamodb:Query", "secretsmanager:PutSecretValue"} <= reached["tee"]
    assert {"kinesis:GetShardIterator", "kinesis:GetRecords"} <= reached["tail"]
    assert {"events:ListRules", "sqs:ReceiveMessage", "sqs:GetQueueAttributes"} <= reached["routes"]
    assert {"athena:StartQueryExecution", "athena:GetQueryResults"} <= reached["query"]
    assert {
        "kinesis:PutRecords", "s3:GetObject", "s3:DeleteObject", "sqs:SendMessage", "sqs:DeleteMessage",
        "dynamodb:GetItem", "dynamodb:Query", "lambda:InvokeFunction",
    } <= reached["dead-letters"]  # fmt: skip
    assert len([call for call in asked["logs"] if call.action == "logs:FilterLogEvents"]) == len(
        [name for name in outputs if name.endswith("Function")]
    )


@pytest.mark.parametrize("verb", RUNS)
def test_no_branch_of_a_verb_asks_for_what_operators_may_not(verb: str, prod: Template) -> None:
    """Whatever the modules that it loads ask for, run here or not."""
    allowed = Deployed(prod).policy("OperatorsPolicyArn").actions
    asked_for = actions_of(f"cli.commands.{VERBS[verb].module}")

    assert asked_for - allowed <= ONLY_FUNCTIONS_ASK | ONLY_ADMINISTRATORS_ASK | NEEDS_NO_PERMISSION


def test_operators_may_keep_the_rest_of_a_batch_of_which_the_stream_took_a_part(deployed: Deployed) -> None:
    policy, outputs = deployed.policy("OperatorsPolicyArn"), deployed.outputs()
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert policy.allows(Call(action, f"arn:aws:s3:::{outputs['GivenUpBucket']}/aws/1")), action


def test_operators_may_all_that_the_doctors_page_lists(prod: Template) -> None:
    listed = set(re.findall(r"`(\w+:[A-Z]\w+)`", (ROOT / "docs" / "doctor.md").read_text()))

    assert len(listed) > 15
    assert listed - Deployed(prod).policy("OperatorsPolicyArn").actions <= NEEDS_NO_PERMISSION


def test_ci_may_apply_and_deploy_by_the_roles_of_the_bootstrap(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy = deployed.policy("CiPolicyArn")
    roles = [
        Call(
            "sts:AssumeRole",
            f"arn:aws:iam::123456789012:role/cdk-hnb659fds-{kind}-role-123456789012-us-east-1",
        )
        for kind in ("deploy", "file-publishing", "lookup")
    ]

    assert policy.refused([*asked["apply"], *asked["lint"], *asked["status"], *roles]) == set()
    assert actions_of("cli.commands.deploy") - policy.actions <= ONLY_ADMINISTRATORS_ASK | NEEDS_NO_PERMISSION
    for elsewhere in (
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1",
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-eu-west-1",
        "arn:aws:iam::123456789012:role/Admin",
    ):
        assert not policy.allows(Call("sts:AssumeRole", elsewhere))


@pytest.mark.parametrize("output", ["OperatorsPolicyArn", "CiPolicyArn"])
def test_the_doctor_is_refused_nothing_that_it_asks_or_reads_back(
    output: str, asked: dict[str, list[Call]], deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here nobody answers what it sends, so that it does not come to reading back: that is done by hand."""
    with recorded(monkeypatch, deployed.outputs()) as read_back:
        examined = doctor.examination(Stack.load(STAGE))
        examined.arrivals.wait_for("nothing", 0)
        examined.person()
        examined.messages.find("nothing")
        examined.ask("SELECT 1")

    calls = {*asked["doctor"], *read_back}
    assert {
        "dynamodb:Query", "dynamodb:BatchGetItem", "athena:GetQueryResults", "sqs:GetQueueAttributes",
        "sqs:ListQueues", "events:ListTargetsByRule", "lambda:ListEventSourceMappings", "s3:ListBucket",
    } <= {call.action for call in calls}  # fmt: skip
    outputs = deployed.outputs()
    refused = deployed.policy(output).refused(calls)
    if (
        output == "CiPolicyArn"
    ):  # rejected events and failed messages are people's; `cli.doctor.kept` does without
        theirs = (
            outputs["RejectedTable"],
            outputs["MessagesTable"],
            f"{outputs['WorkspaceBucket']}/rejected/",
        )
        refused = {call for call in refused if not any(one in call.resource for one in theirs)}
    assert refused == set()
    assert set(ACTIONS) <= deployed.policy(output).actions


def test_ci_reads_of_people_the_doctors_own_and_events_only_in_the_lake(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy, outputs = deployed.policy("CiPolicyArn"), deployed.outputs()
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/"
    doctors, anybodys = frozenset({"user:headrace-doctor"}), frozenset({"user:headrace-doctor", "user:ann"})
    for action, name in (("BatchGetItem", "ProfilesTable"), ("Query", "TimelineTable")):
        assert policy.allows(Call(f"dynamodb:{action}", table + outputs[name], doctors))
        assert not policy.allows(Call(f"dynamodb:{action}", table + outputs[name], anybodys))
        assert not policy.allows(Call(f"dynamodb:{action}", table + outputs[name]))
    for verb in ("profile", "timeline", "tail"):
        assert policy.refused(asked[verb]), verb

    lake = f"arn:aws:s3:::{outputs['LakeBucket']}/"
    assert policy.allows(Call("s3:GetObject", f"{lake}events/dt=2026-11-30/1.parquet"))
    assert not policy.allows(Call("s3:GetObject", f"{lake}rejected/dt=2026-11-30/1.parquet"))
    resources = json.dumps(policy.statements)
    assert outputs["RejectedTable"] not in resources
    assert "/index/" not in resources
    assert {action for action in policy.actions if action.startswith("kinesis:")} == {
        "kinesis:DescribeStreamSummary"
    }
    assert not policy.actions & {"sqs:ReceiveMessage", "lambda:InvokeFunction", "logs:FilterLogEvents"}


def test_analysts_query_the_lake_and_see_nothing_else(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy = deployed.policy("AnalystsPolicyArn")

    assert policy.refused(asked["query"]) == set()
    assert policy.refused(_of_athena(deployed)) == set()
    services = {action.partition(":")[0] for action in policy.actions}
    assert services == {"athena", "cloudformation", "glue", "s3"}
    assert {action for action in policy.actions if action.startswith("s3:Put")} == {"s3:PutObject"}
    for verb in ("apply", "keys", "rejected", "messages", "profile", "tail", "doctor"):
        assert policy.refused(asked[verb]), verb


FOLLOWING_AN_ALARM = {
    "cloudformation:DescribeStackDriftDetectionStatus": "*",
    "cloudformation:DescribeStackResourceDrifts": "{stack}",
    "cloudformation:DetectStackDrift": "{stack}",
    "cloudformation:GetTemplate": "{stack}",
    "cloudformation:ListStackResources": "{stack}",
    "cloudwatch:DescribeAlarmHistory": "*",
    "cloudwatch:DescribeAlarms": "*",
    "cloudwatch:GetDashboard": "*",
    "cloudwatch:GetMetricData": "*",
    "iam:GetRolePolicy": "arn:aws:iam::123456789012:role/headrace-{stage}-ProcessFunctionRole1A2B3C4D-XYZ",
    "iam:ListRolePolicies": "arn:aws:iam::123456789012:role/headrace-{stage}-ProcessFunctionRole1A2B3C4D-XYZ",
    "logs:FilterLogEvents": "arn:aws:logs:us-east-1:123456789012:log-group:headrace-{stage}-LakeDeliveryErrors1A-XYZ:*",
}
"""What docs/operating/alarms.md and access.md send operators to."""


def test_whoever_is_on_call_may_follow_an_alarm_to_where_its_page_sends_them(deployed: Deployed) -> None:
    policy = deployed.policy("OnCallPolicyArn")
    stack = f"arn:aws:cloudformation:us-east-1:123456789012:stack/headrace-{STAGE}/an-id"
    calls = [
        Call(action, resource.format(stack=stack, stage=STAGE))
        for action, resource in FOLLOWING_AN_ALARM.items()
    ]

    assert policy.refused(calls) == set()
    assert not policy.allows(Call("iam:GetRolePolicy", "arn:aws:iam::123456789012:role/Admin"))
    assert not policy.allows(Call("cloudformation:GetTemplate", stack.replace(STAGE, "other")))
    pages = "".join((ROOT / "docs" / "operating" / f"{name}.md").read_text() for name in ("alarms", "access"))
    named = {
        f"cloudformation:{''.join(word.capitalize() for word in call.split('-'))}"
        for call in re.findall(r"aws cloudformation ([a-z-]+)", pages)
    }
    assert named <= policy.actions
    assert "cloudformation:DetectStackDrift" in named


def _of_athena(deployed: Deployed) -> list[Call]:
    lake = deployed.outputs()["LakeBucket"]
    return [
        Call(action, "arn:aws:" + resource.format(stage=STAGE, lake=lake))
        for action, resource in ATHENA_ASKS.items()
    ]


@pytest.mark.parametrize("output", ["OperatorsPolicyArn", "CiPolicyArn", "AnalystsPolicyArn"])
def test_athena_may_read_the_lake_in_the_name_of_who_asks(output: str, deployed: Deployed) -> None:
    outputs = deployed.outputs()
    policy = deployed.policy(output)

    assert policy.refused(_of_athena(deployed)) == set()
    assert not policy.allows(
        Call("s3:PutObject", f"arn:aws:s3:::{outputs['LakeBucket']}/events/dt=2026-11-30/1")
    )


@pytest.mark.parametrize("output", POLICIES)
def test_nobody_is_allowed_to_write_a_person_or_to_change_the_stack(output: str, deployed: Deployed) -> None:
    policy, outputs = deployed.policy(output), deployed.outputs()
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/"

    assert not any(action.endswith("*") for action in policy.actions)
    assert not any(action.startswith(("lambda:Update", "lambda:Create")) for action in policy.actions)
    assert {action for action in policy.actions if action.startswith("iam:")} <= {
        "iam:GetRolePolicy", "iam:ListRolePolicies",
    }  # fmt: skip
    assert {action for action in policy.actions if "Delete" in action} <= {
        "sqs:DeleteMessage",
        "s3:DeleteObject",
    }
    for queue in deployed.queues():
        if "DeadLetters" not in queue:
            assert not policy.allows(Call("sqs:DeleteMessage", deployed.arn(queue))), queue
    for name in ("LakeBucket", "WorkspaceBucket"):
        assert not policy.allows(Call("s3:DeleteObject", f"arn:aws:s3:::{outputs[name]}/a")), name
    for name in ("ProfilesTable", "TimelineTable", "MessagesTable", "RejectedTable", "TeeTable"):
        assert not policy.allows(Call("dynamodb:PutItem", table + outputs[name])), name
    for function in (name for name in outputs if name.endswith("Function")):
        if function in ("ReplayFunction", "ArchiveFunction"):  # to bring events in again
            continue
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{outputs[function]}"
        assert not policy.allows(Call("lambda:InvokeFunction", arn)), function


@pytest.mark.parametrize("output", POLICIES)
def test_a_policy_fits_into_what_iam_takes(output: str, on_aws: Template) -> None:
    """6,144 characters, spaces not counted, with ids as long as those that CloudFormation makes."""
    text = json.dumps(Deployed(on_aws).policy(output).statements, separators=(",", ":"))

    assert len(text) < 6_144 - 300


MANY_ROUTES = """
from functools import partial
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from infra.routes import purchases
from infra.dead_letters import dead_letter_queue, work_queue
from infra.routing import route
from aws_cdk import Duration

def partner(number, scope, bus):
    dead_letters = dead_letter_queue(scope, f"Partner{number}DeadLetters")
    queue = work_queue(
        scope, f"Partner{number}", dead_letters=dead_letters, function_timeout=Duration.seconds(30), attempts=20
    )
    target = targets.SqsQueue(queue, dead_letter_queue=dead_letters)
    route(scope, f"Partner{number}Rule", bus, {"event": {"name": [f"Event {number}"]}}).add_target(target)

def named(scope, bus):
    sqs.Queue(scope, "Named", queue_name="partners-own", enforce_ssl=True)

ROUTES = [named, *(partial(partner, number) for number in range(20))]
"""


def test_many_routes_fit_into_the_policy_and_the_queues_of_each_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(MANY_ROUTES)
    deployed = Deployed(synthesised(replace(DEV, routes=tmp_path / "own.py"), tmp_path / "out"))
    policy = deployed.policy("OperatorsPolicyArn")
    of_routes = [logical for logical in deployed.queues() if logical.startswith("Routes")]

    assert len(of_routes) == 41
    named = deployed.policy("RouteQueuesPolicyArn")
    refused = policy.refused(Call("sqs:ReceiveMessage", deployed.arn(one)) for one in of_routes)
    assert named.refused(refused) == set()
    assert len(refused) == 1, "the one with a name of its own"
    others = {one for one in deployed.queues() if "DeadLetters" not in one} - set(of_routes)
    for other in others:
        assert not policy.allows(Call("sqs:ReceiveMessage", deployed.arn(other))), other
    assert len(json.dumps(policy.statements, separators=(",", ":"))) < 6_144 - 300


OTHERS_QUEUES = """
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from infra.routing import route

def orders(scope, bus):
    queue, beside = (
        sqs.Queue.from_queue_arn(scope, name, f"arn:aws:sqs:us-east-1:210987654321:{name}")
        for name in ("orders", "orders-dead-letters")
    )
    target = targets.SqsQueue(queue, dead_letter_queue=beside)
    route(scope, "OrdersRule", bus, {"event": {"name": ["Order Completed"]}}).add_target(target)
    route(scope, "RefundsRule", bus, {"event": {"name": ["Refund"]}}).add_target(targets.SqsQueue(queue))

ROUTES = [orders]
"""


def test_queues_that_were_there_before_may_be_looked_into_and_no_other_of_their_account(
    tmp_path: Path,
) -> None:
    (tmp_path / "own.py").write_text(OTHERS_QUEUES)
    made = synthesised(replace(DEV, routes=tmp_path / "own.py"), tmp_path / "out")
    policy = Deployed(made).policy("RouteQueuesPolicyArn")
    theirs = "arn:aws:sqs:us-east-1:210987654321:"

    assert made.findings == []
    assert theirs not in json.dumps(made.properties("AWS::SQS::QueuePolicy")), "as the page says"
    for action in ("sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"):
        assert policy.allows(Call(action, f"{theirs}orders"))
        assert policy.allows(Call(action, f"{theirs}orders-dead-letters"))
        assert not policy.allows(Call(action, f"{theirs}others"))
    assert policy.allows(Call("sqs:SendMessage", f"{theirs}orders"))
    assert policy.allows(Call("sqs:DeleteMessage", f"{theirs}orders-dead-letters"))
    assert not policy.allows(Call("sqs:DeleteMessage", f"{theirs}orders"))


MANY_OTHERS_QUEUES = """
from functools import partial

from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from infra.routing import route

def theirs(number, scope, bus):
    queue, beside = (
        sqs.Queue.from_queue_arn(scope, f"{name}{number}", f"arn:aws:sqs:us-east-1:210987654321:{number:079}{name}")
        for name in "QD"
    )
    target = targets.SqsQueue(queue, dead_letter_queue=beside)
    route(scope, f"Partner{number}Rule", bus, {"event": {"name": [f"Event {number}"]}}).add_target(target)

ROUTES = [partial(theirs, number) for number in range(COUNT)]
"""
MOST_CHARACTERS = 6_144
"""Of a managed policy, its spaces not counted: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


@pytest.mark.parametrize(("count", "policies"), [(12, 1), (20, 1), (21, 2)])
def test_however_many_queues_were_there_before_each_policy_fits_and_each_queue_is_in_one(
    tmp_path: Path, count: int, policies: int
) -> None:
    """With the longest names that a queue may have."""
    (tmp_path / "own.py").write_text(MANY_OTHERS_QUEUES.replace("COUNT", str(count)))
    made = synthesised(replace(DEV, routes=tmp_path / "own.py"), tmp_path / "out")
    deployed = Deployed(made)
    outputs = [name for name in made.body["Outputs"] if name.startswith("RouteQueues")]
    theirs = [deployed.policy(name) for name in outputs]

    assert len(outputs) == policies
    for policy in (*theirs, *map(deployed.policy, POLICIES)):
        assert len(json.dumps(policy.statements, separators=(",", ":"))) < MOST_CHARACTERS - 100
    for number in range(count):
        queue, beside = (f"arn:aws:sqs:us-east-1:210987654321:{number:079}{name}" for name in "QD")
        for arn, own in ((queue, "sqs:SendMessage"), (beside, "sqs:DeleteMessage")):
            for action in ("sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", own):
                assert any(policy.allows(Call(action, arn)) for policy in theirs), (action, arn)
        assert not any(policy.allows(Call("sqs:DeleteMessage", queue)) for policy in theirs)


def test_the_laptop_needs_no_policy(templates: dict[str, Template]) -> None:
    assert templates["local"].all("AWS::IAM::ManagedPolicy") == {}
