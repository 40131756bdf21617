"""What a stack that is deployed would lose by the template as it is now, told from what was pinned in `kept.json`.

`python -m tests.infra.kept_resources` writes the file anew. Do that only for what you have just added, or where the
loss is meant and CHANGELOG.md says what an operator must do about it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from infra.settings.domain import Domain
from infra.settings.model import Settings
from infra.settings.stages import PROD, TARGETS
from tests.infra.template import synthesised

FILE = Path(__file__).with_name("kept.json")


class Kept(NamedTuple):
    """`properties` are those whose change CloudFormation answers with the loss; `loss` says what goes with it."""

    properties: tuple[str, ...]
    loss: str


KEPT: Mapping[str, Kept] = {
    "AWS::DynamoDB::Table": Kept(("TableName", "KeySchema", "LocalSecondaryIndexes"), "every item in it"),
    "AWS::S3::Bucket": Kept(("BucketName", "BucketNamePrefix"), "every object in it"),
    "AWS::Kinesis::Stream": Kept(("Name",), "the records that wait on it"),
    "AWS::SecretsManager::Secret": Kept(("Name",), "every write key and credential in it"),
    "AWS::SQS::Queue": Kept(("QueueName", "FifoQueue"), "the messages and dead letters that wait in it"),
    "AWS::KinesisFirehose::DeliveryStream": Kept(
        ("DeliveryStreamName", "DeliveryStreamType", "KinesisStreamSourceConfiguration"),
        "the rows that it gathers",
    ),
    "AWS::ApiGatewayV2::Api": Kept(("ProtocolType",), "the address that installed apps send to"),
    "AWS::ApiGateway::RestApi": Kept((), "the address that installed apps send to"),
    "AWS::ApiGatewayV2::DomainName": Kept(("DomainName",), "the name that its DNS records lead to"),
    "Custom::EmptiedBucket": Kept(("Bucket",), "every object of its bucket, which it empties"),
}
"""By type, with the properties that AWS's template reference marks "Update requires: Replacement"."""

GENERATED = ("GenerateSecretString", "SecretString")
"""A change of these makes a new value, over the one that `headrace apply` has written:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html"""

Resources = Mapping[str, Mapping[str, Any]]
Pinned = Mapping[str, Mapping[str, Any]]


def pinned(resources: Resources) -> dict[str, dict[str, Any]]:
    """What there is to pin of a template's resources, by logical id."""
    return {logical: _pin(made) for logical, made in sorted(resources.items()) if made["Type"] in KEPT}


def losses(before: Pinned, resources: Resources) -> list[str]:
    """What a deployment of this template over the pinned one would do, one sentence each."""
    return list(_losses(before, pinned(resources)))


def _losses(before: Pinned, now: Pinned) -> Iterator[str]:
    for logical, was in before.items():
        kind, loss = was["Type"], KEPT[was["Type"]].loss
        if logical not in now:
            yield (
                f"{logical} ({kind}) is gone or has another name: a deployment takes it out of the stack, with {loss}, "
                "and makes an empty one under the new name. Give the construct its id back."
            )
            continue
        for name in sorted((set(was) | set(now[logical])) - {"Type"}):
            if was.get(name) == now[logical].get(name):
                continue
            if name in GENERATED:
                yield (
                    f"{logical} ({kind}): a change of {name} makes CloudFormation generate the secret anew, over "
                    f"{loss}. Leave it as it was."
                )
            else:
                yield f"{logical} ({kind}): a change of {name} replaces it by an empty one, without {loss}."


def _pin(made: Mapping[str, Any]) -> dict[str, Any]:
    properties = made.get("Properties", {})
    names = KEPT[made["Type"]].properties
    if made["Type"] == "AWS::SecretsManager::Secret":
        names = (*names, *GENERATED)
    return {"Type": made["Type"], **{name: properties[name] for name in names if name in properties}}


def variants() -> dict[str, Settings]:
    """What is pinned: every stage, and a prod with what is optional and may not be lost either."""
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    domain = Domain(name="collect.shop.example", certificate=certificate)
    return {**TARGETS, "prod, rest, domain": replace(PROD, api="rest", domain=domain)}


def read() -> dict[str, dict[str, dict[str, Any]]]:
    """By variant."""
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(FILE.read_text())
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = {
            stage: pinned(synthesised(settings, Path(folder) / stage).body["Resources"])
            for stage, settings in variants().items()
        }
    FILE.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
