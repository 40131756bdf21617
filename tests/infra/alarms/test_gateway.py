"""Senders whom the gateway turns away, and functions that the account lets no more of run, are noticed."""

from __future__ import annotations

import re

from tests.infra.template import Template


def test_senders_that_the_gateway_turns_away_are_told_apart_from_bad_requests(on_aws: Template) -> None:
    """The access log's line of a request that the gateway throttled matches the filter, and no other line."""
    (made,) = [
        made
        for made in on_aws.properties("AWS::Logs::MetricFilter").values()
        if "AccessLog" in made["LogGroupName"]["Ref"]
    ]
    (alarm,) = [
        alarm
        for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values()
        if alarm["AlarmName"].endswith("-GatewayThrottled")
    ]
    (transformation,) = made["MetricTransformations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        transformation["MetricNamespace"],
        transformation["MetricName"],
    )
    assert transformation["MetricValue"] == "1"
    assert "DefaultValue" not in transformation
    terms = re.findall(r'\$\.(\w+) (!?=) "([^"]+)"', made["FilterPattern"])
    assert made["FilterPattern"].count("&&") == len(terms) - 1

    def matches(line: dict[str, str]) -> bool:
        return all((line[field] == value) is (sign == "=") for field, sign, value in terms)

    for status, error, matched in (
        ("429", "Too Many Requests", True),
        ("429", "-", False),  # collect's own: a source is over its quota
        ("400", "-", False),
        ("413", "Request Entity Too Large", False),
        ("503", "Service Unavailable", False),
        ("200", "-", False),
    ):
        line = {"status": status, "error": error}
        assert matches(line) is matched, line
    logged = [made["LogGroupName"]["Ref"]]
    assert [name for name in on_aws.all("AWS::Logs::LogGroup") if "AccessLog" in name] == logged


def test_the_accounts_functions_are_watched_against_its_own_quota(on_aws: Template) -> None:
    (alarm,) = [
        alarm
        for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values()
        if alarm["AlarmName"].endswith("-AccountConcurrency")
    ]
    (expression,) = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
    metrics = {one["Id"]: one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one}

    assert expression == "100 * claimed / SERVICE_QUOTA(running)"
    assert metrics == {
        "claimed": {"Namespace": "AWS/Lambda", "MetricName": "ClaimedAccountConcurrency"},
        "running": {"Namespace": "AWS/Lambda", "MetricName": "ConcurrentExecutions"},
    }
    assert 50 <= alarm["Threshold"] < 100
