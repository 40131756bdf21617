"""Calls to DynamoDB without a client's work around them: to whoever calls, they are the client's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from shared.aws import clients
from shared.aws.clients import client
from shared.aws.dynamodb_requests import batch_get_item, batch_write_item, put_item
from shared.aws.request_signatures import Arrived, Claim, problem
from tests.fakes.dynamodb_answers import Answer, answered, error
from tests.fakes.pretended_aws import pretended_aws

ITEM: dict[str, Any] = {
    "pk": {"S": "user:ann ü"},
    "version": {"N": "1"},
    "state": {"B": bytes(range(256))},
    "slices": {"M": {"traits": {"B": b"\x00\xff"}, "more": {"M": {"deep": {"B": b"d"}}}, "at": {"N": "3"}}},
}
PUT: Any = {"TableName": "profiles", "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}
WRITES = {"profiles": [{"PutRequest": {"Item": ITEM}}]}
ASKED = {"profiles": {"Keys": [{"pk": ITEM["pk"]}, {"pk": {"S": "nobody"}}], "ConsistentRead": True}}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pretended_aws(monkeypatch):
        client("dynamodb").create_table(
            TableName="profiles",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield


@pytest.fixture
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


def test_what_is_put_is_what_a_client_reads_and_the_other_way_round(aws: None) -> None:
    put_item(PUT)

    found = batch_get_item(ASKED)
    assert found["Responses"]["profiles"] == [ITEM]
    by_client = client("dynamodb").batch_get_item(RequestItems=ASKED)  # type: ignore[arg-type]
    assert found["Responses"] == by_client["Responses"]


def test_what_is_written_in_a_batch_is_what_a_client_reads(aws: None) -> None:
    with answered("BatchWriteItem", lambda _: None) as requests:
        assert batch_write_item(WRITES)["UnprocessedItems"] == {}

    by_client = client("dynamodb").batch_get_item(RequestItems=ASKED)  # type: ignore[arg-type]
    assert by_client["Responses"] == {"profiles": [ITEM]}
    assert len(requests) == 1


def test_of_a_batch_the_writes_that_were_left_are_named(aws: None) -> None:
    left = {"profiles": [{"PutRequest": {"Item": {"pk": ITEM["pk"]}}}]}
    with answered("BatchWriteItem", lambda _: (200, orjson.dumps({"UnprocessedItems": left}))) as requests:
        assert batch_write_item(WRITES)["UnprocessedItems"] == left
    assert len(requests) == 1, "they are for the caller to write again"


def test_a_condition_that_does_not_hold_is_the_clients_error_and_asked_once(aws: None) -> None:
    put_item(PUT)
    with pytest.raises(ClientError) as by_client:
        client("dynamodb").put_item(**PUT)

    with answered("PutItem", lambda _: None) as requests, pytest.raises(ClientError) as raised:
        put_item(PUT)

    assert raised.value.response["Error"] == by_client.value.response["Error"]
    assert raised.value.operation_name == by_client.value.operation_name
    assert len(requests) == 1, "a condition that fails is billed as a write"


@pytest.mark.parametrize(
    "failure",
    [
        (400, error("ProvisionedThroughputExceededException")),
        (400, error("ThrottlingException")),
        (400, error("RequestLimitExceeded")),
        (500, error("InternalServerError")),
        (503, b"<html>busy</html>"),
        (400, error("ExpiredTokenException")),
    ],
)
@pytest.mark.parametrize("operation", ["PutItem", "BatchGetItem", "BatchWriteItem"])
def test_what_did_not_succeed_is_called_again_by_the_client(
    aws: None, without_pauses: None, operation: str, failure: Answer
) -> None:
    failures = iter([failure])
    with answered(operation, lambda _: next(failures, None)) as requests:
        if operation == "PutItem":
            put_item(PUT)
        elif operation == "BatchWriteItem":
            batch_write_item(WRITES)
        else:
            assert batch_get_item(ASKED)["Responses"] == {"profiles": []}

    assert len(requests) == 2
    assert requests[1].headers["X-Amz-Target"] == b"DynamoDB_20120810." + operation.encode()


@pytest.mark.parametrize(
    ("failure", "requests_made"),
    [
        ((400, error("ProvisionedThroughputExceededException", "too fast")), 1 + 3),
        ((400, error("ThrottlingException", "too fast")), 1 + 3),
        ((503, b""), 1 + 3),
        ((400, error("ValidationException", "too large")), 1 + 1),
        ((400, error("AccessDeniedException", "no")), 1 + 1),
    ],
)
def test_what_never_succeeds_raises_what_the_client_raises(
    aws: None, without_pauses: None, failure: Answer, requests_made: int
) -> None:
    with answered("PutItem", lambda _: failure):
        with pytest.raises(ClientError) as by_client:
            client("dynamodb").put_item(**PUT)
        with answered("PutItem", lambda _: None) as requests, pytest.raises(ClientError) as raised:
            put_item(PUT)

    assert raised.value.response["Error"] == by_client.value.response["Error"]
    assert len(requests) == requests_made


def test_without_credentials_it_is_the_clients_error(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb: Any = client("dynamodb")
    monkeypatch.setattr(dynamodb._request_signer, "_credentials", None)
    with pytest.raises(NoCredentialsError):
        put_item(PUT)


class _Endpoint(ThreadingHTTPServer):
    """Answers as DynamoDB does to a put, and keeps what it was sent. `statuses` come first, then 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.bodies: list[bytes] = []
        self.statuses: list[int] = []


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, _Endpoint)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        said = {
            "peer": str(self.client_address[1]),
            **{name.lower(): ",".join(self.headers.get_all(name, ())) for name in self.headers},
        }
        self.server.seen.append((self.path, said, json.loads(body)))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, without_pauses: None) -> Iterator[_Endpoint]:
    with _Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token-1")
        clients.forget()
        yield server
        clients.forget()
        server.shutdown()
        thread.join()


