"""`headrace deploy --stage …`: a first deployment that fails can be repeated, and one that succeeds is protected."""

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


class Cdk:
    """A program in the place of the CDK's command, which ends with the exit codes it is given, one a call."""

    def __init__(self, folder: Path) -> None:
        self.program, self._heard, self._ends = folder / "cdk", folder / "heard", folder / "ends"
        self.program.write_text(
            f"#!{sys.executable}\n"
            "import sys, pathlib\n"
            f"heard, ends = pathlib.Path({str(self._heard)!r}), pathlib.Path({str(self._ends)!r})\n"
            "print(*sys.argv[1:], file=heard.open('a'))\n"
            "code, *rest = ends.read_text().split() if ends.exists() else ['0']\n"
            "ends.write_text(' '.join(rest or ['0']))\n"
            "sys.exit(int(code))\n"
        )
        self.program.chmod(0o700)

    def ends_with(self, *codes: int) -> None:
        self._ends.write_text(" ".join(map(str, codes)))

    @property
    def calls(self) -> list[str]:
        return self._heard.read_text().splitlines() if self._heard.exists() else []


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cdk:
    made = Cdk(tmp_path)
    monkeypatch.setattr(cdk, "PROGRAM", made.program)
    return made


def is_not_there(cloudformation: Stubber) -> None:
    cloudformation.add_client_error("describe_stacks", "ValidationError", "does not exist")


def is_there(
    cloudformation: Stubber, stage: str, status: str = "CREATE_COMPLETE", *, protected: bool = False
) -> None:
    described = {
        "StackName": f"headrace-{stage}",
        "CreationTime": datetime(2026, 11, 21, tzinfo=UTC),
        "StackStatus": status,
        "EnableTerminationProtection": protected,
        "Outputs": [{"OutputKey": "CollectUrl", "OutputValue": "https://collect.example"}],
    }
    cloudformation.add_response("describe_stacks", {"Stacks": [described]})


def deploy(stage: str) -> Result:
    return CliRunner().invoke(typed, ["deploy", "--stage", stage, "--yes"])


def called(stage: str, *more: str) -> str:
    return " ".join(
        ["deploy", f"headrace-{stage}", "--context", f"stage={stage}", "--require-approval", "never", *more]
    )


UNPROTECTED = ("--context", "protected=false")


def test_prod_is_made_without_protection_first_and_protected_when_it_is_there(
    cloudformation: Stubber, program: Cdk
) -> None:
    is_not_there(cloudformation)
    is_there(cloudformation, "prod", protected=True)

    assert deploy("prod").exit_code == 0
    assert program.calls == [called("prod", *UNPROTECTED), called("prod")]


def test_a_stage_that_keeps_nothing_is_deployed_once(cloudformation: Stubber, program: Cdk) -> None:
    is_there(cloudformation, "dev")
    is_there(cloudformation, "dev")

    assert deploy("dev").exit_code == 0
    assert program.calls == [called("dev")]


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_is_there_never_loses_its_protection(
    cloudformation: Stubber, program: Cdk, status: str
) -> None:
    """One whose second deployment failed gets it now."""
    is_there(cloudformation, "prod", status, protected=status != "CREATE_COMPLETE")
    is_there(cloudformation, "prod", protected=True)

    assert deploy("prod").exit_code == 0
    assert program.calls == [called("prod")]


@pytest.mark.parametrize(
    "status", ["UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_FAILED", "CREATE_IN_PROGRESS"]
)
def test_the_protection_of_a_stack_that_may_hold_data_is_never_lifted(
    cloudformation: Stubber, program: Cdk, status: str
) -> None:
    is_there(cloudformation, "prod", status, protected=True)
    program.ends_with(1)

    assert isinstance(deploy("prod").exception, Problem)
    assert program.calls == [called("prod")]


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
def test_a_first_deployment_that_failed_though_it_was_protected_is_repeated(
    cloudformation: Stubber, program: Cdk, status: str
) -> None:
    is_there(cloudformation, "prod", status, protected=True)
    cloudformation.add_response(
        "update_termination_protection",
        {},
        {"StackName": "headrace-prod", "EnableTerminationProtection": False},
    )
    is_there(cloudformation, "prod", protected=True)

    ended = deploy("prod")

    assert ended.exit_code == 0
    assert "did not succeed" in ended.stdout
    assert program.calls == [called("prod", *UNPROTECTED), called("prod")]


def test_data_that_the_settings_keep_is_protected_in_any_stage(
    cloudformation: Stubber, program: Cdk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "shop.yaml"
    settings.write_text("dev:\n  keeps_data: true\n")
    monkeypatch.setenv("HEADRACE_SETTINGS", str(settings))
    is_not_there(cloudformation)
    is_there(cloudformation, "dev", protected=True)

    assert deploy("dev").exit_code == 0
    assert program.calls == [called("dev", *UNPROTECTED), called("dev")]


def test_a_first_deployment_that_fails_is_not_gone_on_with(cloudformation: Stubber, program: Cdk) -> None:
    is_not_there(cloudformation)
    program.ends_with(1)

    ended = deploy("prod")

    assert isinstance(ended.exception, Problem)
    assert program.calls == [called("prod", *UNPROTECTED)]


def test_who_may_not_lift_the_protection_is_told_so_before_anything_is_deployed(
    cloudformation: Stubber, program: Cdk
) -> None:
    is_there(cloudformation, "prod", "ROLLBACK_COMPLETE", protected=True)
    cloudformation.add_client_error("update_termination_protection", "AccessDenied", "no")

    ended = deploy("prod")

    assert isinstance(ended.exception, Problem)
    assert "cannot be lifted" in str(ended.exception)
    assert program.calls == []
