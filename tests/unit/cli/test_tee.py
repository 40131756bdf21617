"""`headrace tee` on moto: what is shown of the vendors' answers, and how credentials are set."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cli.main import typed
from cli.stacks import Stack
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.aws.tee.items import DIFFERENCES
from shared.aws.tee.log import DynamoTeeLog
from shared.aws.tee.queue import SqsTeeQueue
from shared.tee import Answer, Credentials, Missed
from shared.workspace.model import Source, Tee, Workspace
from tests.fakes.pretended_aws import pretended_aws
from tests.fakes.tee_stage import NOON, request

NOW = datetime.now(UTC).replace(microsecond=0)
SHOP = Workspace(
    sources=(
        Source(id="shop", name="Shop", trust="server", tee=Tee(host="https://vendor.example")),
        Source(id="quiet", name="Quiet", trust="server", tee=Tee(host="https://quiet.example")),
        Source(id="plain", name="Plain", trust="server"),
        Source(id="page", name="Page", trust="browser"),
    )
)


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with pretended_aws(monkeypatch):
        for name in ("tee", "workspace"):
            indexed: dict[str, Any] = {}
            if name == "tee":
                keys = [
                    {"AttributeName": "differs", "KeyType": "HASH"},
                    {"AttributeName": "pk", "KeyType": "RANGE"},
                ]
                index = {"IndexName": DIFFERENCES, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}
                indexed = {"GlobalSecondaryIndexes": [index]}
            boto3.client("dynamodb").create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[
                    {"AttributeName": key, "AttributeType": "S"}
                    for key in ("pk", *(["differs"] if indexed else []))
                ],
                BillingMode="PAY_PER_REQUEST",
                **indexed,
            )
        boto3.client("s3").create_bucket(Bucket="bucket")
        sqs = boto3.client("sqs")
        secrets = {
            "stack": {"default_write_key": "hr_d", "sources": {"shop": {"write_key": "hr_s"}}},
            "outgoing": {"webhooks": {"crm": "signing"}, "tees": {}},
        }
        made = {
            name: boto3.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(value))[
                "ARN"
            ]
            for name, value in secrets.items()
        }
        found = {
            "TeeTable": "tee",
            "TeeQueueUrl": sqs.create_queue(QueueName="tee")["QueueUrl"],
            "TeeDeadLetterQueueUrl": sqs.create_queue(QueueName="letters")["QueueUrl"],
            "WorkspaceTable": "workspace",
            "WorkspaceBucket": "bucket",
            "SecretArn": made["stack"],
            "OutgoingSecretArn": made["outgoing"],
        }
        monkeypatch.setattr(
            Stack, "load", lambda stage=None: Stack(stage or "local", "http://127.0.0.1:9", found)
        )
        yield found


@pytest.fixture
def applied(outputs: dict[str, str]) -> None:
    DynamoWorkspaces(table="workspace", bucket="bucket").apply(SHOP, after=0, at=NOON, by="test")


def run(*arguments: str, typed_in: str | None = None) -> Result:
    return CliRunner().invoke(typed, ["tee", *arguments], input=typed_in)


def printed(*arguments: str) -> Any:
    result = run("status", *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def answer(number: int, ours: int = 200, theirs: int = 200, days_ago: int = 0) -> Answer:
    at = NOW - timedelta(days=days_ago)
    return Answer(
        request=f"r{number}", source="shop", protocol="clevertap", call="upload", ours=ours, theirs=theirs,
        milliseconds=100 * number, sent=10, answered=2, content_type="text/html", events=2, rejected=1,
        received_at=at, answered_at=at,
    )  # fmt: skip


def secret_of(outputs: dict[str, str]) -> dict[str, Any]:
    text = boto3.client("secretsmanager").get_secret_value(
        SecretId=outputs["OutgoingSecretArn"], VersionStage="AWSCURRENT"
    )["SecretString"]
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_status_adds_up_and_lists_where_we_differ(applied: None, outputs: dict[str, str]) -> None:
    log = DynamoTeeLog("tee")
    log.record([answer(1), answer(2, 200, 202), answer(3, 200, 401)], [Missed("shop", NOW, "failed")])
    log.record([answer(4, 400, 200, days_ago=1)], [Missed("shop", NOW, "tried")])
    SqsTeeQueue(outputs["TeeQueueUrl"], "bucket").put(request())

    found = printed()

    assert (found["waiting"], found["dead_letters"], found["days"]) == (1, 0, 7)
    shop, quiet = found["sources"]
    assert (shop["source"], shop["host"], shop["credentials"]) == (
        "shop", "https://vendor.example", {"headers": [], "query": []}
    )  # fmt: skip
    assert (shop["forwarded"], shop["agreed"], shop["differing"], shop["failed"], shop["tries_again"]) == (
        4, 2, 2, 1, 1
    )  # fmt: skip
    assert (shop["events"], shop["events_rejected_by_us"], shop["mean_milliseconds"]) == (8, 4, 250)
    assert {(one["ours"], one["theirs"]): one["requests"] for one in shop["answers"]} == {
        (200, 200): 1, (200, 202): 1, (200, 401): 1, (400, 200): 1
    }  # fmt: skip
    assert [one["request"] for one in shop["differences"]] == ["r4", "r3"]
    assert shop["differences"][1]["content_type"] == "text/html"
    assert (quiet["forwarded"], quiet["mean_milliseconds"], quiet["answers"]) == (0, None, [])


def test_the_status_is_of_the_days_and_the_source_asked_for(applied: None) -> None:
    DynamoTeeLog("tee").record([answer(1), answer(2, days_ago=3)], [])
    assert [one["forwarded"] for one in printed("--source", "shop", "--days", "2")["sources"]] == [1]
    assert [one["forwarded"] for one in printed("--source", "shop", "--days", "4")["sources"]] == [2]
    assert [one["host"] for one in printed("--source", "plain")["sources"]] == [None]


def test_a_browsers_source_is_given_no_secret(applied: None, outputs: dict[str, str]) -> None:
    result = run("secret", "page", "--header", "X-Passcode", typed_in="s3cret\n")
    assert "page is a browser's source" in str(result.exception)
    assert "page" not in secret_of(outputs)["tees"]
    assert run("secret", "page", "--forget").exit_code == 0


def test_requests_that_held_our_key_are_told_of(applied: None) -> None:
    DynamoTeeLog("tee").record([answer(1)], [Missed("shop", NOW, "withheld")] * 2)
    assert printed()["sources"][0]["withheld"] == 2
    assert "2: our own write key stood in their bodies" in run("status").stdout


def test_people_read_a_matrix_and_the_differences(applied: None) -> None:
    DynamoTeeLog("tee").record([answer(1), answer(2, 200, 401)], [])
    text = run("status").stdout
    assert "shop → https://vendor.example" in text
    assert "2 forwarded, 1 agreed, 1 differing" in text
    assert "ours \\ theirs" in text
    assert "r2" in text
    assert "as the clients send them" in text


def test_without_a_tee_it_says_how_to_set_one_up(outputs: dict[str, str]) -> None:
    assert printed() == {"days": 7, "waiting": 0, "dead_letters": 0, "sources": []}
    text = run("status").stdout
    assert "No source forwards" in text
    assert "docs/tee.md" in text


def test_a_source_that_is_not_there_is_a_problem(applied: None) -> None:
    assert "no source nobody" in str(run("status", "--source", "nobody").exception)
    assert "no source nobody" in str(run("secret", "nobody", "--basic", typed_in="a:b\n").exception)


def test_credentials_are_read_from_standard_input_and_kept_beside_webhooks_keys(
    applied: None, outputs: dict[str, str]
) -> None:
    assert run("secret", "shop", "--header", "X-Passcode", typed_in="s3cret\n").exit_code == 0
    assert run("secret", "shop", "--header", "x-passcode", typed_in="changed\n").exit_code == 0
    assert run("secret", "shop", "--query", "api_key", typed_in="k\n").exit_code == 0
    result = run("secret", "shop", "--basic", typed_in="user:pass\n")

    assert "pass" not in result.output
    found = secret_of(outputs)
    assert found["webhooks"] == {"crm": "signing"}
    assert Credentials.of(found, "shop") == Credentials(
        {"x-passcode": "changed", "Authorization": "Basic " + base64.b64encode(b"user:pass").decode()},
        {"api_key": "k"},
    )
    assert printed("--source", "shop")["sources"][0]["credentials"] == {
        "headers": ["Authorization", "x-passcode"], "query": ["api_key"]
    }  # fmt: skip
    assert "changed" not in run("status").stdout


def test_they_can_be_forgotten(applied: None, outputs: dict[str, str]) -> None:
    run("secret", "shop", "--basic", typed_in="user:pass\n")
    assert run("secret", "shop", "--forget").exit_code == 0
    assert secret_of(outputs) == {"webhooks": {"crm": "signing"}, "tees": {}}


@pytest.mark.parametrize("arguments", [(), ("--basic", "--forget"), ("--header", "A", "--query", "b")])
def test_one_thing_is_set_at_a_time(applied: None, arguments: tuple[str, ...]) -> None:
    assert "Say which" in str(run("secret", "shop", *arguments, typed_in="x\n").exception)


@pytest.mark.parametrize("value", ["", "\n", "a\tb\n", "pässword\n"])
def test_a_value_that_no_header_takes_is_refused(applied: None, value: str, outputs: dict[str, str]) -> None:
    assert "is empty, or has characters" in str(
        run("secret", "shop", "--header", "A", typed_in=value).exception
    )
    assert secret_of(outputs)["tees"] == {}
