"""The command tells where clients send to, which a domain of one's own changes."""

from __future__ import annotations

import orjson
import pytest
from typer.testing import CliRunner

from cli import aws_account, cdk, settings_in_force, source_keys
from cli.commands import deploy, keys
from cli.source_keys import SourceKeys
from cli.stacks import Stack
from shared.aws.stack.account import Caller
from shared.workspace.model import Workspace

OWN = "https://collect.shop.example"


def stack_with(monkeypatch: pytest.MonkeyPatch, **outputs: str) -> None:
    made = Stack("prod", OWN, outputs)
    monkeypatch.setattr(Stack, "load", lambda _stage=None: made)


def test_keys_says_where_clients_send_to(monkeypatch: pytest.MonkeyPatch) -> None:
    stack_with(monkeypatch)
    web = SourceKeys("web", "browser", "strict", "hr_key", None, None, None)
    monkeypatch.setattr(source_keys, "read", lambda _stack: (Workspace(), {}))
    monkeypatch.setattr(source_keys, "of_workspace", lambda *_: [web])
    monkeypatch.setattr(source_keys, "lacking", lambda *_: [])

    told = CliRunner().invoke(keys.app, ["--stage", "prod"])
    as_json = CliRunner().invoke(keys.app, ["--stage", "prod", "--json"])

    assert f"Clients send to {OWN}" in told.output
    assert [row["source"] for row in orjson.loads(as_json.output)] == ["web"]


@pytest.mark.parametrize("target", ["d-1234.execute-api.eu-central-1.amazonaws.com", None])
def test_deploy_says_what_the_dns_elsewhere_must_point_at(
    monkeypatch: pytest.MonkeyPatch, target: str | None
) -> None:
    stack_with(monkeypatch, **({"DomainTarget": target} if target else {}))
    kept = {"value": False, "default": False, "line": None}
    read: dict[str, object] = {
        "stage": "dev",
        "file": None,
        "errors": [],
        "warnings": [],
        "settings": {"keeps_data": kept},
    }
    monkeypatch.setattr(settings_in_force, "read", lambda *_: read)
    monkeypatch.setattr(deploy, "looked_up", lambda _stage: None)
    monkeypatch.setattr(
        aws_account, "caller", lambda: Caller("123456789012", "eu-central-1", "arn:aws:iam::1:user/a")
    )
    monkeypatch.setattr(cdk, "run_attached", lambda *_: None)

    told = CliRunner().invoke(deploy.app, ["--stage", "dev"]).output

    assert f"Events go to {OWN}" in told
    assert ("CNAME" in told) == (target is not None)
    assert target is None or target in " ".join(told.split())
