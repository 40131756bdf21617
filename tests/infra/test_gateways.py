"""What clients reach collect by: either kind of API, with or without a WAF, by a name of API Gateway's or one's own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cfnlint.api import lint  # type: ignore[import-untyped]

from infra.settings.domain import Domain
from infra.settings.stages import DEV, PROD
from shared.gateway_headers import ORIGINAL, STAND_IN, is_taken_for_text
from tests.infra.template import Template, strings, synthesised

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
WEB_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/11111111-2222-3333-4444-555555555555"
NAME = "collect.shop.example"

IN_A_ZONE = Domain(name=NAME, certificate=CERTIFICATE, zone_id="Z0123456789ABC", zone_name="shop.example")
ELSEWHERE = Domain(name=NAME, certificate=CERTIFICATE)

COMBINATIONS = {
    "rest": replace(PROD, api="rest"),
    "rest with all": replace(PROD, api="rest", web_acl=WEB_ACL, domain=IN_A_ZONE),
    "rest, domain elsewhere": replace(DEV, api="rest", domain=ELSEWHERE),
    "http, domain in a zone": replace(PROD, domain=IN_A_ZONE),
    "http, domain elsewhere": replace(DEV, domain=ELSEWHERE),
}
RESTS = [name for name in COMBINATIONS if name.startswith("rest")]
DOMAINS = [name for name in COMBINATIONS if name != "rest"]
ZONES = ["rest with all", "http, domain in a zone"]


@pytest.fixture(scope="module")
def combined(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    return {
        name: synthesised(settings, tmp_path_factory.mktemp("combined"))
        for name, settings in COMBINATIONS.items()
    }


def only(template: Template, type_: str) -> tuple[str, dict[str, Any]]:
    [found] = template.properties(type_).items()
    return found


@pytest.mark.parametrize("name", COMBINATIONS)
def test_the_checks_find_nothing_in_any(combined: dict[str, Template], name: str) -> None:
    assert combined[name].findings == []
    assert lint(combined[name].path.read_text()) == []


@pytest.mark.parametrize("name", COMBINATIONS)
def test_the_stack_says_which_kind_it_has(combined: dict[str, Template], name: str) -> None:
    assert combined[name].body["Outputs"]["CollectApi"]["Value"] == name[:4]


@pytest.mark.parametrize("name", RESTS)
def test_a_rest_api_hands_every_body_over_byte_for_byte(combined: dict[str, Template], name: str) -> None:
    _, api = only(combined[name], "AWS::ApiGateway::RestApi")
    assert api["BinaryMediaTypes"] == ["*/*"]
    assert combined[name].all("AWS::ApiGatewayV2::Api") == {}


def test_every_path_and_method_of_a_rest_api_goes_to_the_function_that_need_not_start(
    combined: dict[str, Template],
) -> None:
    template = combined["rest"]
    [alias] = template.properties("AWS::Lambda::Alias")
    methods = template.properties("AWS::ApiGateway::Method").values()
    assert [
        resource["PathPart"] for resource in template.properties("AWS::ApiGateway::Resource").values()
    ] == ["{proxy+}"]
    assert [(one["HttpMethod"], one["AuthorizationType"]) for one in methods] == [("ANY", "NONE")] * 2
    for one in methods:
        assert one["Integration"]["Type"] == "AWS_PROXY"
        assert {"Ref": alias} in one["Integration"]["Uri"]["Fn::Join"][1]


@pytest.mark.parametrize("name", RESTS)
def test_a_rest_api_is_throttled_and_logs_who_never_reached_the_function(
    combined: dict[str, Template], name: str
) -> None:
    template, settings = combined[name], COMBINATIONS[name]
    _, stage = only(template, "AWS::ApiGateway::Stage")
    [of_all] = stage["MethodSettings"]
    assert (of_all["HttpMethod"], of_all["ResourcePath"]) == ("*", "/*")
    assert of_all["ThrottlingRateLimit"] == settings.requests_per_second
    assert of_all["ThrottlingBurstLimit"] == settings.request_burst
    assert of_all["DataTraceEnabled"] is False
    fields = json.loads(stage["AccessLogSetting"]["Format"])
    assert {"status", "error", "integration", "waf"} <= set(fields)
    assert not {"$context.path", "$context.identity.sourceIp"} & set(fields.values())
    account_id, account = only(template, "AWS::ApiGateway::Account")
    assert account["CloudWatchRoleArn"]
    made = template.body["Resources"]
    assert account_id in json.dumps([one.get("DependsOn") for one in made.values()])


def test_the_role_for_the_accounts_logs_outlives_the_stack_and_a_failed_first_deployment(
    combined: dict[str, Template],
) -> None:
    """The account's setting names it from then on, for the logs of every REST API of the region."""
    made = combined["rest"].body["Resources"]
    account_id, account = only(combined["rest"], "AWS::ApiGateway::Account")
    for logical in (account_id, account["CloudWatchRoleArn"]["Fn::GetAtt"][0]):
        assert made[logical]["DeletionPolicy"] == "Retain", logical
        assert made[logical]["UpdateReplacePolicy"] == "Retain", logical


