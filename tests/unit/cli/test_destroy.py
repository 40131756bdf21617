"""`headrace destroy --stage …`: what it asks, and what it says before it asks in vain."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from cli import cdk
from cli.main import typed
from cli.problem import Problem


@pytest.fixture(autouse=True)
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the cdk command was called with: a file that is not there until it was."""
    program, heard = tmp_path / "cdk", tmp_path / "heard"
    program.write_text(
        f"#!{sys.executable}\nimport sys; open({str(heard)!r}, 'w').write(' '.join(sys.argv[1:]))"
    )
    program.chmod(0o700)
    monkeypatch.setattr(cdk, "PROGRAM", program)
    return heard


def has_stack(
    cloudformation: Stubber, name: str, *, protected: bool, changed_settings: str | None = None
) -> None:
    described = {
        "StackName": name,
        "CreationTime": datetime(2026, 11, 21, tzinfo=UTC),
        "StackStatus": "UPDATE_COMPLETE",
        "EnableTerminationProtection": protected,
        "Outputs": [{"OutputKey": "ChangedSettings", "OutputValue": changed_settings}]
        if changed_settings is not None
        else [],
    }
    cloudformation.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": name})


def destroy(stage: str, *, answer: str = "y\n") -> Result:
    return CliRunner().invoke(typed, ["destroy", "--stage", stage], input=answer)


def test_a_protected_stack_is_said_to_be_one_before_anything_is_asked(
    cloudformation: Stubber, ran: Path
) -> None:
    has_stack(cloudformation, "headrace-prod", protected=True)

    ended = destroy("prod")

    assert isinstance(ended.exception, Problem)
    assert "termination protection" in str(ended.exception)
    assert "--stack-name headrace-prod --no-enable-termination-protection" in ended.exception.advice
    assert (ended.stdout, ran.exists()) == ("", False)


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_stack_without_protection_is_destroyed_after_asking(
    cloudformation: Stubber, ran: Path, stage: str
) -> None:
    has_stack(cloudformation, f"headrace-{stage}", protected=False)

    ended = destroy(stage)

    assert ended.exit_code == 0
    assert f"Account 123456789012 in us-east-1. Remove headrace-{stage}" in ended.stdout
    assert ("stay in the account" in ended.stdout) == (stage == "prod")
    assert ran.read_text() == f"destroy headrace-{stage} --context stage={stage} --force"


@pytest.mark.parametrize(("deployed", "kept"), [("{}", True), ('{"keeps_data": false}', False)])
def test_what_is_kept_is_what_the_stack_was_deployed_with_whatever_file_is_in_force(
    cloudformation: Stubber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deployed: str, kept: bool
) -> None:
    """CloudFormation goes by the template that it has."""
    (tmp_path / "shop.yaml").write_text(f"prod: {{keeps_data: {str(not kept).lower()}}}\n")
    monkeypatch.setenv("HEADRACE_SETTINGS", str(tmp_path / "shop.yaml"))
    has_stack(cloudformation, "headrace-prod", protected=False, changed_settings=deployed)

    assert ("stay in the account" in destroy("prod", answer="n\n").stdout) is kept


def test_of_a_stack_that_does_not_say_it_what_is_kept_is_what_the_settings_say(
    cloudformation: Stubber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.yaml").write_text("prod: {keeps_data: false}\ndev: {keeps_data: true}\n")
    monkeypatch.setenv("HEADRACE_SETTINGS", str(tmp_path / "shop.yaml"))
    has_stack(cloudformation, "headrace-prod", protected=False)

    assert "and every event, profile and message it stores" in destroy("prod", answer="n\n").stdout


def test_whoever_says_no_destroys_nothing(cloudformation: Stubber, ran: Path) -> None:
    has_stack(cloudformation, "headrace-dev", protected=False)

    assert destroy("dev", answer="n\n").exit_code == 1
    assert not ran.exists()


def test_a_stack_that_is_not_there_is_not_asked_about(cloudformation: Stubber, ran: Path) -> None:
    cloudformation.add_client_error("describe_stacks", "ValidationError", "does not exist")

    ended = destroy("prod")

    assert isinstance(ended.exception, Problem)
    assert "no stack headrace-prod" in str(ended.exception)
    assert (ended.stdout, ran.exists()) == ("", False)
