"""What goes wrong is told to somebody, who finds in docs/operating/alarms.md what to do."""

from __future__ import annotations

import json
import re
from typing import Any

from functions.watch.stopped import OWN_PATTERNS
from shared.messaging.channels import QUEUES
from tests.infra.calls import ROOT
from tests.infra.template import Template, listed
from tests.infra.test_permissions import HANDLERS


def alarm_named(template: Template, name: str) -> dict[str, Any]:
    full = f"headrace-{template.settings.stage}-{name}"
    (found,) = [
        alarm
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
        if alarm["AlarmName"] == full
    ]
    return found


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


def test_what_watch_counts_is_what_its_alarms_ask_for(on_aws: Template) -> None:
    """Whichever five minutes a look falls into: a period may have none, and the next one two."""
    _, watch = on_aws.function("watch")
    environment = watch["Environment"]["Variables"]
    for name, metric, minutes in (
        ("WorkStopped", "watch_stopped", (2, 4)),
        ("DeadLetters", "watch_dead_letters", (1, 2)),
    ):
        alarm = alarm_named(on_aws, name)
        assert (alarm["Namespace"], alarm["MetricName"]) == (
            environment["POWERTOOLS_METRICS_NAMESPACE"],
            metric,
        )
        assert alarm["Dimensions"] == [{"Name": "service", "Value": environment["POWERTOOLS_SERVICE_NAME"]}]
        assert (alarm["Threshold"], alarm["Period"]) == (0, 300)
        assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == minutes


def test_a_schedule_that_calls_nothing_is_noticed_by_the_silence(on_aws: Template) -> None:
    for alarm_name, function, most_minutes in (
        ("SweepNotCalled", "sweep", 5),
        ("WatchNotCalled", "watch", 15),
    ):
        alarm = alarm_named(on_aws, alarm_name)
        logical, _ = on_aws.function(function)
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Invocations")
        assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": logical}}]
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
        assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"] == most_minutes
        (every,) = [
            int(re.findall(r"\d+", rule["ScheduleExpression"])[0])
            for rule in on_aws.properties("AWS::Events::Rule").values()
            if any(logical in str(target["Arn"]) for target in rule["Targets"])
        ]
        assert most_minutes >= 3 * every, "one call that is late, or lost, is no silence"


def test_every_alarm_is_told_when_it_begins_and_when_it_ends(on_aws: Template) -> None:
    (topic,) = on_aws.all("AWS::SNS::Topic")
    alarms = on_aws.properties("AWS::CloudWatch::Alarm")

    for name, alarm in alarms.items():
        assert listed(alarm["AlarmActions"]) == listed(alarm["OKActions"]) == [{"Ref": topic}], name
        assert alarm["AlarmDescription"], name
        silence = "breaching" if alarm["AlarmName"].endswith("NotCalled") else "notBreaching"
        assert alarm["TreatMissingData"] == silence, f"{name}: only schedules speak all the time"


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


def test_a_target_may_do_without_alarms_on_what_leaves_late(templates: dict[str, Template]) -> None:
    late = names(templates["prod"]) - names(templates["dev"])

    assert late == {
        "LakeLate", "LakeThrottled", "MessagesBehind",
        *(f"Send{queue.capitalize()}RequestsWaiting" for queue in QUEUES),
    }  # fmt: skip
    assert names(templates["dev"]) < names(templates["prod"])


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


PAGE = ROOT / "docs" / "operating" / "alarms.md"
PARAGRAPH = re.compile(r"^\*\*`(\w+)`\*\* (.+)$", re.MULTILINE)


def names(template: Template) -> set[str]:
    prefix = f"headrace-{template.settings.stage}-"
    return {
        alarm["AlarmName"].removeprefix(prefix)
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
    }


def test_each_alarm_has_a_paragraph_of_its_own_and_no_other_has_one(prod: Template) -> None:
    paragraphs = [name for name, _ in PARAGRAPH.findall(PAGE.read_text())]

    assert sorted(paragraphs) == sorted(names(prod))


