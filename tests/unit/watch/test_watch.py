"""watch: what stands still and what was put aside, said in two metrics and one line of the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.stub import Stubber

from functions.watch import handler
from functions.watch.stopped import OWN_PATTERNS, stopped_consumers, stopped_rules
from shared.aws.clients import client
from shared.aws.stack.event_sources import EventSource
from shared.aws.stack.rules import Rule, Target
from tests.fakes.pretended_aws import pretended_aws

TARGETS = (Target("arn:aws:sqs:us-east-1:123456789012:q", None),)
LETS_THE_BUS_IN = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "*",
            }
        ]
    }
)


def rule(pattern: dict[str, Any], *, is_enabled: bool = True, targets: tuple[Target, ...] = TARGETS) -> Rule:
    return Rule("r", "bus", is_enabled, (), (), targets, pattern)


ALL = [rule(pattern) for pattern in OWN_PATTERNS.values()]


def test_rules_that_are_on_stop_nothing_and_routes_are_their_owners_business() -> None:
    route = rule({"source": ["headrace"], "detail-type": ["Event"]}, is_enabled=False)

    assert stopped_rules([*ALL, route]) == []


@pytest.mark.parametrize("what", OWN_PATTERNS)
@pytest.mark.parametrize("how", ["disabled", "deleted", "changed", "without a target"])
def test_a_rule_that_takes_nothing_is_said_for_what_is_lost(what: str, how: str) -> None:
    pattern = OWN_PATTERNS[what]
    others = [one for one in ALL if one.pattern != pattern]
    instead = {
        "disabled": [rule(pattern, is_enabled=False)],
        "deleted": [],
        "changed": [rule({**pattern, "source": ["another"]})],
        "without a target": [rule(pattern, targets=())],
    }[how]

    (said,) = stopped_rules([*others, *instead])
    assert what in said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([EventSource("f", "sqs", "Enabled", "OK", "1")], []),
        ([EventSource("f", "sqs", "Updating", "OK", "1")], []),
        (
            [EventSource("f", "sqs", "Disabled", "User action", "1")],
            ["f gets nothing from sqs: Disabled"],
        ),
        ([], ["f reads sqs no longer"]),
        ([EventSource("f", "kinesis", "Enabled", "OK", "1")], ["f reads sqs no longer"]),
        (
            [EventSource("f", "sqs", "Enabled", "PROBLEM: denied", "1")],
            ["f fails on what sqs gives it: PROBLEM: denied"],
        ),
    ],
)
def test_a_consumer_that_gets_nothing_is_said(found: list[EventSource], said: list[str]) -> None:
    assert stopped_consumers(found, {"f": ("sqs",)}) == said


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A bus with its rules, a queue of it and one of dead letters: their URLs."""
    with pretended_aws(monkeypatch):
        events, sqs = boto3.client("events"), boto3.client("sqs")
        events.create_event_bus(Name="bus")
        for number, pattern in enumerate(OWN_PATTERNS.values()):
            events.put_rule(Name=f"r{number}", EventBusName="bus", EventPattern=json.dumps(pattern))
            events.put_targets(
                Rule=f"r{number}", EventBusName="bus", Targets=[{"Id": "1", "Arn": TARGETS[0].arn}]
            )
        urls = {
            name: sqs.create_queue(QueueName=name, Attributes={"Policy": LETS_THE_BUS_IN})["QueueUrl"]
            for name in ("work", "DeadLetters")
        }
        monkeypatch.setenv("BUS_NAME", "bus")
        monkeypatch.setenv("CONSUMERS", '{"archive": ["sqs"]}')
        monkeypatch.setenv("DEAD_LETTER_QUEUES", urls["DeadLetters"])
        monkeypatch.setenv("OF_THE_LEDGER", '{"collect": "c", "process": "p"}')
        monkeypatch.setenv("QUEUES_OF_THE_BUS", f"{urls['work']} {urls['DeadLetters']}")
        monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")
        monkeypatch.setattr(handler.metrics.provider, "service", "watch")
        yield urls


class Said(NamedTuple):
    """What one look counted, and its line in the log."""

    counted: dict[str, list[float]]
    level: str
    stopped: list[str]
    dead_letters: dict[str, int]


@pytest.fixture
def watched(
    stack: dict[str, str], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[[str], Said]:
    """Looks while the consumer is in a state."""

    def look(state: str) -> Said:
        mapping = {
            "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:archive",
            "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:work",
            "State": state,
            "LastProcessingResult": "OK",
            "UUID": "1".ljust(36),
        }
        with Stubber(client("lambda")) as stubber, caplog.at_level("INFO"):
            stubber.add_response("list_event_source_mappings", {"EventSourceMappings": [mapping]}, {})
            handler.lambda_handler({}, None)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        counted: dict[str, Any] = next((line for line in lines if "_aws" in line), {})
        [line] = [vars(record) for record in caplog.records if record.message == "watched"]
        return Said(
            {name: counted[name] for name in ("watch_stopped", "watch_dead_letters") if name in counted},
            line["levelname"],
            line["stopped"],
            line["dead_letters"],
        )

    return look


def test_a_stack_in_order_counts_nothing(watched: Callable[[str], Said]) -> None:
    assert watched("Enabled") == Said({}, "INFO", [], {})


def test_what_stands_still_and_what_was_put_aside_is_counted_and_named(
    stack: dict[str, str], watched: Callable[[str], Said]
) -> None:
    boto3.client("sqs").send_message(QueueUrl=stack["DeadLetters"], MessageBody="x")
    boto3.client("sqs").send_message(QueueUrl=stack["work"], MessageBody="work that waits is no dead letter")
    boto3.client("events").disable_rule(Name="r0", EventBusName="bus")

    said = watched("Disabled")

    assert said.counted == {"watch_stopped": [2.0], "watch_dead_letters": [1.0]}
    assert said.level == "WARNING"
    assert said.dead_letters == {"DeadLetters": 1}
    assert [one.split(" ")[0] for one in said.stopped] == ["no", "archive"]


def test_a_queue_that_lets_no_rule_in_is_named(stack: dict[str, str], watched: Callable[[str], Said]) -> None:
    boto3.client("sqs").set_queue_attributes(QueueUrl=stack["work"], Attributes={"Policy": ""})

    said = watched("Enabled")

    assert said.counted == {"watch_stopped": [1.0]}
    assert said.stopped == ["the queue work lets no rule in: its policy was changed"]


def test_what_cannot_be_looked_at_is_said_and_the_rest_is_looked_at(
    stack: dict[str, str], watched: Callable[[str], Said]
) -> None:
    boto3.client("sqs").send_message(QueueUrl=stack["DeadLetters"], MessageBody="x")
    boto3.client("sqs").delete_queue(QueueUrl=stack["work"])
    events = boto3.client("events")
    for number in range(len(OWN_PATTERNS)):
        events.remove_targets(Rule=f"r{number}", EventBusName="bus", Ids=["1"])
        events.delete_rule(Name=f"r{number}", EventBusName="bus")
    events.delete_event_bus(Name="bus")

    said = watched("Enabled")

    assert said.counted == {"watch_stopped": [2.0], "watch_dead_letters": [1.0]}
    assert [one.partition(" could not")[0] for one in said.stopped] == ["the rules", "the queue work"]