@pytest.mark.parametrize("name", COMBINATIONS)
def test_answers_of_5xx_are_watched_by_the_metric_that_the_api_has(
    combined: dict[str, Template], name: str
) -> None:
    template = combined[name]
    stage = COMBINATIONS[name].stage
    [alarm] = [
        alarm
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
        if alarm["AlarmName"] == f"headrace-{stage}-CollectAnswers5xx"
    ]
    said = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    if name in RESTS:
        _, api = only(template, "AWS::ApiGateway::RestApi")
        assert (alarm["MetricName"], said) == ("5XXError", {"ApiName": api["Name"], "Stage": "collect"})
    else:
        logical, _ = only(template, "AWS::ApiGatewayV2::Api")
        assert (alarm["MetricName"], said) == ("5xx", {"ApiId": {"Ref": logical}})


@pytest.mark.parametrize("name", COMBINATIONS)
def test_requests_that_the_gateway_turns_away_are_counted_from_the_log_of_the_api_that_there_is(
    combined: dict[str, Template], name: str
) -> None:
    template = combined[name]
    [counted] = [
        one
        for one in template.properties("AWS::Logs::MetricFilter").values()
        if "$.status" in one["FilterPattern"]
    ]
    kind, setting = (
        ("AWS::ApiGateway::Stage", "AccessLogSetting")
        if name in RESTS
        else ("AWS::ApiGatewayV2::Stage", "AccessLogSettings")
    )
    _, stage = only(template, kind)
    logged = stage[setting]
    fields = json.loads(logged["Format"])
    assert counted["LogGroupName"]["Ref"] in strings(logged["DestinationArn"])
    assert (fields["status"], fields["error"]) == ("$context.status", "$context.error.message")
    assert "$.error" in counted["FilterPattern"]


def test_the_dashboard_shows_the_metrics_that_a_rest_api_has(combined: dict[str, Template]) -> None:
    _, dashboard = only(combined["rest"], "AWS::CloudWatch::Dashboard")
    said = strings(dashboard["DashboardBody"])
    assert said.count("5XXError") == said.count("4XXError") == 1
    assert "ApiId" not in said


def test_a_web_acl_is_in_front_of_the_stage(combined: dict[str, Template]) -> None:
    template = combined["rest with all"]
    _, association = only(template, "AWS::WAFv2::WebACLAssociation")
    stage, _ = only(template, "AWS::ApiGateway::Stage")
    assert association["WebACLArn"] == WEB_ACL
    assert f'"Ref": "{stage}"' in strings(association["ResourceArn"])
    assert combined["rest"].all("AWS::WAFv2::WebACLAssociation") == {}