def watched_metrics(template: Template) -> int:
    return sum(
        sum("MetricStat" in one for one in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in template.properties("AWS::CloudWatch::Alarm").values()
    )


COUNTED = re.compile(r"(\d+) alarms on (\d+) metrics")
PRICED = re.compile(
    r"^\| alarms, on (\d+) or (\d+) metrics at \$0\.10 \| \$([\d.]+) \| \$([\d.]+) \|$", re.MULTILINE
)


def test_there_is_one_number_of_alarms_everywhere(templates: dict[str, Template]) -> None:
    """In the README and on every page, of prod and of dev; and the price is that of their metrics."""
    counts = {
        stage: (str(len(names(templates[stage]))), str(watched_metrics(templates[stage])))
        for stage in ("dev", "prod")
    }
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob("*.yaml"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "infra").rglob("*.py"),
    ]
    told = {
        path.name: COUNTED.findall(path.read_text())
        for path in pages
        if path.name not in ("CHANGELOG.md", "decisions.md")  # what was true then
    }

    assert told["alarms.md"] == [counts["prod"], counts["dev"]]
    assert all(said in counts.values() for every in told.values() for said in every)
    [priced] = PRICED.findall((ROOT / "docs" / "operating.md").read_text())
    assert priced == (
        counts["dev"][1],
        counts["prod"][1],
        *(f"{int(counts[stage][1]) / 10:.2f}" for stage in ("dev", "prod")),
    )
    late = int(counts["prod"][1]) - int(counts["dev"][1])
    assert f"{late} metrics, ${late / 10:.2f} a" in (ROOT / "infra" / "settings.py").read_text()


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


def test_every_other_rule_has_dead_letters_and_watch_looks_at_both_its_queues(on_aws: Template) -> None:
    """What cannot be handed over is then in a queue that is looked at, which still lets the bus in."""
    _, watch = on_aws.function("watch")
    told = {
        name: str(watch["Environment"]["Variables"][name])
        for name in ("DEAD_LETTER_QUEUES", "QUEUES_OF_THE_BUS")
    }
    checked = 0
    for name, made in on_aws.properties("AWS::Events::Rule").items():
        if "EventPattern" in made and not name.startswith("Routes"):
            (target,) = made["Targets"]
            queue, dead_letters = (
                one["Fn::GetAtt"][0] for one in (target["Arn"], target["DeadLetterConfig"]["Arn"])
            )
            assert queue in told["QUEUES_OF_THE_BUS"]
            assert dead_letters in told["QUEUES_OF_THE_BUS"]
            assert dead_letters in told["DEAD_LETTER_QUEUES"]
            checked += 1

    assert checked == 5


def test_watch_looks_for_the_patterns_that_the_rules_have(on_aws: Template) -> None:
    ours = [
        made["EventPattern"]
        for name, made in on_aws.properties("AWS::Events::Rule").items()
        if "EventPattern" in made and not name.startswith("Routes")
    ]

    assert {json.dumps(one, sort_keys=True) for one in ours} == {
        json.dumps(one, sort_keys=True) for one in OWN_PATTERNS.values()
    }


def test_watch_knows_every_consumer_and_what_it_reads(on_aws: Template) -> None:
    _, watch = on_aws.function("watch")
    (parts,) = [watch["Environment"]["Variables"]["CONSUMERS"]["Fn::Join"][1]]
    told = json.loads("".join(part if isinstance(part, str) else part["Ref"] for part in parts))
    there: dict[str, set[str]] = {}
    for made in on_aws.properties("AWS::Lambda::EventSourceMapping").values():
        source = made["EventSourceArn"]["Fn::GetAtt"][0]
        kind = on_aws.body["Resources"][source]["Type"].split("::")[1].lower()
        there.setdefault(made["FunctionName"]["Ref"], set()).add(kind)

    assert {name: set(services) for name, services in told.items()} == there


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
