"""What a stack was deployed with, against the settings in force: said, and asked where it would be lost in silence."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from cli import cdk, settings_before, settings_in_force
from cli.commands import deploy as deploy_command
from cli.laptop import bring_up
from cli.main import typed
from cli.problem import Problem
from infra.settings.changed import MOST_BYTES, changed, remembered
from infra.settings.file import in_force
from infra.settings.push import PushCredentials
from infra.settings.stages import PROD, TARGETS
from shared.aws.stack.stack_outputs import StackDescription

BEFORE = {"stream_shards": 4, "alarm_email": "ops@shop.example"}


@pytest.fixture(autouse=True)
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there once the `cdk` was started."""
    program, started = tmp_path / "cdk", tmp_path / "started"
    program.write_text(f"#!{sys.executable}\nopen({str(started)!r}, 'w')\n")
    program.chmod(0o700)
    monkeypatch.setattr(cdk, "PROGRAM", program)
    return started


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "shop.yaml"
    monkeypatch.setenv("HEADRACE_SETTINGS", str(made))
    return made


def deployed_with(cloudformation: Stubber, changed_settings: object) -> None:
    described = {
        "StackName": "headrace-prod",
        "CreationTime": datetime(2026, 11, 21, tzinfo=UTC),
        "StackStatus": "UPDATE_COMPLETE",
        "Outputs": [
            {"OutputKey": "CollectUrl", "OutputValue": "https://collect.example"},
            *(
                [{"OutputKey": settings_before.OUTPUT, "OutputValue": json.dumps(changed_settings)}]
                if changed_settings is not None
                else []
            ),
        ],
    }
    cloudformation.add_response("describe_stacks", {"Stacks": [described]})


def deploy(*options: str, answer: str = "") -> Result:
    return CliRunner().invoke(typed, ["deploy", "--stage", "prod", *options], input=answer)


def test_the_file_in_force_is_said_and_how_much_it_changes(
    cloudformation: Stubber, file: Path, ran: Path
) -> None:
    file.write_text("all:\n  lake_days: 30\nprod:\n  stream_shards: 4\n  snap_start: true\n")
    for _ in range(2):
        deployed_with(cloudformation, {"lake_days": 30, "stream_shards": 2})

    said = deploy("--yes").stdout

    assert f"Settings: {file} (2 differ from the defaults of prod)" in said
    assert "stream_shards: 2 → 4" in said
    assert "lake_days" not in said
    assert ran.exists()


def test_without_a_file_it_says_so(cloudformation: Stubber) -> None:
    for _ in range(2):
        deployed_with(cloudformation, {})

    assert "Settings: the defaults (no headrace.yaml" in deploy("--yes").stdout


@pytest.mark.parametrize("options", [(), ("--yes",)])
@pytest.mark.parametrize("told", [BEFORE, list(BEFORE)])
@pytest.mark.parametrize("now", [None, "dev:\n  stream_shards: 4\n"])
def test_a_file_that_is_gone_is_missed_before_the_cdk_starts(
    cloudformation: Stubber,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ran: Path,
    options: tuple[str, ...],
    told: object,
    now: str | None,
) -> None:
    """Nobody can be asked; another file that says nothing of prod is as good as none."""
    if now:
        (tmp_path / "other.yaml").write_text(now)
        monkeypatch.setenv("HEADRACE_SETTINGS", str(tmp_path / "other.yaml"))
    deployed_with(cloudformation, told)

    ended = deploy(*options)

    assert isinstance(ended.exception, Problem)
    assert "settings that are in no file now" in str(ended.exception)
    assert "stream_shards" in str(ended.exception)
    assert "alarm_email" in str(ended.exception)
    assert "HEADRACE_SETTINGS=PATH headrace deploy --stage prod" in ended.exception.advice
    assert "--back-to-defaults" in ended.exception.advice
    assert not ran.exists()


def test_one_setting_that_is_said_no_more_is_missed_too(cloudformation: Stubber, file: Path) -> None:
    file.write_text("prod:\n  stream_shards: 4\n")
    deployed_with(cloudformation, BEFORE)

    ended = deploy("--yes")

    assert isinstance(ended.exception, Problem)
    assert "in no file now: alarm_email." in str(ended.exception)
    assert "alarm_email: ops@shop.example → null" in ended.stdout


ADDRESSES = {"alarm_email": "ann@shop.example", "email_identity": "bo@shop.example"}
WITH_ADDRESSES = replace(PROD, alarm_email="ann@shop.example", email_identity="bo@shop.example")


def test_the_stack_remembers_that_an_address_was_set_and_not_whose(
    cloudformation: Stubber, file: Path
) -> None:
    output = json.loads(remembered(replace(WITH_ADDRESSES, stream_shards=4)))
    assert output == dict.fromkeys(ADDRESSES, settings_before.UNKNOWN) | {"stream_shards": 4}
    domain = replace(PROD, email_identity="shop.example")
    assert json.loads(remembered(domain)) == {"email_identity": "shop.example"}

    file.write_text("prod:\n  stream_shards: 4\n")
    deployed_with(cloudformation, output)
    ended = deploy("--yes")

    assert "in no file now: alarm_email, email_identity." in str(ended.exception)
    assert "alarm_email: … → null" in ended.stdout


