"""The Lambda entry on its real adapters, against moto and a vendor on the loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from functions.tee import bootstrap, handler
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.aws.tee.items import DIFFERENCES
from shared.aws.tee.queue import SqsTeeQueue
from shared.aws.tee.report import DynamoTeeReport
from shared.workspace.model import Source, Tee, Workspace
from tests.fakes.pretended_aws import pretended_aws
from tests.fakes.tee_stage import NOON, request

URL = f"https://sqs.us-east-1.amazonaws.com/{DEFAULT_ACCOUNT_ID}/tee"
NAMES = {
    "WORKSPACE_TABLE": "workspace", "WORKSPACE_BUCKET": "bucket", "OUTGOING_SECRET_ARN": "outgoing", "TEE_TABLE": "tee",
    "QUEUE_URL": URL, "ATTEMPTS": "5", "ALLOW_PRIVATE_VENDORS": "true",
}  # fmt: skip


class Vendor(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    got: ClassVar[list[tuple[str, str | None, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, self.headers["X-Passcode"], body))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@pytest.fixture
def port() -> Iterator[int]:
    Vendor.got.clear()
    server = HTTPServer(("127.0.0.1", 0), Vendor)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def aws(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    # Read from the environment when the module is imported.
    monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")
    monkeypatch.setattr(handler.metrics.provider, "service", "tee")
    made = (bootstrap.environment, bootstrap.forwarding, bootstrap.queue)
    for one in made:
        one.cache_clear()
    with pretended_aws(monkeypatch):
        for table in ("workspace", "tee"):
            boto3.client("dynamodb").create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[
                    {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "differs")
                ],
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": DIFFERENCES,
                        "KeySchema": [
                            {"AttributeName": "differs", "KeyType": "HASH"},
                            {"AttributeName": "pk", "KeyType": "RANGE"},
                        ],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("sqs").create_queue(QueueName="tee", Attributes={"VisibilityTimeout": "360"})
        secret = '{"tees": {"shop": {"headers": {"X-Passcode": "s3cret"}}}}'
        boto3.client("secretsmanager").create_secret(Name="outgoing", SecretString=secret)
        shop = Source(id="shop", name="Shop", trust="server", tee=Tee(host=f"http://127.0.0.1:{port}"))
        DynamoWorkspaces(table="workspace", bucket="bucket").apply(
            Workspace(sources=(shop,)), after=0, at=NOON, by="test"
        )
        yield
    for one in made:
        one.cache_clear()


def delivered() -> dict[str, Any]:
    """What SQS hands to Lambda."""
    sqs = boto3.client("sqs")
    found = sqs.receive_message(
        QueueUrl=URL, MaxNumberOfMessages=10, AttributeNames=["ApproximateReceiveCount"]
    )["Messages"]
    return {
        "Records": [
            {
                "messageId": one["MessageId"],
                "receiptHandle": one["ReceiptHandle"],
                "body": one["Body"],
                "attributes": one["Attributes"],
            }
            for one in found
        ]
    }


def test_requests_reach_the_vendor_with_its_credentials_and_only_what_failed_goes_back(aws: None) -> None:
    queue = SqsTeeQueue(URL, "bucket")
    large = b"x" * 100 + bytes(range(256)) * 10_000
    for number, status in enumerate((200, 400, 503), 1):
        queue.put(request(number, path=f"/{status}", body=large if number == 1 else b"{}"))

    event = delivered()
    answered = handler.lambda_handler(event, Context())

    assert sorted(Vendor.got) == [
        ("/200", "s3cret", large), ("/400", "s3cret", b"{}"), ("/503", "s3cret", b"{}")
    ]  # fmt: skip
    back = [one["itemIdentifier"] for one in answered["batchItemFailures"]]
    assert [one["messageId"] for one in event["Records"] if '"/503"' in one["body"]] == back
    report = DynamoTeeReport("tee")
    (tally,) = report.tallies("shop", [NOON.date()])
    assert (tally.counts["forwarded"], tally.counts["tried"], tally.counts["200>400"]) == (2, 1, 1)
    assert [one.request for one in report.differences("shop", 5)] == ["r2"]


def test_a_request_that_goes_back_comes_again_in_seconds_and_not_after_the_queues_own_time(aws: None) -> None:
    SqsTeeQueue(URL, "bucket").put(request(path="/503"))
    handler.lambda_handler(delivered(), Context())

    (message,) = sqs_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].queues["tee"]._messages
    assert message.visible_at is not None
    assert 0 < message.visible_at / 1000 - message.sent_timestamp / 1000 <= 30


def test_a_vendor_that_says_when_is_asked_then() -> None:
    messages = [{"messageId": "q1", "receiptHandle": "h1", "attributes": {"ApproximateReceiveCount": "1"}}]
    assert handler._pauses(messages, {"q1": 60}) == {"h1": 60}
    assert handler._pauses(messages, {"q1": None}) == {"h1": 5}
    assert handler._pauses(messages, {"q1": 100_000}) == {"h1": 900}
    assert handler._pauses(messages, {}) == {}
