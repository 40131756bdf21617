"""Policies of a template as IAM reads them, once CloudFormation has put ids and ARNs in; and which calls they allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tests.infra.template import Template, listed

ACCOUNT, REGION = "123456789012", "us-east-1"

NAMED_BY = {
    "AWS::DynamoDB::Table": ("TableName", "dynamodb", "table/"),
    "AWS::Kinesis::Stream": ("Name", "kinesis", "stream/"),
    "AWS::SQS::Queue": ("QueueName", "sqs", ""),
    "AWS::Lambda::Function": ("FunctionName", "lambda", "function:"),
    "AWS::Athena::WorkGroup": ("Name", "athena", "workgroup/"),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName", "firehose", "deliverystream/"),
    "AWS::Events::EventBus": ("Name", "events", "event-bus/"),
}
"""The property that names a resource, and how its ARN goes on after region and account."""


LEADING_KEYS = "dynamodb:LeadingKeys"


class Call(NamedTuple):
    """`keys` are the partition keys that it names; None where it names none, or they are not known here."""

    action: str
    resource: str
    keys: frozenset[str] | None = None


class Deployed:
    """A template's resources as if they were deployed: what has no name is named for its logical id, a queue for its
    stack before that, as CloudFormation does."""

    def __init__(self, template: Template, secrets: Mapping[str, str] | None = None) -> None:
        """`secrets` are ARNs by logical id: Secrets Manager ends them as it likes."""
        self._template = template
        self._secrets = secrets or {}

    def name(self, logical: str) -> str:
        made = self._template.body["Resources"][logical]
        if made["Type"] == "AWS::S3::Bucket":
            return f"{logical.lower()}-{'x' * 12}"
        property_, _, _ = NAMED_BY.get(made["Type"], ("Name", "", ""))
        name = made.get("Properties", {}).get(property_)
        if isinstance(name, str):
            return name
        stack = f"headrace-{self._template.settings.stage}-" if made["Type"] == "AWS::SQS::Queue" else ""
        return f"{stack}{logical}-{'x' * 12}"

    def arn(self, logical: str) -> str:
        type_ = self._template.body["Resources"][logical]["Type"]
        if type_ == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{self.name(logical)}"
        _, service, prefix = NAMED_BY[type_]
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{prefix}{self.name(logical)}"

    def queues(self) -> list[str]:
        """Their logical ids."""
        return [*self._template.all("AWS::SQS::Queue")]

    def text(self, value: Any) -> str:
        """What an intrinsic function becomes."""
        match value:
            case str():
                return value
            case {"Ref": "AWS::Partition"}:
                return "aws"
            case {"Ref": "AWS::Region"}:
                return REGION
            case {"Ref": "AWS::AccountId"}:
                return ACCOUNT
            case {"Ref": "AWS::URLSuffix"}:
                return "amazonaws.com"
            case {"Ref": str(logical)}:
                return self._reference(logical)
            case {"Fn::GetAtt": [str(logical), "Arn"]}:
                return self.arn(logical)
            case {"Fn::GetAtt": [str(logical), str()]}:
                return f"http://127.0.0.1:9/{logical}"  # an address, and nobody listens there
            case {"Fn::Join": [str(separator), [*parts]]}:
                return separator.join(self.text(part) for part in parts)
        raise TypeError(f"not known here: {value}")

    def _reference(self, logical: str) -> str:
        type_ = self._template.body["Resources"][logical]["Type"]
        if type_ == "AWS::SecretsManager::Secret":
            return self._secrets.get(
                logical, f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{logical}-AbCdEf"
            )
        if type_ == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self.name(logical)}"
        return self.name(logical)

    def outputs(self) -> dict[str, str]:
        return {name: self.text(output["Value"]) for name, output in self._template.body["Outputs"].items()}

    def policy(self, output: str) -> Policy:
        """The managed policy whose ARN is that output."""
        logical = self._template.body["Outputs"][output]["Value"]["Ref"]
        document = self._template.body["Resources"][logical]["Properties"]["PolicyDocument"]
        return Policy(
            [
                {
                    "Effect": statement["Effect"],
                    "Action": listed(statement["Action"]),
                    "Resource": [self.text(resource) for resource in listed(statement["Resource"])],
                    **({"Condition": statement["Condition"]} if "Condition" in statement else {}),
                }
                for statement in document["Statement"]
            ]
        )


class Policy:
    """Statements that allow, as IAM would judge a call by them."""

    def __init__(self, statements: list[dict[str, Any]]) -> None:
        assert {statement["Effect"] for statement in statements} == {"Allow"}
        self.statements = statements

    @property
    def actions(self) -> set[str]:
        return {action for statement in self.statements for action in statement["Action"]}

    def allows(self, call: Call) -> bool:
        return any(
            call.action in statement["Action"]
            and any(_covers(pattern, call.resource) for pattern in statement["Resource"])
            and _holds(statement.get("Condition", {}), call)
            for statement in self.statements
        )

    def refused(self, calls: Iterable[Call]) -> set[Call]:
        return {call for call in calls if not self.allows(call)}


def _holds(condition: Mapping[str, Any], call: Call) -> bool:
    """Of conditions, only the one on DynamoDB's keys is in use; a call that names none is refused by it here."""
    if not condition:
        return True
    [(operator, asked)] = condition.items()
    if operator != "ForAllValues:StringEquals" or set(asked) != {LEADING_KEYS}:
        raise TypeError(f"not known here: {condition}")
    return bool(call.keys) and set(call.keys or ()) <= set(asked[LEADING_KEYS])


def _covers(pattern: str, resource: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), resource) is not None
