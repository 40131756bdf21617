"""The clients every adapter shares."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.session import Session

from shared.aws import clients
from shared.failures import Unavailable


@pytest.fixture(autouse=True)
def fresh_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    clients.forget()
    yield
    clients.forget()


def test_a_client_is_made_once_per_service() -> None:
    assert clients.client("kinesis") is clients.client("kinesis")
    assert clients.client("dynamodb").meta.service_model.service_name == "dynamodb"


def test_the_endpoint_of_the_environment_is_honoured() -> None:
    assert clients.client("dynamodb").meta.endpoint_url == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("region", "default", "used"),
    [
        ("eu-west-1", "us-east-1", "eu-west-1"),
        ("eu-west-1", None, "eu-west-1"),
        (None, "eu-west-1", "eu-west-1"),
        ("", "eu-west-1", "eu-west-1"),
    ],
)
def test_the_region_is_that_of_aws_region_first(
    region: str | None, default: str | None, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("AWS_REGION", region), ("AWS_DEFAULT_REGION", default)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)

    assert clients.client("kinesis").meta.region_name == used


def attempts(service: str) -> int:
    return int(vars(clients.config(service))["retries"]["total_max_attempts"])


def test_what_reaches_a_person_is_not_retried_behind_our_back() -> None:
    assert attempts("sns") == 1
    assert attempts("kinesis") == 3


def test_nothing_is_made_and_boto3_not_loaded_when_the_module_is_imported() -> None:
    program = "import sys, shared.aws.clients as c; assert not c._clients; assert 'boto3' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "PutItem"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
    ],
)
def test_a_refusal_by_aws_or_the_network_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable), clients.unavailable_when_failing():
        raise error


def test_the_tests_read_what_botocore_knows_of_services_once_a_process() -> None:
    """Nearly every test of an adapter makes a session, and reading all that anew took most of their time."""
    assert Session().get_component("data_loader") is Session().get_component("data_loader")
