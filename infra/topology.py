"""What of the stack decides how events go through it, for the simulation: `simulation/topology.json`.

Written by `make topology`, and held to what the stack synthesises. Names of things are those that the
stack gives them, else their logical ids without the hash. What AWS gives, a URL or an ARN, stands as
`${kind:name}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aws_cdk import App

from infra.app import build
from infra.packaging import SourcePackages
from infra.settings.stages import TARGETS

FILE = Path(__file__).parents[1] / "simulation" / "topology.json"
STAGE = "prod"
"""The target that is simulated: everything that a small one leaves out is in it."""

NAMES = ("FunctionName", "Name", "DeliveryStreamName")
HASH = re.compile(r"[0-9A-F]{8}$")

KINDS = {
    "AWS::DynamoDB::Table": "table",
    "AWS::Events::EventBus": "bus",
    "AWS::Kinesis::Stream": "stream",
    "AWS::KinesisFirehose::DeliveryStream": "delivery",
    "AWS::Lambda::Alias": "function",
    "AWS::Lambda::Function": "function",
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
    "AWS::SecretsManager::Secret": "secret",
}
GIVEN = {"queue": "url", "secret": "arn"}
"""What `Ref` gives of these. Of all others it is the name."""

Properties = dict[str, Any]


class Topology:
    """One synthesised template."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._resources: dict[str, dict[str, Any]] = template["Resources"]
        self._prefix = f"headrace-{STAGE}-"

    def described(self) -> dict[str, Any]:
        return {
            "functions": dict(self._each("AWS::Lambda::Function", self._function)),
            "streams": dict(
                self._each("AWS::Kinesis::Stream", lambda of: {"hours": of["RetentionPeriodHours"]})
            ),
            "tables": dict(self._each("AWS::DynamoDB::Table", self._table)),
            "queues": {
                name: {**of, "policy": self._policies().get(name, [])}
                for name, of in self._each("AWS::SQS::Queue", self._queue)
            },
            "buckets": dict(self._each("AWS::S3::Bucket", lambda _: {})),
            "secrets": dict(self._each("AWS::SecretsManager::Secret", self._secret)),
            "deliveries": dict(self._each("AWS::KinesisFirehose::DeliveryStream", lambda _: {})),
            "buses": dict(self._each("AWS::Events::EventBus", lambda _: {})),
            "rules": {name: of for name, of in self._each("AWS::Events::Rule", self._rule) if of},
            "schedules": {name: of for name, of in self._each("AWS::Events::Rule", self._schedule) if of},
            "mappings": dict(self._each("AWS::Lambda::EventSourceMapping", self._mapping)),
        }

    def _each(self, type_: str, described: Any) -> list[tuple[str, Any]]:
        return [
            (self._name(logical), described(made.get("Properties", {})))
            for logical, made in self._resources.items()
            if made["Type"] == type_
        ]

    def _name(self, logical: str) -> str:
        made = self._resources[logical]
        properties = made.get("Properties", {})
        if made["Type"] == "AWS::Lambda::Alias":
            return self._name(properties["FunctionName"]["Ref"])
        named = next((properties[name] for name in NAMES if isinstance(properties.get(name), str)), None)
        name = named or HASH.sub("", logical)
        return name.removeprefix(self._prefix) if made["Type"] == "AWS::Lambda::Function" else name

    def _value(self, value: Any) -> Any:
        match value:
            case {"Ref": logical}:
                kind = KINDS[self._resources[logical]["Type"]]
                name = self._name(logical)
                return f"${{{kind}-{GIVEN[kind]}:{name}}}" if kind in GIVEN else name
            case {"Fn::GetAtt": [logical, "Arn" | "StreamArn"]}:
                return f"{KINDS[self._resources[logical]['Type']]}:{self._name(logical)}"
            case {"Fn::Join": [between, parts]}:
                return between.join(self._value(part) for part in parts)
            case str() | int() | float() | bool():
                return value
        raise ValueError(f"the simulation does not know what {value} is")

    def _function(self, of: Properties) -> dict[str, Any]:
        variables = of.get("Environment", {}).get("Variables", {})
        return {
            "handler": of["Handler"],
            "timeout": of.get("Timeout", 3),
            "concurrency": of.get("ReservedConcurrentExecutions"),
            "environment": {name: self._value(value) for name, value in sorted(variables.items())},
        }

    def _table(self, of: Properties) -> dict[str, Any]:
        return {
            "sort": _sort(of),
            "indexes": {
                index["IndexName"]: {
                    "partition": _named(index, "HASH"),
                    "sort": _sort(index),
                    "all": index["Projection"]["ProjectionType"] == "ALL",
                }
                for index in of.get("GlobalSecondaryIndexes", [])
            },
            "expires": of.get("TimeToLiveSpecification", {}).get("AttributeName"),
            "stream": "StreamSpecification" in of,
        }

    def _queue(self, of: Properties) -> dict[str, Any]:
        redrive = of.get("RedrivePolicy")
        return {
            "visibility": of.get("VisibilityTimeout", 30),
            "retention": of.get("MessageRetentionPeriod", 345_600),
            "delay": of.get("DelaySeconds", 0),
            "dead_letters": self._value(redrive["deadLetterTargetArn"]) if redrive else None,
            "receives": redrive["maxReceiveCount"] if redrive else None,
        }

    def _policies(self) -> dict[str, list[Properties]]:
        """By queue: who may do what, whatever the conditions are."""
        return {
            self._name(queue["Ref"]): [
                {name: one[name] for name in ("Effect", "Principal", "Action")}
                for one in made["Properties"]["PolicyDocument"]["Statement"]
            ]
            for made in self._resources.values()
            if made["Type"] == "AWS::SQS::QueuePolicy"
            for queue in made["Properties"]["Queues"]
        }

    def _secret(self, of: Properties) -> dict[str, Any]:
        made = of["GenerateSecretString"]
        return {"text": made["SecretStringTemplate"], "generated": made["GenerateStringKey"]}

    def _rule(self, of: Properties) -> dict[str, Any] | None:
        if "EventPattern" not in of:
            return None
        return {
            "bus": self._value(of["EventBusName"]),
            "enabled": of.get("State", "ENABLED") == "ENABLED",
            "pattern": of["EventPattern"],
            "targets": [
                {
                    "target": self._value(target["Arn"]),
                    "dead_letters": self._value(target["DeadLetterConfig"]["Arn"])
                    if "DeadLetterConfig" in target
                    else None,
                }
                for target in of["Targets"]
            ],
        }

    def _schedule(self, of: Properties) -> dict[str, Any] | None:
        if "ScheduleExpression" not in of:
            return None
        [target] = of["Targets"]
        arn = target["Arn"]
        function = self._name(arn["Ref"]) if "Ref" in arn else self._value(arn).partition(":")[2]
        return {"every": of["ScheduleExpression"], "function": function, "input": target.get("Input", "{}")}

    def _mapping(self, of: Properties) -> dict[str, Any]:
        failed = of.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        named = of["FunctionName"]
        return {
            "function": self._name(named["Ref"]),
            "source": self._value(of["EventSourceArn"]),
            "batch": of["BatchSize"],
            "window": of.get("MaximumBatchingWindowInSeconds", 0),
            "lanes": of.get("ParallelizationFactor", 1),
            "bisects": of.get("BisectBatchOnFunctionError", False),
            "oldest": of.get("MaximumRecordAgeInSeconds", -1),
            "retries": of.get("MaximumRetryAttempts", -1),
            "concurrency": of.get("ScalingConfig", {}).get("MaximumConcurrency"),
            "reports": "ReportBatchItemFailures" in of.get("FunctionResponseTypes", []),
            "on_failure": self._value(failed) if failed else None,
            "filters": [
                json.loads(one["Pattern"]) for one in of.get("FilterCriteria", {}).get("Filters", [])
            ],
        }


def _named(of: Properties, kind: str) -> str | None:
    return next((key["AttributeName"] for key in of["KeySchema"] if key["KeyType"] == kind), None)


def _sort(of: Properties) -> str | None:
    return _named(of, "RANGE")


def text(template: Mapping[str, Any]) -> str:
    return json.dumps(Topology(template).described(), indent=2, sort_keys=True) + "\n"


def main() -> None:
    with TemporaryDirectory() as folder:
        app = App(outdir=folder)
        stack = build(app, TARGETS[STAGE], SourcePackages(), protected=True)
        app.synth()
        template = json.loads(Path(folder, f"{stack.stack_name}.template.json").read_text())
    FILE.write_text(text(template))


if __name__ == "__main__":
    main()