def test_an_address_that_is_still_set_is_no_change(cloudformation: Stubber, file: Path, ran: Path) -> None:
    file.write_text("prod:\n" + "".join(f"  {name}: {address}\n" for name, address in ADDRESSES.items()))
    for _ in range(2):
        deployed_with(cloudformation, json.loads(remembered(WITH_ADDRESSES)))

    ended = deploy("--yes")

    assert ended.exit_code == 0
    assert "→" not in ended.stdout
    assert ran.exists()


def test_a_default_that_the_file_says_is_meant(cloudformation: Stubber, file: Path, ran: Path) -> None:
    file.write_text("prod:\n  stream_shards: null\n  alarm_email: null\n")
    for _ in range(2):
        deployed_with(cloudformation, BEFORE)

    ended = deploy("--yes")

    assert ended.exit_code == 0
    assert "stream_shards: 4 → null" in ended.stdout
    assert ran.exists()


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        (
            "arn:aws:acm:eu-west-1:123456789012:certificate/11",
            "is in eu-west-1, and the stack goes to us-east-1",
        ),
        (
            "arn:aws:acm:us-east-1:999999999999:certificate/11",
            "belongs to account 999999999999, and the stack",
        ),
    ],
)
def test_a_certificate_of_elsewhere_is_told_before_the_cdk_starts(
    cloudformation: Stubber, file: Path, ran: Path, arn: str, said: str
) -> None:
    file.write_text(f"prod:\n  domain: {{name: events.shop.example, certificate: '{arn}'}}\n")

    ended = deploy("--yes")

    assert isinstance(ended.exception, Problem)
    assert f"{file}:2: prod > domain > certificate: {said}" in str(ended.exception)
    assert not ran.exists()


def test_going_back_is_an_option(cloudformation: Stubber, ran: Path) -> None:
    for _ in range(2):
        deployed_with(cloudformation, BEFORE)

    assert deploy("--yes", "--back-to-defaults").exit_code == 0
    assert ran.exists()


@pytest.mark.parametrize(("answer", "goes_on"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_on_a_terminal_it_asks(
    cloudformation: Stubber, ran: Path, monkeypatch: pytest.MonkeyPatch, answer: str, goes_on: bool
) -> None:
    monkeypatch.setattr(deploy_command, "is_interactive", lambda: True)
    for _ in range(2 if goes_on else 1):
        deployed_with(cloudformation, BEFORE)

    assert (deploy(answer=answer).exit_code == 0) is goes_on
    assert ran.exists() is goes_on


def test_a_stack_from_before_it_remembered_is_asked_nothing(cloudformation: Stubber, ran: Path) -> None:
    for _ in range(2):
        deployed_with(cloudformation, None)

    assert deploy("--yes").exit_code == 0
    assert ran.exists()


def described(settings: Any) -> StackDescription:
    return StackDescription(
        name="headrace-prod",
        status="UPDATE_COMPLETE",
        outputs={settings_before.OUTPUT: remembered(settings)},
        is_protected=True,
    )


def test_what_a_stack_remembers_is_what_the_file_changed(file: Path) -> None:
    (file.parent / "routes.py").write_text("ROUTES = ()\n")
    file.write_text(
        "prod:\n  routes: routes.py\n  stream_shards: 4\n  messages_per_second: {email: 50}\n  snap_start: true\n"
    )
    settings = in_force(file)["prod"]

    assert json.loads(remembered(settings)) == {
        "routes": "routes.py", "stream_shards": 4, "messages_per_second": {"sms": 20, "email": 50}
    }  # fmt: skip
    assert settings_before.changes(described(settings), settings_in_force.read("prod")) == []


@pytest.mark.parametrize("stage", list(TARGETS))
def test_the_defaults_are_no_change(stage: str) -> None:
    assert remembered(TARGETS[stage]) == "{}"


def test_the_same_routes_in_another_place_are_no_change(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipeline's checkout is not where somebody's laptop has it."""
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "routes.py").write_text("ROUTES = ()\n")
        (tmp_path / folder / "shop.yaml").write_text("prod:\n  routes: routes.py\n")
    before = described(in_force(tmp_path / "here" / "shop.yaml")["prod"])
    monkeypatch.setenv("HEADRACE_SETTINGS", str(tmp_path / "there" / "shop.yaml"))

    assert settings_before.changes(before, settings_in_force.read("prod")) == []


@pytest.mark.parametrize("beyond", [False, True])
def test_what_is_too_long_for_an_output_is_remembered_by_name(beyond: bool) -> None:
    def long(secret: str) -> Any:
        return replace(PROD, push=(PushCredentials(device="ios", platform="APNS", secret=secret),))

    room = MOST_BYTES - len(remembered(long("s"))) + 1
    settings = long("s" * (room + beyond))

    assert len(remembered(settings)) == (len('["push"]') if beyond else MOST_BYTES)
    assert set(json.loads(remembered(settings))) == set(changed(settings)) == {"push"}


def test_up_says_what_no_file_says_any_more(capsys: pytest.CaptureFixture[str]) -> None:
    found = settings_in_force.read("local")
    before = StackDescription(
        name="headrace-local",
        status="CREATE_COMPLETE",
        outputs={settings_before.OUTPUT: '{"api": "rest", "routes": "routes.py"}'},
        is_protected=False,
    )

    bring_up._say_what_changes(settings_before.changes(before, found))

    assert capsys.readouterr().out.splitlines() == [
        "  api: rest → http: it is in no file now",
        "  routes: routes.py → infra/routes.py: it is in no file now",
    ]
