"""Nothing that keeps data, or an address that apps have, is lost by the next deployment of a changed template."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.infra.kept_resources import KEPT, losses, pinned, read, variants
from tests.infra.template import Template, synthesised

HOW = "\nIf it is meant: CHANGELOG.md says so, and `python -m tests.infra.kept_resources` pins it anew."


@pytest.fixture(scope="module")
def resources(
    templates: dict[str, Template], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """By variant."""
    made = {
        name: templates[name] if name in templates else synthesised(settings, tmp_path_factory.mktemp("more"))
        for name, settings in variants().items()
    }
    return {name: template.body["Resources"] for name, template in made.items()}


@pytest.mark.parametrize("variant", variants())
def test_a_deployment_over_what_is_deployed_loses_nothing(
    variant: str, resources: dict[str, dict[str, Any]]
) -> None:
    found = losses(read()[variant], resources[variant])

    assert found == [], "\n".join(found) + HOW


@pytest.mark.parametrize("variant", variants())
def test_whatever_keeps_data_is_pinned_when_it_is_added(
    variant: str, resources: dict[str, dict[str, Any]]
) -> None:
    new = set(pinned(resources[variant])) - set(read()[variant])

    assert new == set(), (
        "Pin what is new, so that nobody renames it: python -m tests.infra.kept_resources. A name that is there no "
        "more is another matter: see the test above."
    )


def test_all_that_may_not_be_deleted_is_pinned(prod: Template) -> None:
    protected = {
        logical
        for logical, made in prod.body["Resources"].items()
        if "Retain" in made.get("DeletionPolicy", "Delete")
    }

    assert protected <= set(read()["prod"])


def first(resources: dict[str, Any], kind: str) -> str:
    return next(logical for logical, made in sorted(resources.items()) if made["Type"] == kind)


@pytest.mark.parametrize("kind", KEPT)
def test_a_construct_that_is_renamed_is_told_with_what_it_costs(
    kind: str, resources: dict[str, dict[str, Any]]
) -> None:
    having = next(made for made in resources.values() if any(one["Type"] == kind for one in made.values()))
    changed = copy.deepcopy(having)
    before = pinned(changed)
    logical = first(changed, kind)
    changed[f"Better{logical}"] = changed.pop(logical)

    (loss,) = losses(before, changed)

    assert loss.startswith(f"{logical} ({kind}) is gone or has another name")
    assert KEPT[kind].loss in loss


CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("AWS::DynamoDB::Table", {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}, "replaces it"),
    ("AWS::DynamoDB::Table", {"TableName": "profiles"}, "replaces it"),
    ("AWS::Kinesis::Stream", {"Name": "events"}, "replaces it"),
    ("AWS::S3::Bucket", {"BucketName": "lake"}, "replaces it"),
    ("AWS::SQS::Queue", {"QueueName": "letters"}, "replaces it"),
    ("AWS::SecretsManager::Secret", {"Name": "headrace"}, "replaces it"),
    ("AWS::SecretsManager::Secret", {"SecretString": "{}"}, "generate the secret anew"),
    ("AWS::SecretsManager::Secret", {"GenerateSecretString": {"PasswordLength": 41}}, "generate the secret anew"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "told"), CHANGES)
def test_a_change_that_means_another_resource_is_told(
    kind: str, change: dict[str, Any], told: str, templates: dict[str, Template]
) -> None:
    resources = copy.deepcopy(templates["dev"].body["Resources"])
    before = pinned(resources)
    logical = first(resources, kind)
    resources[logical]["Properties"] |= change

    (loss,) = losses(before, resources)

    assert loss.startswith(f"{logical} ({kind}): a change of {next(iter(change))}")
    assert told in loss


def test_a_change_in_place_is_no_loss(templates: dict[str, Template]) -> None:
    resources = copy.deepcopy(templates["dev"].body["Resources"])
    before = pinned(resources)
    resources[first(resources, "AWS::DynamoDB::Table")]["Properties"]["DeletionProtectionEnabled"] = True
    resources[first(resources, "AWS::Kinesis::Stream")]["Properties"]["RetentionPeriodHours"] = 48
    resources[first(resources, "AWS::SecretsManager::Secret")]["Properties"]["Description"] = "keys"

    assert losses(before, resources) == []
