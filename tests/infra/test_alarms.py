"""What goes wrong is told to somebody, who finds in docs/operating/alarms.md what to do."""

from __future__ import annotations

import re
from typing import Any

from tests.infra.calls import ROOT
from tests.infra.template import Template, listed


def test_dead_letters_raise_an_alarm_that_tells_somebody(on_aws: Template) -> None:
    letters = {name for name in on_aws.all("AWS::SQS::Queue") if "DeadLetters" in name}
    watched = set()
    for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values():
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible":
            assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1)
            watched.add(alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0])

    assert watched == letters


def test_every_alarm_is_told_when_it_begins_and_when_it_ends(on_aws: Template) -> None:
    (topic,) = on_aws.all("AWS::SNS::Topic")
    alarms = on_aws.properties("AWS::CloudWatch::Alarm")

    for name, alarm in alarms.items():
        assert listed(alarm["AlarmActions"]) == listed(alarm["OKActions"]) == [{"Ref": topic}], name
        assert alarm["AlarmDescription"], name
        silence = "breaching" if alarm["AlarmName"].endswith("-TimersLate") else "notBreaching"
        assert alarm["TreatMissingData"] == silence, f"{name}: only the sweep speaks every minute"


def test_late_events_failing_functions_and_errors_for_senders_raise_alarms(on_aws: Template) -> None:
    watched = {
        (alarm["Namespace"], alarm["MetricName"])
        for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values()
        if "MetricName" in alarm
    }

    assert watched >= {
        ("AWS/Lambda", "IteratorAge"),
        (f"Headrace/{on_aws.settings.stage}", "sweep_behind"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Lambda", "OnFailureDestinationDeliveredEventCount"),
        ("AWS/ApiGateway", "5xx"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/Lambda", "DestinationDeliveryFailures"),
        ("AWS/SNS", "SMSMonthToDateSpentUSD"),
    }


def test_every_delivery_stream_of_the_lake_is_watched_for_lateness_throttling_and_refused_rows(
    on_aws: Template,
) -> None:
    streams = {
        made["DeliveryStreamName"]
        for made in on_aws.properties("AWS::KinesisFirehose::DeliveryStream").values()
    }
    watched: dict[str, set[str]] = {}
    for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values():
        for one in alarm.get("Metrics", []):
            metric = one.get("MetricStat", {}).get("Metric", {})
            if metric.get("Namespace") == "AWS/Firehose":
                watched.setdefault(metric["MetricName"], set()).add(metric["Dimensions"][0]["Value"])
                (expression,) = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
                assert f"FILL({one['Id']}, 0)" in expression

    assert len(streams) == 2
    assert watched == {
        "DeliveryToS3.DataFreshness": streams, "ThrottledRecords": streams, "FailedConversion.Records": streams
    }  # fmt: skip


def test_the_sweeps_lag_is_watched_where_its_function_says_it(on_aws: Template) -> None:
    (alarm,) = [
        alarm
        for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "sweep_behind"
    ]
    _, sweep = on_aws.function("sweep")
    environment = sweep["Environment"]["Variables"]

    assert {one["Name"]: one["Value"] for one in alarm["Dimensions"]} == {
        "service": environment["POWERTOOLS_SERVICE_NAME"],
    }
    assert alarm["Namespace"] == environment["POWERTOOLS_METRICS_NAMESPACE"]


def test_a_channel_raises_an_alarm_when_nothing_leaves_it_not_when_it_keeps_to_its_rate(
    on_aws: Template,
) -> None:
    """The expression is read as CloudWatch reads it, over what SQS says in a minute."""
    watched = [
        alarm
        for name, alarm in on_aws.properties("AWS::CloudWatch::Alarm").items()
        if alarm["AlarmName"].endswith("RequestsWaiting")
    ]
    assert len(watched) == 4
    for alarm in watched:
        assert (alarm["Threshold"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (0, 15, 15)
        (expression,) = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
        names = {
            one["Id"]: one["MetricStat"]["Metric"]["MetricName"]
            for one in alarm["Metrics"]
            if "MetricStat" in one
        }
        assert names == {
            "age": "ApproximateAgeOfOldestMessage",
            "ready": "ApproximateNumberOfMessagesVisible",
            "taken": "ApproximateNumberOfMessagesNotVisible",
            "done": "NumberOfMessagesDeleted",
        }
        day = 24 * 3600
        for age, ready, taken, done, raised in (
            (600, 9_000, 20, 840, 0),  # a campaign at 14 a second
            (3 * 3600, 90_000, 20, 840, 0),
            (0, 0, 0, 0, 0),
            (60, 9_000, 20, 0, 1),  # nothing leaves
            (0, 0, 9_000, 0, 1),  # the provider takes nothing: all went back
            (day, 90_000, 20, 840, 0),
            (day + 1, 90_000, 20, 840, 1),  # a day behind
        ):
            said = expression.replace("AND", "and").replace("OR", "or")
            values: dict[str, Any] = {"age": age, "ready": ready, "taken": taken, "done": done}
            functions = {"IF": lambda test, yes, no: yes if test else no, "FILL": lambda value, _: value}
            assert eval(said, {"__builtins__": {}}, values | functions) == raised, values


PAGE = ROOT / "docs" / "operating" / "alarms.md"
PARAGRAPH = re.compile(r"^\*\*`(\w+)`\*\* (.+)$", re.MULTILINE)


def names(template: Template) -> set[str]:
    prefix = f"headrace-{template.settings.stage}-"
    return {
        alarm["AlarmName"].removeprefix(prefix)
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
    }


def test_each_alarm_has_a_paragraph_of_its_own_and_no_other_has_one(on_aws: Template) -> None:
    paragraphs = [name for name, _ in PARAGRAPH.findall(PAGE.read_text())]

    assert sorted(paragraphs) == sorted(names(on_aws))


def watched_metrics(template: Template) -> int:
    return sum(
        sum("MetricStat" in one for one in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
    )


COUNTED = re.compile(
    r"(?:(\d+) alarms\b|alarms,)(?: on (\d+) metrics)?(?: at \$0\.10 \| \$([\d.]+) \| \$([\d.]+))?"
)


def test_there_is_one_number_of_alarms_everywhere(on_aws: Template) -> None:
    """In the settings, the README and every page; and the price is that of their metrics."""
    alarms, metrics = len(names(on_aws)), watched_metrics(on_aws)
    places = [
        *ROOT.glob("*.md"), *ROOT.glob("*.yaml"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "infra").rglob("*.py")
    ]  # fmt: skip
    told = [
        (path.name, *said)
        for path in places
        if path.name != "CHANGELOG.md"  # what was true then
        for said in COUNTED.findall(path.read_text())
        if any(said)
    ]

    assert {name for name, *_ in told} >= {"settings.py", "alarms.md", "operating.md"}
    for name, of_alarms, of_metrics, *prices in told:
        assert of_alarms in ("", str(alarms)), name
        assert of_metrics in ("", str(metrics)), name
        assert set(prices) - {""} <= {f"{metrics / 10:.2f}"}, name


def test_senders_that_the_gateway_turns_away_are_told_apart_from_bad_requests(on_aws: Template) -> None:
    """The access log's line of a request that the gateway throttled matches the filter, and no other line."""
    (made,) = on_aws.properties("AWS::Logs::MetricFilter").values()
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


def test_every_rule_of_the_bus_raises_an_alarm_when_it_cannot_deliver(on_aws: Template) -> None:
    """By its bus and its own name, which CloudWatch wants apart; CloudFormation's `Ref` has them together."""
    rules = {name for name, made in on_aws.properties("AWS::Events::Rule").items() if "EventPattern" in made}
    watched = set()
    for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values():
        if alarm.get("MetricName") == "FailedInvocations":
            dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
            assert set(dimensions) == {"EventBusName", "RuleName"}
            split = dimensions["RuleName"]["Fn::Select"]
            assert split[0] == 2  # arn:…:rule / bus / name
            assert split[1]["Fn::Split"][0] == "/"
            watched.add(split[1]["Fn::Split"][1]["Fn::GetAtt"][0])

    assert watched == rules


def test_the_topic_and_the_dashboard_are_outputs_where_there_are_alarms(
    templates: dict[str, Template],
) -> None:
    outputs = {stage: template.body["Outputs"] for stage, template in templates.items()}

    for stage in ("dev", "prod"):
        (topic,) = templates[stage].all("AWS::SNS::Topic")
        assert outputs[stage]["AlarmTopicArn"]["Value"] == {"Ref": topic}
        assert outputs[stage]["DashboardName"]["Value"] == f"headrace-{stage}"
    assert not {"AlarmTopicArn", "DashboardName"} & set(outputs["local"])


def test_alarms_are_allowed_to_reach_the_topic(on_aws: Template) -> None:
    (policy,) = on_aws.properties("AWS::SNS::TopicPolicy").values()
    allowed = [
        statement["Principal"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and "sns:Publish" in listed(statement["Action"])
    ]

    assert allowed == [{"Service": "cloudwatch.amazonaws.com"}]
