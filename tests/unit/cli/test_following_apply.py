"""After `apply` everything goes by the applied workspace: the key of `send`, local.json, and what `up` finds."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from cli import main
from cli.applying import applied
from cli.applying.applied import Applied
from cli.applying.apply import apply_workspace
from cli.applying.first_workspace import SHOP, ensure_workspace, is_the_sample
from cli.applying.stores import Stores
from cli.collect_client import write_key
from cli.laptop import life
from cli.laptop.bring_up import alone
from cli.laptop.laptop import Laptop
from cli.laptop.ports import Ports
from cli.problem import Problem
from cli.source_keys import of_stack, write_keys
from cli.stacks import Stack
from tests.fakes.pretended_aws import pretended_aws

OWN = """
sources:
  site: {name: Site, trust: browser, policy: lenient, origins: ["https://bakery.example"]}
  ovens: {name: Ovens, trust: server, policy: lenient}
  till: {name: Till, trust: server, policy: strict}
"""


@pytest.fixture
def laptop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Laptop]:
    """A laptop whose stack runs, on moto."""
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(life, "running", lambda _laptop: Ports(gateway=4566, collect=8080))
    laptop = Laptop.of_this_checkout()
    laptop.directory.mkdir()
    with pretended_aws(monkeypatch):
        new_stack(monkeypatch, "first")
        yield laptop


def new_stack(monkeypatch: pytest.MonkeyPatch, name: str) -> Stack:
    """As a deployment to an emulator that stores nothing makes it."""
    boto3.client("s3").create_bucket(Bucket=name)
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    secret = boto3.client("secretsmanager").create_secret(
        Name=name, SecretString=json.dumps({"default_write_key": f"hr_{name}"})
    )
    outgoing = boto3.client("secretsmanager").create_secret(
        Name=f"{name}-outgoing", SecretString='{"webhooks": {}, "tees": {}}'
    )
    outputs = {
        "WorkspaceTable": name,
        "WorkspaceBucket": name,
        "SecretArn": secret["ARN"],
        "OutgoingSecretArn": outgoing["ARN"],
    }
    stack = Stack("local", "http://127.0.0.1:1", outputs)
    monkeypatch.setattr(Stack, "load", lambda _stage=None: stack)
    return stack


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    """A workspace that has nothing of the sample's."""
    folder = tmp_path / "bakery"
    folder.mkdir()
    (folder / "workspace.yaml").write_text("name: Bakery\n")
    (folder / "sources.yaml").write_text(OWN)
    return folder


def keys_of_local_json(laptop: Laptop) -> tuple[Any, Any]:
    content = json.loads(laptop.local_json.read_text())
    return content["write_key"], content["write_keys"]


def test_events_are_sent_by_the_first_source_for_servers_of_what_is_applied_now(
    laptop: Laptop, bakery: Path
) -> None:
    apply_workspace(SHOP, None)
    keys = apply_workspace(bakery, None).write_keys

    assert write_key(Stack.load(), None) == keys["ovens"]
    with pytest.raises(Problem, match="no source strict") as problem:  # its key is still in the secret
        write_key(Stack.load(), "strict")
    assert problem.value.advice == "There are: site, ovens, till"


def test_up_shows_what_lint_warns_of(
    laptop: Laptop, bakery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bakery / "plan.yaml").write_text("events:\n  Bake Bread: {}\n")

    ensure_workspace(laptop, bakery)

    assert (
        f'{bakery}/plan.yaml:2: warning display-name: "Bake Bread" has no display name'
        in capsys.readouterr().out
    )


def test_before_the_first_apply_they_are_sent_by_the_built_in_source(laptop: Laptop) -> None:
    assert write_key(Stack.load(), None) == "hr_first"


def test_a_source_whose_key_was_taken_out_of_the_secret_says_so(laptop: Laptop, bakery: Path) -> None:
    apply_workspace(bakery, None)
    secret = Stores.of(Stack.load()).secrets.keys
    secret.write({"sources": {}}, instead_of=secret.read())

    with pytest.raises(Problem, match="The source till has no write key"):
        write_key(Stack.load(), "till")
    with pytest.raises(Problem, match="no source with a write key"):
        write_key(Stack.load(), None)


def test_local_json_has_the_keys_of_what_was_applied_last(laptop: Laptop, bakery: Path) -> None:
    apply_workspace(SHOP, None)
    keys = apply_workspace(bakery, None).write_keys

    assert keys_of_local_json(laptop) == (keys["ovens"], keys)


def test_a_stack_on_aws_leaves_the_laptops_files_alone(laptop: Laptop, bakery: Path) -> None:
    applied.follow(Stack("dev", "https://api.example", Stack.load().outputs), bakery)

    assert not laptop.local_json.exists()
    assert applied.read(laptop) is None


def test_what_was_applied_is_remembered_for_its_owner_only(laptop: Laptop, bakery: Path) -> None:
    keys = apply_workspace(bakery, None).write_keys
    remembered = applied.read(laptop)

    assert remembered is not None
    assert (remembered.directory, remembered.version) == (bakery, 1)
    secret = remembered.secret["sources"]
    assert {name: secret[name]["write_key"] for name in keys} == keys
    assert laptop.applied.stat().st_mode & 0o077 == 0


