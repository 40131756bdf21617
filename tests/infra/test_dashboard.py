"""One dashboard, which shows what there is to see and costs nothing beside two others."""

from __future__ import annotations

import json
from typing import Any

from tests.infra.template import Template

FREE_METRICS = 50
"""Of a dashboard, for an account's first three: https://aws.amazon.com/cloudwatch/pricing/"""


def body(template: Template) -> dict[str, Any]:
    """The dashboard's JSON; each reference within is its logical id."""
    (made,) = template.properties("AWS::CloudWatch::Dashboard").values()
    assert made["DashboardName"] == f"headrace-{template.settings.stage}"
    value = made["DashboardBody"]
    parts = value["Fn::Join"][1] if isinstance(value, dict) else [value]
    text = "".join(part if isinstance(part, str) else _reference(part) for part in parts)
    read: dict[str, Any] = json.loads(text)
    return read


def _reference(part: dict[str, Any]) -> str:
    return str(part.get("Ref") or part.get("Fn::GetAtt") or "").replace(chr(39), "")


def metrics_of(widget: dict[str, Any]) -> list[list[Any]]:
    """Rows as CloudWatch writes them: a metric is its namespace, its name, …; an expression is an object alone."""
    return [row for row in widget["properties"].get("metrics", []) if isinstance(row[0], str)]


def test_the_dashboard_shows_requests_verdicts_lag_messages_dead_letters_and_cost(on_aws: Template) -> None:
    graphs = {
        widget["properties"]["title"]: widget
        for widget in body(on_aws)["widgets"]
        if widget["type"] == "metric"
    }
    shown = {title: {row[1] for row in metrics_of(widget)} for title, widget in graphs.items()}

    assert {"gateway_throttled"} < shown["Requests"]
    assert {"collect_accepted", "collect_rejected", "process_refused"} < shown["Verdicts on events"]
    assert {"IteratorAge", "sweep_behind", "DeliveryToS3.DataFreshness"} < shown["Lag, seconds"]
    assert {"process_messages_requested", "messages_sent", "messages_failed"} == shown["Messages"]
    assert len(metrics_of(graphs["Dead letters"])) == sum(
        "DeadLetters" in name for name in on_aws.all("AWS::SQS::Queue")
    )
    assert sum(title.startswith("Cost:") for title in graphs) == 4


def test_the_dashboard_stays_below_what_is_free(on_aws: Template) -> None:
    """The example route's dead letters are counted in; a few of one's own still fit."""
    total = sum(len(metrics_of(widget)) for widget in body(on_aws)["widgets"] if widget["type"] == "metric")

    assert 30 < total <= FREE_METRICS


def test_what_a_function_counts_itself_is_looked_for_where_it_says_it(on_aws: Template) -> None:
    own = [
        dict(zip(row[2:-1:2], row[3::2], strict=False)) | {"namespace": row[0]}
        for widget in body(on_aws)["widgets"]
        if widget["type"] == "metric"
        for row in metrics_of(widget)
        if row[0].startswith("Headrace") and row[1] != "gateway_throttled"
    ]
    said = {
        (made["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"], name)
        for name, made in on_aws.functions().items()
        if "POWERTOOLS_SERVICE_NAME" in made["Environment"]["Variables"]
    }

    assert own
    for one in own:
        assert (one["namespace"], one["service"]) in said


def test_the_dashboard_has_every_alarm_on_top(on_aws: Template) -> None:
    (first,) = [widget for widget in body(on_aws)["widgets"] if widget["type"] == "alarm"]

    assert (first["x"], first["y"]) == (0, 0)
    assert len(first["properties"]["alarms"]) == len(on_aws.all("AWS::CloudWatch::Alarm"))


def test_the_laptop_has_no_dashboard(templates: dict[str, Template]) -> None:
    assert templates["local"].all("AWS::CloudWatch::Dashboard") == {}
