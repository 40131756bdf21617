"""The settings that an operator may fill in: push credentials, an email identity, somebody to tell."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from infra.settings import PROD, PushCredentials
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


def test_without_credentials_there_is_no_application_and_nothing_to_make_one(prod: Template) -> None:
    variables = prod.functions()["send-push"]["Environment"]["Variables"]

    assert prod.all("Custom::PushApplication") == {}
    assert "push-applications" not in prod.functions()
    assert variables["PUSH_APPLICATIONS"] == "{}"


def test_ses_is_asked_to_verify_the_identity(furnished: Template) -> None:
    (identity,) = furnished.properties("AWS::SES::EmailIdentity").values()

    assert identity["EmailIdentity"] == "shop.example"


def test_somebody_is_told_of_alarms(furnished: Template) -> None:
    (subscription,) = furnished.properties("AWS::SNS::Subscription").values()

    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@shop.example")
