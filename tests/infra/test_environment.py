"""What the stack tells a function is what its code reads: no variable too few, none too many."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module

from shared.messaging.channels import QUEUES
from tests.infra.calls import ROOT, modules_of
from tests.infra.template import Template
from tests.infra.test_permissions import CALLING, EACH, HANDLERS, loaded_by

EVERYWHERE = {
    "STAGE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "PYDANTIC_DISABLE_PLUGINS"
}  # fmt: skip

ONLY_SOME = {
    "ALLOW_PRIVATE_WEBHOOKS",
    "ALLOW_PRIVATE_VENDORS",
    "PUSH_APPLICATIONS",
    "MESSAGES_PER_SECOND",
    "MESSAGE_LOG_DAYS",
}
"""Read by every send-function's code, set where they mean something."""


def required(name: str) -> set[str]:
    return set(_read(name, ast.Subscript)) | _fields(HANDLERS[name])


def optional(name: str) -> set[str]:
    return set(_read(name, ast.Call))


VALUES = {"os.environ", "values", "self._values"}
"""What the variables are called where they are read."""


def _read(name: str, kind: type[ast.AST]) -> Iterator[str]:
    """Names in `values["NAME"]` or in `values.get("NAME")`."""
    for module in modules_of(*loaded_by(name)):
        for node in ast.walk(ast.parse(module.read_text())):
            match node:
                case ast.Subscript(value=values, slice=ast.Constant(value=str(name))) if (
                    kind is ast.Subscript and ast.unparse(values) in VALUES and name.isupper()
                ):
                    yield name
                case ast.Call(
                    func=ast.Attribute(value=values, attr="get"), args=[ast.Constant(value=str(name)), *_]
                ) if kind is ast.Call and ast.unparse(values) in VALUES and name.isupper():
                    yield name


def _fields(handler: str) -> set[str]:
    """Of a stage's `Environment`, if the function reads it, and reads it by the names of its fields."""
    stage = ".".join(handler.split(".")[:2])
    file = ROOT.joinpath(*stage.split("."), "environment.py")
    if file not in modules_of(handler) or "fields(cls)" not in file.read_text():
        return set()
    return {field.name.upper() for field in fields(import_module(f"{stage}.environment").Environment)}


@EACH
def test_a_function_is_told_all_it_needs_and_nothing_else(name: str, template: Template) -> None:
    told = set(template.functions()[name]["Environment"]["Variables"]) - EVERYWHERE
    needed, used = required(name), optional(name)

    assert needed - ONLY_SOME - EVERYWHERE <= told <= needed | used


@EACH
def test_a_function_is_told_its_name_and_stage(name: str, template: Template) -> None:
    variables = template.functions()[name]["Environment"]["Variables"]

    assert {key: variables[key] for key in EVERYWHERE} == {
        "STAGE": template.settings.stage,
        "POWERTOOLS_SERVICE_NAME": name,
        "POWERTOOLS_METRICS_NAMESPACE": f"Headrace/{template.settings.stage}",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }


def test_every_send_function_is_told_its_channel(template: Template) -> None:
    told = {
        name.removeprefix("send-"): made["Environment"]["Variables"]["QUEUE"]
        for name, made in template.functions().items()
        if name.startswith("send-")
    }

    assert told == {queue: queue for queue in QUEUES}


def test_webhooks_into_private_networks_are_the_laptops_alone(template: Template) -> None:
    private = {
        name
        for name, made in template.functions().items()
        if {"ALLOW_PRIVATE_WEBHOOKS", "ALLOW_PRIVATE_VENDORS"}
        & set(made.get("Environment", {}).get("Variables", {}))
    }

    assert private == ({*CALLING, "tee"} if template.settings.stage == "local" else set())


@EACH
def test_a_function_runs_its_stages_handler(name: str, template: Template) -> None:
    made = template.functions()[name]

    assert made["Handler"] == f"{HANDLERS[name]}.lambda_handler"
    assert (made["Runtime"], made["Architectures"]) == ("python3.13", ["arm64"])


def test_the_stack_says_where_everything_is(template: Template) -> None:
    watching = {"AlarmTopicArn", "DashboardName", "WatchFunction"} if template.settings.alarms else set()
    policies = {"OperatorsPolicyArn", "OnCallPolicyArn", "AnalystsPolicyArn", "CiPolicyArn"}
    access = policies if template.settings.on_aws else set()
    assert set(template.body["Outputs"]) == watching | access | {
        "Version",
        "ChangedSettings", "CollectUrl", "CollectApi", "CollectApiId", "CollectApiName", "StreamName", "ProfilesTable",
        "TimelineTable", "RejectedTable", "MessagesTable", "WorkspaceTable", "WorkspaceBucket", "LakeBucket",
        "GivenUpBucket",
        "BusName", "SecretArn", "OutgoingSecretArn", "DeliveryStream", "DeadLetterQueueUrl", "GlueDatabase",
        "AthenaWorkgroup",
        "CollectFunction", "ReplayFunction", "DefineFunction", "ProcessFunction", "SweepFunction", "ArchiveFunction",
        "TeeFunction", "TeeTable", "TeeQueueUrl", "TeeDeadLetterQueueUrl",
        *(f"Send{queue.capitalize()}Function" for queue in QUEUES),
    }  # fmt: skip


def test_in_production_senders_meet_a_function_that_need_not_start(templates: dict[str, Template]) -> None:
    prod, dev = templates["prod"], templates["dev"]
    logical, made = prod.function("collect")
    ((alias, published),) = prod.properties("AWS::Lambda::Alias").items()
    (integration,) = prod.properties("AWS::ApiGatewayV2::Integration").values()

    assert made["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert published["FunctionName"] == {"Ref": logical}
    assert integration["IntegrationUri"] == {"Ref": alias}
    assert "SnapStart" not in dev.function("collect")[1], (
        "a snapshot costs by the hour, whether anybody comes or not"
    )
