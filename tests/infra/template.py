"""A synthesised stack, asked in the words of the tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.app import build
from infra.packaging import SourcePackages
from infra.settings.model import Settings

Resource = dict[str, Any]
Statement = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """A synthesised stack: its CloudFormation template, its manifest, and what cdk-nag found."""

    settings: Settings
    path: Path
    body: dict[str, Any]
    manifest: dict[str, Any]
    findings: list[str]

    def all(self, *types: str) -> dict[str, Resource]:
        return {logical: made for logical, made in self.body["Resources"].items() if made["Type"] in types}

    def properties(self, type_: str) -> dict[str, dict[str, Any]]:
        return {logical: made.get("Properties", {}) for logical, made in self.all(type_).items()}

    def each(self, type_: str) -> dict[str, dict[str, Any]]:
        """Properties of those of a type, of which there is one at least: a test that loops over none says nothing."""
        found = self.properties(type_)
        assert found, f"no {type_}"
        return found

    def function(self, name: str) -> tuple[str, dict[str, Any]]:
        """The logical id and properties of the function `headrace-<stage>-<name>`."""
        full_name = f"headrace-{self.settings.stage}-{name}"
        return next(
            (logical, made)
            for logical, made in self.properties("AWS::Lambda::Function").items()
            if made["FunctionName"] == full_name
        )

    def functions(self) -> dict[str, dict[str, Any]]:
        """Properties by name, without the stack's prefix."""
        prefix = f"headrace-{self.settings.stage}-"
        return {
            made["FunctionName"].removeprefix(prefix): made
            for made in self.properties("AWS::Lambda::Function").values()
        }

    def statements(self, role: str | None = None) -> list[Statement]:
        """Of every policy of a role, or of all roles."""
        return [
            statement
            for made in self.properties("AWS::IAM::Policy").values()
            if role is None or {"Ref": role} in made["Roles"]
            for statement in made["PolicyDocument"]["Statement"]
        ]

    def role_of(self, function: str) -> str:
        _, made = self.function(function)
        role: str = made["Role"]["Fn::GetAtt"][0]
        return role


def synthesised(settings: Settings, folder: Path, *, protected: bool = True) -> Template:
    """The stack of a target with our code alone in its packages, checked by cdk-nag."""
    app = App(outdir=str(folder), context={"@aws-cdk/core:validationReportPrettyPrint": False})
    stack = build(app, settings, SourcePackages(), protected=protected)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    findings = synthesise(app, folder)
    path = folder / f"{stack.stack_name}.template.json"
    manifest = json.loads((folder / "manifest.json").read_text())
    return Template(settings, path, json.loads(path.read_text()), manifest, findings)


def synthesise(app: App, folder: Path) -> list[str]:
    """What the checks found: one line each, errors and warnings alike."""
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
    report = json.loads((folder / "validation-report.json").read_text())
    return [
        f"{violation['ruleName']}: {json.dumps(violation)}"
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
    ]


def strings(value: object) -> str:
    """Every literal in a template value, joined: enough to recognise an ARN or a name."""
    return json.dumps(value)


def listed(value: object) -> list[Any]:
    """As a list, where CloudFormation takes one value or several."""
    return value if isinstance(value, list) else [value]
