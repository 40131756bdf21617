"""`headrace receivers` on moto: what is set, what may be, and that a secret is never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cli.main import typed
from cli.stacks import Stack
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.workspace.model import Settings, Workspace
from tests.fakes.pretended_aws import pretended_aws
from tests.fakes.send_stage import NOON, SLACK_URL

SHOP = Workspace(settings=Settings(receivers={"slack": ("orders", "alerts")}))


@pytest.fixture(autouse=True)
def outputs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with pretended_aws(monkeypatch):
        boto3.client("dynamodb").create_table(
            TableName="workspace",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("s3").create_bucket(Bucket="bucket")
        DynamoWorkspaces(table="workspace", bucket="bucket").apply(SHOP, after=0, at=NOON, by="test")
        client = boto3.client("secretsmanager")
        keys = client.create_secret(Name="keys", SecretString="{}")["ARN"]
        outgoing = client.create_secret(Name="outgoing", SecretString='{"webhooks": {"crm": "s"}}')["ARN"]
        found = {
            "WorkspaceTable": "workspace",
            "WorkspaceBucket": "bucket",
            "SecretArn": keys,
            "OutgoingSecretArn": outgoing,
        }
        monkeypatch.setattr(
            Stack, "load", lambda stage=None: Stack(stage or "local", "http://127.0.0.1:9", found)
        )
        yield found


def run(*arguments: str, typed_in: str | None = None) -> Result:
    return CliRunner().invoke(typed, ["receivers", *arguments, "--stage", "dev"], input=typed_in)


def secret() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        boto3.client("secretsmanager").get_secret_value(SecretId="outgoing", VersionStage="AWSCURRENT")[
            "SecretString"
        ]
    )
    return found


def listed() -> list[tuple[str, bool]]:
    return [(one["receiver"], one["is_set"]) for one in json.loads(run("list", "--json").output)]


def test_what_reaches_a_receiver_is_set_and_forgotten_and_nothing_else_is_touched() -> None:
    assert listed() == [("orders", False), ("alerts", False)]

    for _ in range(2):  # twice is once
        assert run("set", "slack", "orders", typed_in=SLACK_URL + "\n").exit_code == 0
    assert run("set", "slack", "alerts", typed_in=SLACK_URL + "2\n").exit_code == 0

    assert secret() == {
        "webhooks": {"crm": "s"},
        "receivers": {"slack": {"orders": SLACK_URL, "alerts": SLACK_URL + "2"}},
    }
    assert listed() == [("orders", True), ("alerts", True)]
    assert run("set", "slack", "orders", "--forget").exit_code == 0
    assert listed() == [("orders", False), ("alerts", True)]


def test_the_secret_is_never_shown() -> None:
    said = run("set", "slack", "orders", typed_in=SLACK_URL + "\n").output + run("list").output

    assert SLACK_URL not in said
    assert "missing: headrace receivers set slack alerts" in said


@pytest.mark.parametrize(
    ("arguments", "typed_in", "words"),
    [
        (("fax", "orders"), SLACK_URL, "fax is no channel with receivers"),
        (("webhook", "crm"), SLACK_URL, "webhook is no channel with receivers"),
        (("slack", "nobody"), SLACK_URL, "There is no receiver nobody of slack"),
        (("slack", "orders"), "https://evil.example/services/T0/B0/x", "That is no incoming webhook's URL"),
        (("slack", "orders"), "http://localhost:8000/x", "That is no incoming webhook's URL"),
        (("slack", "orders"), "", "is empty"),
    ],
)
def test_what_cannot_work_is_refused(arguments: tuple[str, str], typed_in: str, words: str) -> None:
    before = secret()
    refused = run("set", *arguments, typed_in=typed_in + "\n")

    assert words in str(refused.exception)
    assert secret() == before
