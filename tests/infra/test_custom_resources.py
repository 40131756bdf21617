"""The functions behind the custom resources, against moto, answering a CloudFormation that listens on a port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.custom_resources import emptied_bucket, push_application


class CloudFormation:
    """Takes the answers to its requests."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        answers = self.answers

        class Listener(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Listener)
        self.url = f"http://127.0.0.1:{self._server.server_port}/answer?signed"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def request(self, kind: str, properties: dict[str, str], **more: object) -> dict[str, Any]:
        return {
            "RequestType": kind,
            "ResponseURL": self.url,
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Thing",
            "ResourceProperties": properties,
            **more,
        }

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Context:
    def __init__(self, milliseconds: int = 900_000) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    made = CloudFormation()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


def bucket_of(objects: int) -> str:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="lake")
    for number in range(objects):
        s3.put_object(Bucket="lake", Key=f"events/{number}", Body=b"row")
    return "lake"


def left_in(bucket: str) -> int:
    found: int = boto3.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"]
    return found


def test_a_bucket_is_emptied_when_its_stack_goes(cloudformation: CloudFormation) -> None:
    bucket = bucket_of(objects=3)

    emptied_bucket.lambda_handler(
        cloudformation.request("Delete", {"Bucket": bucket}, PhysicalResourceId=bucket), Context()
    )

    assert left_in(bucket) == 0
    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"]


def test_a_bucket_that_was_kept_once_is_emptied_of_its_versions(cloudformation: CloudFormation) -> None:
    s3, bucket = boto3.client("s3"), bucket_of(objects=1)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="events/0", Body=b"written over")
    s3.put_object(Bucket=bucket, Key="events/1", Body=b"deleted")
    s3.delete_object(Bucket=bucket, Key="events/1")

    emptied_bucket.lambda_handler(
        cloudformation.request("Delete", {"Bucket": bucket}, PhysicalResourceId=bucket), Context()
    )

    left = s3.list_object_versions(Bucket=bucket)
    assert (left.get("Versions", []), left.get("DeleteMarkers", [])) == ([], [])
    assert [answer["Status"] for answer in cloudformation.answers] == ["SUCCESS"]


def test_a_bucket_is_left_alone_until_then(cloudformation: CloudFormation) -> None:
    bucket = bucket_of(objects=1)

    emptied_bucket.lambda_handler(cloudformation.request("Create", {"Bucket": bucket}), Context())

    assert left_in(bucket) == 1
    assert cloudformation.answers[0]["PhysicalResourceId"] == bucket


def test_a_bucket_too_full_for_one_run_fails_with_the_reason(cloudformation: CloudFormation) -> None:
    bucket = bucket_of(objects=1)

    emptied_bucket.lambda_handler(
        cloudformation.request("Delete", {"Bucket": bucket}, PhysicalResourceId=bucket), Context(1_000)
    )

    assert cloudformation.answers[0]["Status"] == "FAILED"
    assert "destroy the stack again" in cloudformation.answers[0]["Reason"]


def test_a_bucket_that_is_gone_already_is_no_failure(cloudformation: CloudFormation) -> None:
    emptied_bucket.lambda_handler(
        cloudformation.request("Delete", {"Bucket": "gone"}, PhysicalResourceId="gone"), Context()
    )

    assert cloudformation.answers[0]["Status"] == "SUCCESS"


ANDROID = {"Name": "headrace-dev-android", "Platform": "GCM", "Revision": "1"}


def applications() -> list[str]:
    found = boto3.client("sns").list_platform_applications()["PlatformApplications"]
    return [one["PlatformApplicationArn"] for one in found]


def credentials(value: str) -> str:
    arn: str = boto3.client("secretsmanager").create_secret(Name="push", SecretString=value)["ARN"]
    return arn


def test_a_push_application_is_made_from_the_secret(cloudformation: CloudFormation) -> None:
    secret = credentials('{"PlatformCredential": "key"}')

    push_application.lambda_handler(
        cloudformation.request("Create", {**ANDROID, "SecretArn": secret}), Context()
    )

    (answer,) = cloudformation.answers
    assert answer["Status"] == "SUCCESS"
    assert applications() == [answer["PhysicalResourceId"]] == [answer["Data"]["Arn"]]
    assert answer["PhysicalResourceId"].endswith("app/GCM/headrace-dev-android")


def test_changed_credentials_change_the_same_application(cloudformation: CloudFormation) -> None:
    secret = credentials('{"PlatformCredential": "old"}')
    push_application.lambda_handler(
        cloudformation.request("Create", {**ANDROID, "SecretArn": secret}), Context()
    )
    arn = cloudformation.answers[0]["PhysicalResourceId"]
    boto3.client("secretsmanager").put_secret_value(
        SecretId=secret, SecretString='{"PlatformCredential": "new"}'
    )

    push_application.lambda_handler(
        cloudformation.request(
            "Update",
            {**ANDROID, "SecretArn": secret, "Revision": "2"},
            PhysicalResourceId=arn,
            OldResourceProperties={**ANDROID, "SecretArn": secret},
        ),
        Context(),
    )

    attributes = boto3.client("sns").get_platform_application_attributes(PlatformApplicationArn=arn)
    assert cloudformation.answers[1]["PhysicalResourceId"] == arn
    assert attributes["Attributes"]["PlatformCredential"] == "new"


def test_another_platform_is_another_application_and_the_old_one_can_go(
    cloudformation: CloudFormation,
) -> None:
    push_application.lambda_handler(
        cloudformation.request("Create", {**ANDROID, "Platform": "APNS_SANDBOX"}), Context()
    )
    before = cloudformation.answers[0]["PhysicalResourceId"]

    push_application.lambda_handler(
        cloudformation.request(
            "Update",
            {**ANDROID, "Platform": "APNS"},
            PhysicalResourceId=before,
            OldResourceProperties={**ANDROID, "Platform": "APNS_SANDBOX"},
        ),
        Context(),
    )
    after = cloudformation.answers[1]["PhysicalResourceId"]
    push_application.lambda_handler(
        cloudformation.request("Delete", ANDROID, PhysicalResourceId=before), Context()
    )

    assert before != after
    assert applications() == [after]


@pytest.mark.parametrize("secret", ["not json", "[]", '{"Credential": "misspelt"}'])
def test_a_secret_of_another_form_fails_without_being_quoted(
    secret: str, cloudformation: CloudFormation
) -> None:
    push_application.lambda_handler(
        cloudformation.request("Create", {**ANDROID, "SecretArn": credentials(secret)}), Context()
    )

    (answer,) = cloudformation.answers
    assert answer["Status"] == "FAILED"
    assert "JSON object" in answer["Reason"]
    assert secret not in answer["Reason"]
    assert applications() == []


def test_what_was_never_made_can_be_deleted(cloudformation: CloudFormation) -> None:
    secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:missing"
    push_application.lambda_handler(
        cloudformation.request("Create", {**ANDROID, "SecretArn": secret}), Context()
    )
    failed = cloudformation.answers[0]

    push_application.lambda_handler(
        cloudformation.request("Delete", ANDROID, PhysicalResourceId=failed["PhysicalResourceId"]), Context()
    )

    assert failed["Status"] == "FAILED"
    assert cloudformation.answers[1]["Status"] == "SUCCESS"
    for answer in cloudformation.answers:
        assert (answer["StackId"], answer["RequestId"], answer["LogicalResourceId"]) == (
            "stack",
            "request",
            "Thing",
        )
