"""cdk-nag's AwsSolutions pack and cfn-lint have nothing to say that was not answered with a reason."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import App, Stack, Validations
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint  # type: ignore[import-untyped]

from tests.infra.template import Template, synthesise


def test_cdk_nag_finds_nothing(template: Template) -> None:
    assert template.findings == []


def test_cdk_nag_would_find_something(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), context={"@aws-cdk/core:validationReportPrettyPrint": False})
    s3.Bucket(Stack(app, "careless"), "Bucket")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))

    assert any("AwsSolutions-S10" in finding for finding in synthesise(app, tmp_path))


def test_cfn_lint_finds_nothing(template: Template) -> None:
    assert lint(template.path.read_text()) == []


def test_cfn_lint_leaves_out_nothing_but_the_cdks_own_redundancy(template: Template) -> None:
    assert template.body["Metadata"] == {"cfn-lint": {"config": {"ignore_checks": ["W3005"]}}}
