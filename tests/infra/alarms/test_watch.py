"""What watch looks at and counts is what its alarms and the rules say."""

from __future__ import annotations

import json
import re

from functions.watch.stopped import OWN_PATTERNS
from tests.infra.alarms.alarms import alarm_named
from tests.infra.template import Template


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
