"""A template's alarms: one by its name, all names, the metrics they watch."""

from __future__ import annotations

from typing import Any

from tests.infra.template import Template


def alarm_named(template: Template, name: str) -> dict[str, Any]:
    """By its name without the stack's."""
    full = f"headrace-{template.settings.stage}-{name}"
    (found,) = [
        alarm
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
        if alarm["AlarmName"] == full
    ]
    return found


def filters(template: Template, metric: str) -> dict[str, str]:
    """The patterns of the filters that count into a metric of ours, by log group."""
    namespace = f"Headrace/{template.settings.stage}"
    found = {}
    for made in template.properties("AWS::Logs::MetricFilter").values():
        (transformation,) = made["MetricTransformations"]
        if transformation["MetricName"] == metric:
            assert (transformation["MetricNamespace"], transformation["MetricValue"]) == (namespace, "1")
            assert not {"DefaultValue", "Dimensions"} & set(transformation), "it would cost in quiet hours"
            found[made["LogGroupName"]["Ref"]] = made["FilterPattern"]
    return found


def names(template: Template) -> set[str]:
    """Without the stack's."""
    prefix = f"headrace-{template.settings.stage}-"
    return {
        alarm["AlarmName"].removeprefix(prefix)
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
    }


def watched_metrics(template: Template) -> int:
    """So many metrics are paid for: an expression counts with each that it reads."""
    return sum(
        sum("MetricStat" in one for one in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
    )
