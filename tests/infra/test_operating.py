"""The programs in docs/operating do what the pages say they do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from moto import mock_aws

from shared.aws import clients
from tests.documented_programs import RESTORING, run_program
from tests.infra.template import Template


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        clients.forget()
        yield
    clients.forget()


def table(name: str, items: dict[str, str]) -> None:
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for key, value in items.items():
        dynamodb.put_item(TableName=name, Item={"pk": {"S": key}, "value": {"S": value}})


def content(name: str) -> dict[str, str]:
    items = boto3.client("dynamodb").scan(TableName=name)["Items"]
    return {item["pk"]["S"]: item["value"]["S"] for item in items}


PEOPLE = {f"user:u{number}": "good" for number in range(60)}


def test_a_tables_content_is_copied_back_but_what_functions_note_for_themselves() -> None:
    table("restored", {**PEOPLE, "#sweep": "old"})
    table("profiles", {"user:u1": "damaged", "user:new": "new", "#sweep": "now"})

    for _ in range(2):  # again does no harm
        run_program(RESTORING, "A table's content", RESTORED="restored", TABLE="profiles", ONLY=None)
        assert content("profiles") == {**PEOPLE, "user:new": "new", "#sweep": "now"}


def test_only_the_people_who_were_damaged_are_copied_back() -> None:
    table("restored", PEOPLE)
    table("profiles", {"user:u1": "damaged", "user:u2": "later"})

    run_program(RESTORING, "A table's content", RESTORED="restored", TABLE="profiles", ONLY={"user:u1"})

    assert content("profiles") == {"user:u1": "good", "user:u2": "later"}


def test_of_the_message_log_only_what_is_missing_is_copied() -> None:
    table("restored", {"m1": "requested", "m2": "sent"})
    table("messages", {"m1": "delivered", "m3": "sent"})

    for _ in range(2):  # again does no harm
        run_program(RESTORING, "The message log", RESTORED="restored", TABLE="messages")
        assert content("messages") == {"m1": "delivered", "m2": "sent", "m3": "sent"}


def test_what_dynamodb_had_no_room_for_is_copied_in_another_call(monkeypatch: pytest.MonkeyPatch) -> None:
    table("restored", PEOPLE)
    table("profiles", {})
    asked = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def with_little_room(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation != "BatchWriteItem":
            return asked(self, operation, arguments)
        ((name, wanted),) = arguments["RequestItems"].items()
        asked(self, operation, {"RequestItems": {name: wanted[:7]}})
        return {"UnprocessedItems": {name: wanted[7:]} if wanted[7:] else {}}

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", with_little_room)
    run_program(RESTORING, "A table's content", RESTORED="restored", TABLE="profiles", ONLY=None)

    assert content("profiles") == PEOPLE


def test_deleted_objects_come_back_when_their_markers_go() -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="lake")
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    for key in ("events/dt=2026-11-30/1", "events/dt=2026-11-29/1"):
        s3.put_object(Bucket="lake", Key=key, Body=key.encode())
        s3.delete_object(Bucket="lake", Key=key)

    run_program(
        RESTORING,
        "Objects",
        BUCKET="lake",
        PREFIX="events/dt=2026-11-30/",
        SINCE=datetime(2020, 1, 1, tzinfo=UTC),
    )

    found = [one["Key"] for one in s3.list_objects_v2(Bucket="lake")["Contents"]]
    assert found == ["events/dt=2026-11-30/1"]


def test_what_survived_a_destroy_is_found_for_the_import(
    templates: dict[str, Template], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named as CloudFormation names what has no name of its own, beside another stage's."""
    prod = templates["prod"]
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    (folder / "headrace-prod.template.json").write_text(json.dumps(prod.body))
    monkeypatch.chdir(tmp_path)
    kept = {
        logical: made["Type"]
        for logical, made in prod.body["Resources"].items()
        if made.get("DeletionPolicy", "Delete").startswith("Retain")
    }
    for logical, type_ in kept.items():
        for stage in ("prod", "dev"):
            survives(type_, f"headrace-{stage}-{logical}-1A2B3C4D5E6F", logical, f"headrace-{stage}")

    run_program(RESTORING, "Adopting what survived")

    mapping = json.loads((tmp_path / "mapping.json").read_text())
    assert set(mapping) == set(kept)
    for logical, type_ in kept.items():
        ((identifier, name),) = mapping[logical].items()
        assert identifier == IDENTIFIERS[type_]
        assert logical.lower() in name.lower()
        assert "dev" not in name.lower().replace(logical.lower(), "")


def test_what_is_imported_refers_to_nothing_that_is_not(prod: Template) -> None:
    """CloudFormation imports resources into a stack that has nothing else yet."""
    kept = {
        logical: made
        for logical, made in prod.body["Resources"].items()
        if made.get("DeletionPolicy", "Delete").startswith("Retain")
    }

    assert len(kept) > 5
    for logical, made in kept.items():
        text = json.dumps(made)
        assert "Fn::GetAtt" not in text, logical
        assert '"Ref"' not in text, logical


IDENTIFIERS = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::SecretsManager::Secret": "Id",
}
"""The primary identifiers of CloudFormation's registry."""


def survives(type_: str, name: str, secret: str, stack: str) -> None:
    match type_:
        case "AWS::DynamoDB::Table":
            table(name, {})
        case "AWS::S3::Bucket":
            boto3.client("s3").create_bucket(Bucket=name.lower())
        case "AWS::Kinesis::Stream":
            boto3.client("kinesis").create_stream(StreamName=name, ShardCount=1)
        case "AWS::SecretsManager::Secret":
            boto3.client("secretsmanager").create_secret(
                Name=f"{secret}-{name[-12:]}-{stack.removeprefix('headrace-')}",
                SecretString="{}",
                Tags=[{"Key": "aws:cloudformation:stack-name", "Value": stack}],
            )
        case _:
            raise AssertionError(f"{type_} survives, and the page does not say so")
