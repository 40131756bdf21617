"""What goes wrong is told to somebody, who finds in docs/operating.md what to do."""

from __future__ import annotations

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

    assert len(alarms) < 40  # ten cents a month each
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
        ("Headrace", "sweep_behind"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Lambda", "OnFailureDestinationDeliveredEventCount"),
        ("AWS/ApiGateway", "5xx"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/Firehose", "DeliveryToS3.DataFreshness"),
        ("AWS/Firehose", "FailedConversion.Records"),
        ("AWS/SNS", "SMSMonthToDateSpentUSD"),
    }


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
        "stage": environment["STAGE"],
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


def test_operating_md_says_what_to_do_about_every_alarm(on_aws: Template) -> None:
    text = (ROOT / "docs" / "operating.md").read_text()
    prefix = f"headrace-{on_aws.settings.stage}-"
    names = [
        alarm["AlarmName"].removeprefix(prefix)
        for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values()
    ]

    for name in names:
        explained = [
            name,
            *(f"…{ending}" for ending in ("Errors", "Waiting", "DeadLetters") if name.endswith(ending)),
        ]
        assert any(f"| `{one}` |" in text for one in explained), name


def test_alarms_are_allowed_to_reach_the_topic(on_aws: Template) -> None:
    (policy,) = on_aws.properties("AWS::SNS::TopicPolicy").values()
    allowed = [
        statement["Principal"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and "sns:Publish" in listed(statement["Action"])
    ]

    assert allowed == [{"Service": "cloudwatch.amazonaws.com"}]
