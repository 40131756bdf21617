"""The secret on moto and the fake, held to one contract; then what only the adapter has."""

from collections.abc import Iterator

import boto3
import pytest

from shared.aws import clients
from shared.aws.secrets import StackSecret
from shared.failures import Unavailable, VersionConflict
from shared.ports.workspaces import Secrets
from simulation.ports.secrets import FakeSecrets
from tests.fakes.pretended_aws import Cloud, pretended_aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    with pretended_aws(monkeypatch, cloud):
        yield


def stored(text: str) -> str:
    return boto3.client("secretsmanager").create_secret(Name="headrace", SecretString=text)["ARN"]


def at_the_same_moment(text: str) -> None:
    """Somebody replaces the secret after it was read for the next write, and before that is written."""
    others = iter([text])

    def write(**_: object) -> None:
        for other in others:
            boto3.client("secretsmanager").put_secret_value(SecretId="headrace", SecretString=other)

    clients.client("secretsmanager").meta.events.register("before-call.secretsmanager.PutSecretValue", write)


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
    secrets.write({"sources": {"web": {"write_key": "hr_1"}}}, instead_of={})

    assert secrets.read()["sources"] == {"web": {"write_key": "hr_1"}}


def test_keys_that_are_not_written_are_kept(secrets: Secrets) -> None:
    secrets.write({"sources": {}}, instead_of={})

    assert secrets.read() == {"default_write_key": "k", "sources": {}}


def test_a_written_key_replaces_the_old_one_whole(secrets: Secrets) -> None:
    secrets.write({"sources": {"a": {}, "b": {}}}, instead_of={})
    secrets.write({"sources": {"b": {}}}, instead_of={"sources": {"a": {}, "b": {}}})

    assert secrets.read()["sources"] == {"b": {}}


def test_a_key_that_somebody_else_wrote_is_not_written_over(secrets: Secrets) -> None:
    secrets.write({"sources": {"web": {"write_key": "theirs"}}}, instead_of={})

    with pytest.raises(VersionConflict):
        secrets.write({"sources": {"web": {"write_key": "mine"}}}, instead_of={"sources": {}})
    assert secrets.read()["sources"] == {"web": {"write_key": "theirs"}}


def test_writing_again_what_was_written_is_no_conflict(secrets: Secrets) -> None:
    for _ in range(2):
        secrets.write({"sources": {"web": {}}}, instead_of={})

    assert secrets.read()["sources"] == {"web": {}}


def test_what_somebody_else_writes_at_the_same_moment_is_a_conflict(adapter: StackSecret) -> None:
    at_the_same_moment('{"sources": {"web": "theirs"}}')

    with pytest.raises(VersionConflict):
        adapter.write({"sources": {"web": "mine"}}, instead_of={})
    assert adapter.read() == {"sources": {"web": "theirs"}}


def test_another_key_that_somebody_writes_at_the_same_moment_is_kept(adapter: StackSecret) -> None:
    at_the_same_moment('{"of_the_operator": "new"}')

    adapter.write({"sources": {}}, instead_of={})

    assert adapter.read() == {"of_the_operator": "new", "sources": {}}


@pytest.mark.parametrize("text", ["not json: hunter2", "[1]"])
def test_a_secret_that_is_no_json_object_is_refused_without_showing_it(aws: None, text: str) -> None:
    with pytest.raises(ValueError, match="JSON") as refused:
        StackSecret(stored(text)).read()
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_missing_secret_is_unavailable(aws: None) -> None:
    with pytest.raises(Unavailable):
        StackSecret("arn:aws:secretsmanager:us-east-1:123456789012:secret:gone").read()
