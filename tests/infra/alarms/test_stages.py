"""What goes wrong in a stage or behind it is told to somebody."""

from __future__ import annotations

from typing import Any

from functions.process.progress import Counts
from tests.infra.alarms.alarms import alarm_named, filters
from tests.infra.template import Template
from tests.infra.test_permissions import HANDLERS


def test_dead_letters_raise_an_alarm_that_tells_somebody(on_aws: Template) -> None:
    """Those of routes one each; the others are counted by `watch`, which is told of all of them."""
    letters = {name for name in on_aws.all("AWS::SQS::Queue") if "DeadLetters" in name}
    watched = set()
    for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values():
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible":
            assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1)
            watched.add(alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0])
    _, watch = on_aws.function("watch")
    told = str(watch["Environment"]["Variables"]["DEAD_LETTER_QUEUES"])
    looked_at = {name for name in letters if name in told}

    assert watched | looked_at == letters
    assert watched == {name for name in letters if name.startswith("Routes")}


def test_late_events_failing_functions_and_errors_for_senders_raise_alarms(on_aws: Template) -> None:
    own = f"Headrace/{on_aws.settings.stage}"
    watched = {
        (alarm["Namespace"], alarm["MetricName"])
        for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values()
        if "MetricName" in alarm
    }

    assert watched >= {
        ("AWS/Lambda", "IteratorAge"),
        (own, "sweep_behind"),
        (own, "function_errors"),
        ("AWS/Lambda", "OnFailureDestinationDeliveredEventCount"),
        ("AWS/ApiGateway", "5xx"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/Lambda", "DestinationDeliveryFailures"),
        ("AWS/SNS", "SMSMonthToDateSpentUSD"),
    }


def test_the_failures_of_every_function_are_counted_from_what_lambda_logs_of_them(on_aws: Template) -> None:
    """At the system's level WARN, of an invocation that did not succeed: its report."""
    patterns = filters(on_aws, "function_errors")
    logged = {
        made["LoggingConfig"]["LogGroup"]["Ref"]: made["LoggingConfig"]
        for name, made in on_aws.functions().items()
        if name in HANDLERS
    }

    assert set(patterns) == {
        group
        for group, config in logged.items()
        if (config["LogFormat"], config["SystemLogLevel"]) == ("JSON", "WARN")
    }
    assert len(patterns) == len(HANDLERS)
    assert set(patterns.values()) == {'{ ($.type = "platform.report") && ($.record.status != "success") }'}


def test_a_message_that_waited_for_a_day_is_counted_on_every_channel(prod: Template) -> None:
    patterns = filters(prod, "messages_behind")
    alarm = alarm_named(prod, "MessagesBehind")

    assert len(patterns) == 4
    assert all("SendLogs" not in group and group.startswith("Send") for group in patterns)
    assert set(patterns.values()) == {"{ $.behind_seconds > 86400 }"}
    assert (alarm["MetricName"], alarm.get("Dimensions")) == ("messages_behind", None)


def test_every_delivery_stream_of_the_lake_is_watched_for_lateness_throttling_and_refused_rows(
    prod: Template,
) -> None:
    streams = {
        made["DeliveryStreamName"]
        for made in prod.properties("AWS::KinesisFirehose::DeliveryStream").values()
    }
    watched: dict[str, set[str]] = {}
    for alarm in prod.properties("AWS::CloudWatch::Alarm").values():
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


def test_events_folded_with_an_older_workspace_raise_an_alarm_where_process_counts_them(
    on_aws: Template,
) -> None:
    """At once, and at the first: what the older version decides stays."""
    alarm = alarm_named(on_aws, "OlderWorkspace")
    _, process = on_aws.function("process")
    environment = process["Environment"]["Variables"]

    assert alarm["Namespace"] == environment["POWERTOOLS_METRICS_NAMESPACE"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("process_older_workspace", "Sum")
    assert "older_workspace" in Counts().named()
    assert {one["Name"]: one["Value"] for one in alarm["Dimensions"]} == {
        "service": environment["POWERTOOLS_SERVICE_NAME"],
    }
    assert (alarm["Threshold"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (0, 1, 1)


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
    prod: Template,
) -> None:
    """The expression is read as CloudWatch reads it, over what SQS says in a minute."""
    watched = [
        alarm
        for name, alarm in prod.properties("AWS::CloudWatch::Alarm").items()
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
            "ready": "ApproximateNumberOfMessagesVisible",
            "taken": "ApproximateNumberOfMessagesNotVisible",
            "done": "NumberOfMessagesDeleted",
        }
        for ready, taken, done, raised in (
            (9_000, 20, 840, 0),  # a campaign at 14 a second
            (0, 0, 0, 0),
            (9_000, 20, 0, 1),  # nothing leaves
            (0, 9_000, 0, 1),  # the provider takes nothing: all went back
        ):
            said = expression.replace("AND", "and")
            values: dict[str, Any] = {"ready": ready, "taken": taken, "done": done}
            functions = {"IF": lambda test, yes, no: yes if test else no, "FILL": lambda value, _: value}
            assert eval(said, {"__builtins__": {}}, values | functions) == raised, values


def test_every_route_raises_an_alarm_when_it_cannot_deliver(on_aws: Template) -> None:
    """By its bus and its own name, which CloudWatch wants apart; CloudFormation's `Ref` has them together."""
    rules = {
        name
        for name, made in on_aws.properties("AWS::Events::Rule").items()
        if "EventPattern" in made and name.startswith("Routes")
    }
    watched = set()
    for alarm in on_aws.properties("AWS::CloudWatch::Alarm").values():
        if alarm.get("MetricName") == "FailedInvocations":
            dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
            assert set(dimensions) == {"EventBusName", "RuleName"}
            split = dimensions["RuleName"]["Fn::Select"]
            assert split[0] == 2  # arn:…:rule / bus / name
            assert split[1]["Fn::Split"][0] == "/"
            watched.add(split[1]["Fn::Split"][1]["Fn::GetAtt"][0])

    assert watched == rules != set()