def test_a_new_laptop_gets_the_sample_shop(laptop: Laptop) -> None:
    ensure_workspace(laptop)

    assert is_the_sample(laptop)
    assert set(keys_of_local_json(laptop)[1]) == {"strict", "lenient", "browser"}


def test_a_stack_made_anew_gets_what_was_applied_last_with_its_keys(
    laptop: Laptop, bakery: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_workspace(laptop)
    keys = apply_workspace(bakery, None).write_keys
    secret = Stores.of(Stack.load()).secrets.keys.read()
    for file in bakery.iterdir():
        file.unlink()  # what was applied counts, not what became of the folder

    stack = new_stack(monkeypatch, "second")
    ensure_workspace(laptop)

    assert write_keys(of_stack(stack)) == keys
    assert Stores.of(stack).secrets.keys.read() == secret
    assert not is_the_sample(laptop)
    assert f"the workspace {bakery}" in " ".join(capsys.readouterr().out.split()).replace("- ", "-")


def test_a_stack_restored_from_before_the_last_apply_gets_it_again(laptop: Laptop, bakery: Path) -> None:
    stack = Stack.load()
    apply_workspace(SHOP, None)
    table = boto3.resource("dynamodb").Table("first")
    saved, secret = table.scan()["Items"], Stores.of(stack).secrets.keys.read()
    keys = apply_workspace(bakery, None).write_keys
    for item in table.scan()["Items"]:
        table.delete_item(Key={"pk": item["pk"]})
    for item in saved:
        table.put_item(Item=item)
    kept = Stores.of(stack).secrets.keys
    kept.write(secret, instead_of=kept.read())

    ensure_workspace(laptop)
    assert write_keys(of_stack(stack)) == keys
    ensure_workspace(laptop)
    assert Stores.of(stack).workspaces.latest_version() == 2


def test_what_was_applied_meanwhile_by_others_is_kept_and_remembered(laptop: Laptop, bakery: Path) -> None:
    apply_workspace(SHOP, None)
    before = laptop.applied.read_bytes()
    apply_workspace(bakery, None)
    laptop.applied.write_bytes(before)

    ensure_workspace(laptop)

    remembered = applied.read(laptop)
    assert remembered is not None
    assert remembered.version == 2
    assert set(write_keys(of_stack(Stack.load()))) == {"site", "ovens", "till"}


def test_a_workspace_asked_for_is_applied_to_a_laptop_that_has_another(
    laptop: Laptop, bakery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_workspace(laptop)
    ensure_workspace(laptop, bakery)
    assert "is version 2 of this stack's workspace now, instead of" in said(capsys)

    ensure_workspace(laptop, bakery)
    assert "is applied already: it is version 2" in said(capsys)
    assert set(keys_of_local_json(laptop)[1]) == {"site", "ovens", "till"}


def test_a_folder_that_is_applied_again_is_not_said_to_be_instead_of_itself(
    laptop: Laptop, bakery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_workspace(laptop, bakery)
    said(capsys)
    (bakery / "sources.yaml").write_text(OWN + "  kiosk: {trust: browser}\n")

    ensure_workspace(laptop, bakery)

    assert "is version 2 of this stack's workspace now." in said(capsys)


def test_one_that_this_code_cannot_read_is_made_again_from_its_folder(
    laptop: Laptop, bakery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = apply_workspace(bakery, None).write_keys
    of_other_code(laptop)
    stack = new_stack(monkeypatch, "second")

    ensure_workspace(laptop)

    assert write_keys(of_stack(stack)) == keys


def test_without_its_folder_it_says_what_to_do(
    laptop: Laptop, bakery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_workspace(bakery, None)
    of_other_code(laptop)
    new_stack(monkeypatch, "second")
    bakery.rename(bakery.with_name("moved"))

    with pytest.raises(Problem, match="cannot be read") as problem:
        ensure_workspace(laptop)
    assert "headrace up --workspace DIR" in problem.value.advice


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}'])
def test_a_file_that_says_nothing_counts_as_none(laptop: Laptop, content: bytes) -> None:
    laptop.applied.write_bytes(content)

    assert applied.read(laptop) is None


def of_other_code(laptop: Laptop) -> None:
    content = Applied.model_validate_json(laptop.applied.read_bytes())
    other = content.model_copy(update={"compiled": '{"of_a_later_version": true}'})
    laptop.applied.write_text(other.model_dump_json())


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_two_at_once_do_not_work_on_the_same_laptop(laptop: Laptop, tmp_path: Path) -> None:
    with alone(laptop):
        with pytest.raises(Problem, match="Another `headrace up` is running"), alone(laptop):
            raise AssertionError("both are at work")
        with alone(Laptop(tmp_path / "other")):
            pass
    with alone(laptop):
        pass


def test_apply_applies_though_nobody_reads_its_difference(
    laptop: Laptop, bakery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`headrace apply DIR | head -1`: the reader is gone before the work begins."""
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(sys, "argv", ["headrace", "apply", str(bakery)])
    with os.fdopen(writer, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        with pytest.raises(SystemExit) as ended:
            main.app()

    assert ended.value.code == 0
    assert Stores.of(Stack.load()).workspaces.latest_version() == 1