@pytest.mark.parametrize("name", DOMAINS)
def test_a_domain_is_the_only_way_in_and_leads_to_the_stage_once_that_is_there(
    combined: dict[str, Template], name: str
) -> None:
    template = combined[name]
    kind = "AWS::ApiGateway" if name in RESTS else "AWS::ApiGatewayV2"
    api_id, api = only(template, f"{kind}::RestApi" if name in RESTS else f"{kind}::Api")
    stage, _ = only(template, f"{kind}::Stage")
    domain, made = only(template, "AWS::ApiGatewayV2::DomainName")
    _, mapping = only(template, "AWS::ApiGatewayV2::ApiMapping")

    assert api["DisableExecuteApiEndpoint"] is True
    assert made["DomainName"] == NAME
    [endpoint] = made["DomainNameConfigurations"]
    assert endpoint["CertificateArn"] == CERTIFICATE
    assert (endpoint["EndpointType"], endpoint["SecurityPolicy"]) == ("REGIONAL", "TLS_1_2")
    assert mapping == {"ApiId": {"Ref": api_id}, "DomainName": {"Ref": domain}, "Stage": {"Ref": stage}}
    assert template.body["Outputs"]["CollectUrl"]["Value"] == f"https://{NAME}"


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_gets_the_domains_records_for_both_versions_of_ip(
    combined: dict[str, Template], name: str
) -> None:
    template = combined[name]
    domain, made = only(template, "AWS::ApiGatewayV2::DomainName")
    records = template.properties("AWS::Route53::RecordSet").values()

    assert made["DomainNameConfigurations"][0]["IpAddressType"] == "dualstack"
    assert sorted(record["Type"] for record in records) == ["A", "AAAA"]
    for record in records:
        assert (record["Name"], record["HostedZoneId"]) == (f"{NAME}.", "Z0123456789ABC")
        assert record["AliasTarget"] == {
            "DNSName": {"Fn::GetAtt": [domain, "RegionalDomainName"]},
            "HostedZoneId": {"Fn::GetAtt": [domain, "RegionalHostedZoneId"]},
        }
    assert "DomainTarget" not in template.body["Outputs"]


@pytest.mark.parametrize("name", ["rest, domain elsewhere", "http, domain elsewhere"])
def test_whoever_serves_the_domain_elsewhere_is_told_what_it_stands_for(
    combined: dict[str, Template], name: str
) -> None:
    template = combined[name]
    domain, _ = only(template, "AWS::ApiGatewayV2::DomainName")
    assert template.all("AWS::Route53::RecordSet") == {}
    assert template.body["Outputs"]["DomainTarget"]["Value"] == {"Fn::GetAtt": [domain, "RegionalDomainName"]}


def test_without_a_domain_clients_are_told_api_gateways_own_address(
    combined: dict[str, Template], prod: Template
) -> None:
    http, _ = only(prod, "AWS::ApiGatewayV2::Api")
    rest, _ = only(combined["rest"], "AWS::ApiGateway::RestApi")
    stage, made = only(combined["rest"], "AWS::ApiGateway::Stage")

    assert prod.body["Outputs"]["CollectUrl"]["Value"] == {"Fn::GetAtt": [http, "ApiEndpoint"]}
    assert made["StageName"] == "collect"
    assert combined["rest"].body["Outputs"]["CollectUrl"]["Value"] == {
        "Fn::Join": [
            "",
            ["https://", {"Ref": rest}, ".execute-api.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}, "/",
             {"Ref": stage}],
        ]
    }  # fmt: skip
    for template in (prod, combined["rest"]):
        assert template.all("AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping") == {}


def test_an_http_api_puts_a_type_that_is_no_text_in_the_place_of_the_clients(template: Template) -> None:
    """The default in every target."""
    _, integration = only(template, "AWS::ApiGatewayV2::Integration")
    assert integration["PayloadFormatVersion"] == "2.0"
    assert integration["RequestParameters"] == {
        "overwrite:header.content-type": STAND_IN,
        f"overwrite:header.{ORIGINAL}": "$request.header.content-type",
    }
    assert not is_taken_for_text(STAND_IN)