def test_a_request_goes_to_the_endpoint_of_the_environment_signed_for_the_region(endpoint: _Endpoint) -> None:
    put_item(PUT)
    client("dynamodb").put_item(**PUT)

    (path, own, asked), (clients_path, by_client, asked_by_client) = endpoint.seen
    assert (path, asked) == (clients_path, asked_by_client)
    for header in ("x-amz-target", "content-type", "x-amz-security-token", "host"):
        assert own[header] == by_client[header], header
    assert by_client["user-agent"].startswith(
        own["user-agent"]
    )  # Powertools names itself in clients' calls too
    assert "/eu-west-1/dynamodb/aws4_request" in own["authorization"]
    assert own["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert own["peer"] == by_client["peer"], "one connection, kept open"


def test_its_signature_is_right_and_is_of_the_host_too(endpoint: _Endpoint) -> None:
    put_item(PUT)

    ((path, headers, _),) = endpoint.seen
    claim = Claim.of(headers["authorization"])
    assert claim is not None
    assert "host" in headers["authorization"].partition("SignedHeaders=")[2]
    arrived = Arrived("POST", (path,), "", headers, endpoint.bodies[0])
    assert problem(claim, arrived, "dynamodb", "secret", datetime.now(UTC)) is None


def test_credentials_are_those_of_the_moment(endpoint: _Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore renews what runs out; here it is replaced."""
    put_item(PUT)
    dynamodb: Any = client("dynamodb")
    monkeypatch.setattr(dynamodb._request_signer._credentials, "token", "token-2")
    put_item(PUT)

    assert [headers["x-amz-security-token"] for _, headers, _ in endpoint.seen] == ["token-1", "token-2"]


def test_an_endpoint_that_fails_once_is_asked_again(endpoint: _Endpoint) -> None:
    endpoint.statuses = [500]
    put_item(PUT)
    assert len(endpoint.seen) == 2


def test_where_nobody_listens_it_is_the_clients_error(
    monkeypatch: pytest.MonkeyPatch, without_pauses: None
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    clients.forget()
    with pytest.raises(EndpointConnectionError):
        put_item(PUT)
    clients.forget()
