"""What is asked of AWS, as the actions and resources that IAM would check. It hears botocore itself, over moto."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import botocore.client
import pytest

from tests.infra.policies import ACCOUNT, REGION, Call

IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}

PREFIXES = {"sesv2": "ses"}

WITHOUT_RESOURCE = {
    "cloudwatch:GetMetricStatistics",
    "events:ListRules",
    "lambda:GetAccountSettings",
    "lambda:ListEventSourceMappings",
    "ses:GetAccount",
    "sns:GetSMSAttributes",
    "sns:GetSMSSandboxAccountStatus",
    "sqs:ListQueues",
}
"""IAM knows none for them: https://docs.aws.amazon.com/service-authorization/latest/reference/"""

NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}

ACTIONS = {
    "Invoke": "InvokeFunction",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessageBatch": "DeleteMessage",
    "SendMessageBatch": "SendMessage",
}
"""Of operations whose action has another name."""

S3_ACTIONS = {"ListObjectsV2": "ListBucket", "HeadObject": "GetObject"}


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _table(name: str, index: str | None = None) -> str:
    return _arn("dynamodb", f"table/{name}" + (f"/index/{index}" if index else ""))


def _of_dynamodb(operation: str, asked: dict[str, Any]) -> Iterator[Call]:
    if operation == "BatchGetItem":
        for name, one in asked["RequestItems"].items():
            named = frozenset(value for key in one["Keys"] for value in key["pk"].values())
            yield Call("dynamodb:BatchGetItem", _table(name), named)
    elif operation == "Query":
        bound = re.search(r"\bpk = (:\w+)", asked["KeyConditionExpression"])
        keys = frozenset(asked["ExpressionAttributeValues"][bound[1]].values()) if bound else None
        yield Call("dynamodb:Query", _table(asked["TableName"], asked.get("IndexName")), keys)
    elif operation == "BatchWriteItem":
        yield from (Call(f"dynamodb:{operation}", _table(name)) for name in asked["RequestItems"])
    elif operation == "TransactWriteItems":
        for item in asked["TransactItems"]:
            for kind, one in item.items():
                yield Call(f"dynamodb:{IN_TRANSACTIONS[kind]}", _table(one["TableName"]))
    else:
        yield Call(f"dynamodb:{operation}", _table(asked["TableName"], asked.get("IndexName")))


def _of_s3(operation: str, asked: dict[str, Any]) -> Iterator[Call]:
    key = f"/{asked['Key']}" if "Key" in asked else ""
    yield Call(f"s3:{S3_ACTIONS.get(operation, operation)}", f"arn:aws:s3:::{asked['Bucket']}{key}")


def _on_its_bus(asked: dict[str, Any]) -> str:
    """The ARN of a rule names its bus, but for the default one."""
    bus = asked.get("EventBusName", "default")
    return asked["Rule"] if bus == "default" else f"{bus}/{asked['Rule']}"


RESOURCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "cloudformation": lambda asked: _arn("cloudformation", f"stack/{asked['StackName']}/an-id"),
    "secretsmanager": lambda asked: str(asked["SecretId"]),
    "sqs": lambda asked: _arn("sqs", asked.get("QueueName") or asked["QueueUrl"].rpartition("/")[2]),
    "events": lambda asked: _arn("events", f"rule/{_on_its_bus(asked)}"),
    "logs": lambda asked: _arn("logs", f"log-group:{asked['logGroupName']}:*"),
    "lambda": lambda asked: _arn("lambda", f"function:{asked['FunctionName']}"),
    "firehose": lambda asked: _arn("firehose", f"deliverystream/{asked['DeliveryStreamName']}"),
    "ses": lambda asked: _arn("ses", f"identity/{asked['EmailIdentity']}"),
}


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch, outputs: Mapping[str, str]) -> Iterator[list[Call]]:
    """The list fills while calls are made. An iterator of the stream and a running query stand for what they are of.

    The stack has these outputs. No function is called: the answer is an empty list of events.
    """
    stream, workgroup = outputs["StreamName"], outputs["AthenaWorkgroup"]
    calls: list[Call] = []
    really = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def heard(self: Any, operation: str, asked: dict[str, Any]) -> Any:
        service = PREFIXES.get(self.meta.service_model.service_name, self.meta.service_model.service_name)
        action = f"{service}:{ACTIONS.get(operation, operation)}"
        if service == "dynamodb":
            calls.extend(_of_dynamodb(operation, asked))
        elif service == "s3":
            calls.extend(_of_s3(operation, asked))
        elif action == "events:PutEvents":
            names = {entry["EventBusName"] for entry in asked["Entries"]}
            calls.extend(Call(action, _arn("events", f"event-bus/{name}")) for name in names)
        elif action in WITHOUT_RESOURCE:
            calls.append(Call(action, "*"))
        elif service == "kinesis":
            calls.append(Call(action, _arn("kinesis", f"stream/{stream}")))
        elif service == "athena":
            calls.append(Call(action, _arn("athena", f"workgroup/{workgroup}")))
        elif action not in NEEDS_NO_PERMISSION:
            calls.append(Call(action, RESOURCES[service](asked)))
        if action == "cloudformation:DescribeStacks":
            described = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
            return {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": described}]}
        if action == "lambda:InvokeFunction":
            return {"StatusCode": 200, "Payload": io.BytesIO(b'{"events": []}')}
        return really(self, operation, asked)

    with monkeypatch.context() as patched:
        patched.setattr(botocore.client.BaseClient, "_make_api_call", heard)
        # What is sent without a client's work is sent by the client here, which is listened to.
        patched.setattr("shared.aws.dynamodb_requests._answer", lambda *_: None)
        yield calls
