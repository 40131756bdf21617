"""The settings that an operator may fill in: push credentials, an email identity, somebody to tell."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from infra.settings.push import PushCredentials
from infra.settings.stages import PROD
from tests.infra.template import Template, listed, synthesised


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """prod with everything that is optional."""
    settings = replace(
        PROD,
        alarm_email="ops@shop.example",
        email_identity="shop.example",
        push=(
            PushCredentials(device="android", platform="GCM", secret="headrace/android"),
            PushCredentials(device="ios", platform="APNS_SANDBOX", secret="headrace/ios", revision=3),
        ),
    )
    return synthesised(settings, tmp_path_factory.mktemp("furnished"))


def test_the_checks_find_nothing_in_it_either(furnished: Template) -> None:
    assert furnished.findings == []


def test_push_applications_are_made_from_secrets_by_name(furnished: Template) -> None:
    made = {
        properties["Name"]: (properties["Platform"], properties["SecretArn"], properties["Revision"])
        for properties in furnished.properties("Custom::PushApplication").values()
    }

    assert made == {
        "headrace-prod-android": ("GCM", "headrace/android", "1"),
        "headrace-prod-ios": ("APNS_SANDBOX", "headrace/ios", "3"),
    }


def test_push_may_send_through_those_applications_and_no_others(furnished: Template) -> None:
    publishing = [
        json.dumps(statement["Resource"])
        for statement in furnished.statements(furnished.role_of("send-push"))
        if "sns:Publish" in listed(statement["Action"])
    ]

    assert len(publishing) == 2
    assert "endpoint/GCM/headrace-prod-android/*" in "".join(publishing)
    assert "endpoint/APNS_SANDBOX/headrace-prod-ios/*" in "".join(publishing)


def test_push_applications_are_made_without_an_arn_and_changed_by_theirs(furnished: Template) -> None:
    """SNS knows no resource for their making: on an ARN it is denied.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html"""
    allowed = [
        (action, json.dumps(statement["Resource"]))
        for statement in furnished.statements(furnished.role_of("push-applications"))
        for action in listed(statement["Action"])
        if action.startswith("sns:")
    ]

    assert [resource for action, resource in allowed if action == "sns:CreatePlatformApplication"] == ['"*"']
    for action in ("sns:SetPlatformApplicationAttributes", "sns:DeletePlatformApplication"):
        on = [resource for allowed_action, resource in allowed if allowed_action == action]
        assert len(on) == 2
        assert ":app/GCM/headrace-prod-android" in on[0]
        assert ":app/APNS_SANDBOX/headrace-prod-ios" in on[1]
    made = set(furnished.all("Custom::PushApplication"))
    endpoints = [
        statement["Resource"]["Fn::GetAtt"]
        for statement in furnished.statements(furnished.role_of("send-push"))
        if "sns:CreatePlatformEndpoint" in listed(statement["Action"])
    ]
    assert {name for name, _ in endpoints} == made
    assert {attribute for _, attribute in endpoints} == {"Arn"}


def test_without_credentials_there_is_no_application_and_nothing_to_make_one(prod: Template) -> None:
    variables = prod.functions()["send-push"]["Environment"]["Variables"]

    assert prod.all("Custom::PushApplication") == {}
    assert "push-applications" not in prod.functions()
    assert variables["PUSH_APPLICATIONS"] == "{}"


def test_ses_is_asked_to_verify_the_identity(furnished: Template) -> None:
    (identity,) = furnished.properties("AWS::SES::EmailIdentity").values()

    assert identity["EmailIdentity"] == "shop.example"


def emails_sent_as(template: Template) -> list[str]:
    return [
        json.dumps(statement["Resource"]).rpartition(":")[2].rstrip('"]}')
        for statement in template.statements(template.role_of("send-email"))
        if statement["Action"] == "ses:SendEmail"
    ]


def test_email_leaves_as_the_identity_of_the_settings_and_as_no_other(
    furnished: Template, tmp_path_factory: pytest.TempPathFactory
) -> None:
    address = replace(PROD, email_identity="hello@shop.example")

    assert emails_sent_as(furnished) == ["identity/shop.example", "identity/*@shop.example"]
    assert emails_sent_as(synthesised(address, tmp_path_factory.mktemp("address"))) == [
        "identity/hello@shop.example"
    ]


def test_without_an_identity_in_the_settings_email_leaves_as_any_that_is_verified(prod: Template) -> None:
    assert emails_sent_as(prod) == ["identity/*", "configuration-set/*"]


def test_somebody_is_told_of_alarms(furnished: Template) -> None:
    (subscription,) = furnished.properties("AWS::SNS::Subscription").values()

    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@shop.example")
