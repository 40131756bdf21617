"""The secret on moto and the fake, held to one contract; then what only the adapter has."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from shared.aws import clients
from shared.aws.secrets import StackSecret
from shared.ports import Secrets, Unavailable
from tests.fakes.secrets import FakeSecrets


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    clients.forget()
    with mock_aws():
        yield


def stored(text: str) -> str:
    return boto3.client("secretsmanager").create_secret(Name="headrace", SecretString=text)["ARN"]


@pytest.fixture
def adapter(aws: None) -> StackSecret:
    return StackSecret(stored('{"default_write_key": "k"}'))


@pytest.fixture(params=["adapter", "fake"])
def secrets(request: pytest.FixtureRequest) -> Secrets:
    return (
        FakeSecrets({"default_write_key": "k"})
        if request.param == "fake"
        else request.getfixturevalue("adapter")
    )


def test_what_is_written_is_read_again(secrets: Secrets) -> None:
    secrets.write({"sources": {"web": {"write_key": "hr_1"}}})

    assert secrets.read()["sources"] == {"web": {"write_key": "hr_1"}}


def test_keys_that_are_not_written_are_kept(secrets: Secrets) -> None:
    secrets.write({"sources": {}})

    assert secrets.read() == {"default_write_key": "k", "sources": {}}


def test_a_written_key_replaces_the_old_one_whole(secrets: Secrets) -> None:
    secrets.write({"sources": {"a": {}, "b": {}}})
    secrets.write({"sources": {"b": {}}})

    assert secrets.read()["sources"] == {"b": {}}


@pytest.mark.parametrize("text", ["not json: hunter2", "[1]"])
def test_a_secret_that_is_no_json_object_is_refused_without_showing_it(aws: None, text: str) -> None:
    with pytest.raises(ValueError, match="JSON") as refused:
        StackSecret(stored(text)).read()
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_missing_secret_is_unavailable(aws: None) -> None:
    with pytest.raises(Unavailable):
        StackSecret("arn:aws:secretsmanager:us-east-1:123456789012:secret:gone").read()
