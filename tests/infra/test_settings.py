"""The CDK app as `cdk` starts it: a mistake in the settings stops it with a line, not with a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from shared.authoring.checkout_version import declared, version_of
from tests.infra.calls import ROOT
from tests.infra.template import Template

IN_LONDON = {"CDK_DEFAULT_REGION": "eu-west-2", "CDK_DEFAULT_ACCOUNT": "123456789012"}
"""What the cdk tells its app of where the stack goes."""


def app(
    out: Path, goes_to: Mapping[str, str] = MappingProxyType({}), **context: str
) -> subprocess.CompletedProcess[str]:
    """`python -m infra.app` with what `-c NAME=VALUE` makes of it."""
    return subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env={
            **os.environ,
            "HEADRACE_SETTINGS": "",
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(out),
            **goes_to,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_mistake_is_told_by_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("local:\n  stream_shards: many\n")

    done = app(tmp_path, stage="local", settings=str(file))

    assert done.returncode == 1
    assert f"{file}:2: local > stream_shards: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_names_no_routes_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "routes.py").write_text("")
    file = tmp_path / "shop.yaml"
    file.write_text("local:\n  routes: routes.py\n")

    done = app(tmp_path, stage="local", settings=str(file))

    assert done.returncode == 1
    assert f"{tmp_path / 'routes.py'} has no `ROUTES = (your_route, ...)`" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_file_that_the_context_names_is_heeded(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("local:\n  stream_shards: 3\n  routes: null\n")

    done = app(tmp_path, stage="local", settings=str(file))

    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "headrace-local.template.json").read_text())
    assert json.loads(template["Outputs"]["ChangedSettings"]["Value"]) == {
        "stream_shards": 3,
        "routes": None,
    }, "what the next deployment is compared with"
    resources = template["Resources"]
    shards = [
        made["Properties"]["ShardCount"]
        for made in resources.values()
        if made["Type"] == "AWS::Kinesis::Stream"
    ]
    assert shards == [3]


def test_a_certificate_of_another_region_is_told_before_anything_is_made(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/11"
    file.write_text(f"prod:\n  domain: {{name: a.shop.example, certificate: '{arn}'}}\n  request_burst: 5\n")

    done = app(tmp_path / "out", IN_LONDON, stage="prod", settings=str(file))

    assert done.returncode == 1
    said = f"{file}:2: prod > domain > certificate: is in us-east-1, and the stack goes to eu-west-2"
    assert said in done.stderr
    assert f"{file}:3: `request_burst`: 5 at one moment is less than" in done.stderr, "a warning"
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").glob("*.template.json"))


def test_the_cdk_app_shows_no_banner_as_bytes(tmp_path: Path) -> None:
    """The CDK's Node warns of its own version; its Python side would print that as b'!!…'."""
    done = subprocess.run(
        [sys.executable, "-c", "import infra, aws_cdk"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout + done.stderr == ""


def test_a_stack_says_which_commit_it_was_deployed_from_and_a_laptops_does_not_change_with_each(
    templates: dict[str, Template],
) -> None:
    said = {stage: template.body["Outputs"]["Version"]["Value"] for stage, template in templates.items()}

    version, _, commit = version_of(ROOT).partition("+")
    assert said["local"] == version == declared(ROOT)
    for stage in ("dev", "prod"):  # somebody may change a file while tests run
        assert said[stage].removesuffix(".changed") == f"{version}+{commit}".rstrip("+").removesuffix(
            ".changed"
        )
