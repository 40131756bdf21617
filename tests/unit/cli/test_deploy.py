"""`headrace deploy --stage …`: what it says of the account, and what stops it before the CDK starts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from cli import cdk
from cli.main import typed
from cli.problem import Problem
from shared.aws import clients

REAL_CDK = cdk.PROGRAM
ARN = "arn:aws:sts::123456789012:assumed-role/deployer/ann"


@pytest.fixture(autouse=True)
def no_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither credentials, nor a profile, nor a region."""
    for name in (
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    clients.forget()
    yield
    clients.forget()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture(autouse=True)
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the cdk command was called with, and the region it saw: a file that is not there until it was."""
    program, heard = tmp_path / "cdk", tmp_path / "heard"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"open({str(heard)!r}, 'w').write(' '.join([*sys.argv[1:], os.environ['AWS_REGION']]))"
    )
    program.chmod(0o700)
    monkeypatch.setattr(cdk, "PROGRAM", program)
    return heard


def deploy(*options: str) -> Result:
    return CliRunner().invoke(typed, ["deploy", "--stage", "prod", "--yes", *options])


def problem(ended: Result) -> str:
    assert isinstance(ended.exception, Problem), ended.output
    assert "AWS_PROFILE, AWS_REGION" in ended.exception.advice
    return str(ended.exception)


def answers() -> tuple[Stubber, Stubber]:
    identity, cloudformation = Stubber(clients.client("sts")), Stubber(clients.client("cloudformation"))
    identity.add_response("get_caller_identity", {"Account": "123456789012", "Arn": ARN, "UserId": "x"}, {})
    described = {
        "StackName": "headrace-prod",
        "CreationTime": datetime(2026, 11, 21, tzinfo=UTC),
        "StackStatus": "UPDATE_COMPLETE",
        "Outputs": [{"OutputKey": "CollectUrl", "OutputValue": "https://collect.example"}],
    }
    for _ in range(2):  # before, and after
        cloudformation.add_response(
            "describe_stacks", {"Stacks": [described]}, {"StackName": "headrace-prod"}
        )
    return identity, cloudformation


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_it_says_where_it_goes_and_the_cdk_goes_there(
    credentials: None, ran: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "eu-west-1")
    identity, cloudformation = answers()
    with identity, cloudformation:
        ended = deploy()

    assert ended.exit_code == 0, ended.output
    assert f"headrace-prod goes to account 123456789012 in eu-west-1, as {ARN}" in ended.output
    assert ran.read_text().endswith(" eu-west-1")
    assert "Events go to https://collect.example" in ended.output


@pytest.mark.parametrize("asked", [True, False])
def test_what_was_changed_by_hand_is_put_back_when_asked_and_only_then(
    credentials: None, ran: Path, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation compares a template with the template before; it looks at what is there only when told to."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    identity, cloudformation = answers()
    with identity, cloudformation:
        ended = deploy(*(["--revert-drift"] if asked else []))

    assert ended.exit_code == 0, ended.output
    assert ("--revert-drift" in ran.read_text().split()) == asked


def test_the_pinned_cdk_has_the_option_that_puts_back() -> None:
    shown = subprocess.run([REAL_CDK, "deploy", "--help"], capture_output=True, text=True, check=True).stdout

    assert "--revert-drift" in shown


def test_the_region_may_be_the_profiles(
    credentials: None, tmp_path: Path, ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile shop]\nregion = eu-central-1\n")
    monkeypatch.setenv("AWS_PROFILE", "shop")
    identity, cloudformation = answers()
    with identity, cloudformation:
        assert "in eu-central-1" in deploy().output

    assert ran.read_text().endswith(" eu-central-1")


def test_a_profile_that_does_not_exist_is_told_before_the_cdk_starts(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "shpo")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    assert "profile (shpo) could not be found" in problem(deploy())
    assert not ran.exists()


def test_missing_credentials_are_told_before_the_cdk_starts(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    assert "credentials" in problem(deploy())
    assert not ran.exists()


def test_a_missing_region_is_told_before_the_cdk_chooses_one(credentials: None, ran: Path) -> None:
    assert "no region is set" in problem(deploy())
    assert not ran.exists()


def test_credentials_that_expired_are_told_before_the_cdk_starts(
    credentials: None, ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with Stubber(clients.client("sts")) as identity:
        identity.add_client_error("get_caller_identity", "ExpiredToken", "The security token has expired")

        assert "has expired" in problem(deploy())
    assert not ran.exists()


def test_a_mistake_in_the_settings_is_told_before_the_cdk_starts(
    tmp_path: Path, ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.yaml").write_text("prod:\n  stream_shard: 4\n")
    monkeypatch.setenv("HEADRACE_SETTINGS", str(tmp_path / "shop.yaml"))

    ended = deploy()

    assert isinstance(ended.exception, Problem)
    assert "shop.yaml:2: `stream_shard` is not known in prod. Did you mean `stream_shards`?" in str(
        ended.exception
    )
    assert not ran.exists()


@pytest.mark.parametrize(("version", "said"), [("v20.20.2", True), ("v22.0.0", False), ("v24.1.0", False)])
def test_a_node_that_the_cdk_does_not_support_any_more_is_said_in_a_sentence(
    version: str, said: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))

    sentence = cdk.outdated_node()

    assert (sentence is not None) == said
    assert sentence is None or sentence.startswith(
        "Node.js 20 is past its end of life; the CDK asks for 22 or newer."
    )


def test_without_node_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(Problem, match=r"needs Node\.js"):
        cdk.outdated_node()
