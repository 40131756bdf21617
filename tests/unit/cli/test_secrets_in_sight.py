"""Keys are shown by `headrace keys`, when they are asked for, and by nothing else; a secret that is not what it was is
said."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import orjson
import pytest
from typer.testing import CliRunner, Result

from cli import source_keys
from cli.applying import stores
from cli.applying.apply import apply_workspace
from cli.collect_client import write_key
from cli.doctor.examining import examination
from cli.laptop import assembly, deployment, inspection, life
from cli.laptop.laptop import Laptop
from cli.laptop.ports import Ports
from cli.main import typed
from cli.problem import Problem
from cli.stacks import Stack
from shared.authoring.keys import keyed
from shared.aws.secrets import StackSecret
from shared.stored.current_workspace import built_in
from shared.workspace.model import Source, Workspace
from tests.fakes.pretended_aws import pretended_aws

OWN = """\
sources:
  site: {name: Site, trust: browser, policy: lenient}
  till: {name: Till, trust: server, policy: strict, key_pair: true}
"""

OUTPUTS = (
    "WorkspaceTable",
    "TimelineTable",
    "ProfilesTable",
    "MessagesTable",
    "GlueDatabase",
    "AthenaWorkgroup",
)


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """On the laptop and, by its name, on AWS: a stack to which a workspace of two sources is applied."""
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(life, "running", lambda _laptop: Ports(gateway=4566, collect=8080))
    monkeypatch.setattr(deployment, "is_current", lambda _laptop, _wanted: True)
    monkeypatch.setattr(assembly, "fingerprint", lambda: "f")
    monkeypatch.setattr(deployment, "left_as_it_was", lambda _wanted: [])
    monkeypatch.setattr(stores, "IN_FORCE_SECONDS", 0)
    unsaved: dict[str, object] = {"saved_at": None, "seconds": None, "without": {}, "failure": None}
    monkeypatch.setattr(inspection, "saves", lambda _url: unsaved)
    Laptop.of_this_checkout().directory.mkdir()
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "workspace.yaml").write_text("name: Own\n")
    (folder / "sources.yaml").write_text(OWN)
    with pretended_aws(monkeypatch):
        boto3.client("s3").create_bucket(Bucket="own")
        boto3.client("dynamodb").create_table(
            TableName="own",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        made = {
            name: boto3.client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"]
            for name, text in (("keys", '{"default_write_key": "hr_default"}'), ("outgoing", "{}"))
        }
        outputs = {
            **dict.fromkeys(OUTPUTS, "own"),
            "WorkspaceBucket": "own",
            "SecretArn": made["keys"],
            "OutgoingSecretArn": made["outgoing"],
        }
        stack = Stack("local", "http://127.0.0.1:1", outputs)
        monkeypatch.setattr(Stack, "load", lambda _stage=None: stack)
        apply_workspace(folder, None)
        yield stack


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typed, arguments)


def stored() -> dict[str, Any]:
    return StackSecret("keys").read()


def overwrite(text: str, secret: str = "keys") -> None:
    manager = boto3.client("secretsmanager")
    before = manager.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")["VersionId"]
    written = manager.put_secret_value(SecretId=secret, SecretString=text, VersionStages=["WRITTEN"])
    manager.update_secret_version_stage(
        SecretId=secret,
        VersionStage="AWSCURRENT",
        MoveToVersionId=written["VersionId"],
        RemoveFromVersionId=before,
    )


def values(of: Mapping[str, Any]) -> Iterator[str]:
    for value in of.values():
        if isinstance(value, dict):
            yield from values(value)
        else:
            yield str(value)


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--stage", "prod"), ("--stage", "prod", "--json")])
def test_status_shows_no_key_and_says_who_does(stack: Stack, arguments: tuple[str, ...]) -> None:
    shown = run("status", *arguments)

    assert shown.exit_code == 0
    secret = list(values(stored()))
    assert len(secret) == 7  # the stack's own, two write keys, two identity secrets, a pair
    assert [value for value in secret if value in shown.output] == []
    if "--json" not in arguments:
        assert " ".join(["headrace keys", *arguments]) in shown.output


def test_keys_of_a_sound_stack_are_shown_and_that_is_all(stack: Stack) -> None:
    shown = run("keys", "--json", "--identity", "--pairs")

    assert shown.exit_code == 0
    assert {value for row in orjson.loads(shown.stdout) for value in row.values()} >= set(
        values(stored()["sources"])
    )


@pytest.mark.parametrize("secret", ["{}", '{"webhooks": {"crm": ""}}', '{"webhooks": 5}'])
def test_the_webhooks_signing_secrets_are_shown_to_who_asks_for_them(
    stack: Stack, tmp_path: Path, secret: str
) -> None:
    (tmp_path / "own" / "workspace.yaml").write_text(
        "name: Own\nsettings: {webhooks: {crm: {url: https://crm.example/in}}}\n"
    )
    apply_workspace(tmp_path / "own", None)
    signing = dict[str, Any](StackSecret("outgoing").read())["webhooks"]["crm"]

    assert orjson.loads(run("keys", "--webhooks", "--json").stdout) == [
        {"webhook": "crm", "signing_secret": signing}
    ]
    assert signing in run("keys", "--webhooks").stdout
    assert signing not in run("keys", "--identity", "--pairs").stdout + run("status").stdout

    overwrite(secret, "outgoing")
    without = run("keys", "--webhooks", "--json")

    assert without.exit_code == 1
    assert orjson.loads(without.stdout) == [{"webhook": "crm", "signing_secret": None}]
    assert "signing secret of the webhook crm" in str(without.exception)


def test_a_workspace_without_webhooks_says_so(stack: Stack) -> None:
    assert "no webhooks" in run("keys", "--webhooks").stdout


MADE = keyed(
    Workspace(
        version=1,
        sources=(
            Source(id="site", name="Site", trust="browser"),
            Source(id="till", name="Till", trust="server", key_pair=True),
        ),
    ),
    {"default_write_key": "hr_default"},
    {},
    secrets.token_bytes,
)
SOUND = {"default_write_key": "hr_default", **MADE.keys}

EVERYTHING = [
    "write key of site",
    "identity secret of site",
    "write key of till",
    "identity secret of till",
    "key pair of till",
]


def changed(*path: str, to: object = None) -> dict[str, Any]:
    """The sound secret with another value in one place; without one where it is None."""
    whole = copy.deepcopy(SOUND)
    inner: Any = whole
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    if to is not None:
        inner[path[-1]] = to
    return whole


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (SOUND, []),
        ({}, EVERYTHING),
        ({"default_write_key": "hr_default"}, EVERYTHING),
        (changed("sources", to=["site", "till"]), EVERYTHING),
        (changed("sources", to={"site": "x", "till": 5}), EVERYTHING),
        (changed("sources", "till"), EVERYTHING[2:]),
        (changed("sources", "site", "write_key"), EVERYTHING[:1]),
        (changed("sources", "site", "write_key", to="hr_of_another_stack"), EVERYTHING[:1]),
        (changed("sources", "site", "identity_secret"), EVERYTHING[1:2]),
        (changed("sources", "till", "key_pair"), EVERYTHING[4:]),
        (changed("sources", "till", "key_pair", "access_key_id", to="HRANOTHER"), EVERYTHING[4:]),
    ],
)
def test_what_a_secret_lacks_of_what_was_applied(secret: dict[str, Any], said: list[str]) -> None:
    assert source_keys.lacking(MADE.workspace, secret) == said


def test_before_the_first_apply_only_the_stacks_own_key_can_be_lacking() -> None:
    before = built_in(Workspace(), {"default_write_key": "hr_default"})

    assert source_keys.lacking(before, {"default_write_key": "hr_default"}) == []
    assert source_keys.lacking(before, {"default_write_key": "hr_other"}) == ["write key of default"]


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_keys_that_are_not_what_was_applied_are_a_failure_that_says_what_to_do(
    stack: Stack, arguments: tuple[str, ...]
) -> None:
    overwrite('{"password": "hunter2"}')
    shown = run("keys", *arguments)

    assert isinstance(shown.exception, Problem)
    assert str(shown.exception).endswith(f": {', '.join(EVERYTHING)}")
    assert "docs/operating/restoring.md" in shown.exception.advice
    if arguments:
        assert [row["source"] for row in orjson.loads(shown.stdout)] == ["site", "till"]


@pytest.mark.parametrize("arguments", [("keys",), ("send", "View Item", "--user", "u1"), ("doctor",)])
def test_a_secret_that_is_no_object_names_the_restore_and_shows_nothing_of_it(
    stack: Stack, arguments: tuple[str, ...]
) -> None:
    overwrite("hunter2")
    failed = run(*arguments).exception

    assert isinstance(failed, Problem)
    assert "docs/operating/restoring.md" in failed.advice
    assert "hunter2" not in f"{failed} {failed.advice}"


def test_a_secret_without_a_sources_key_names_the_restore_to_who_sends(stack: Stack) -> None:
    overwrite('{"default_write_key": "hr_default"}')

    with pytest.raises(Problem, match="no write key") as problem:
        write_key(stack, "till")
    assert "docs/operating/restoring.md" in problem.value.advice


def test_without_the_stacks_own_key_the_doctor_names_the_restore(stack: Stack) -> None:
    overwrite(json.dumps({"sources": stored()["sources"]}))

    with pytest.raises(Problem, match="no default_write_key") as problem:
        examination(stack)
    assert "docs/operating/restoring.md" in problem.value.advice
