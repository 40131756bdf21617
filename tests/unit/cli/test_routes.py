"""`headrace routes` on moto: what there is, and a look that removes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from cli.main import typed
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws import clients
from shared.aws.queues import queue_contents

BUS = "headrace-local"
DELIVERIES = 4
PARTNER = "arn:aws:events:us-east-1:123456789012:event-bus/partner"
TAKES = {"event": {"name": ["Complete Purchase"]}}


class Aws:
    """A bus with the stack's own rule and routes of every kind."""

    def __init__(self) -> None:
        self.events, self.sqs = boto3.client("events"), boto3.client("sqs")
        self.events.create_event_bus(Name=BUS)
        self.dead_letters = self.queue("dead-letters")
        policy = {"deadLetterTargetArn": self.arn(self.dead_letters), "maxReceiveCount": DELIVERIES}
        self.purchases = self.queue("purchases", policy)
        self.plain = self.queue("plain")
        self.rule("archive", ["Event Batch"], {}, self.arn(self.plain))
        self.rule("r1", ["Event"], TAKES, self.arn(self.purchases), Description="Purchases")
        self.rule("r2", ["Event"], {}, self.arn(self.plain), State="DISABLED")
        self.rule("r3", ["Event"], {}, PARTNER)

    def queue(self, name: str, policy: dict[str, Any] | None = None) -> str:
        return self.sqs.create_queue(
            QueueName=name, Attributes={"RedrivePolicy": json.dumps(policy)} if policy else {}
        )["QueueUrl"]

    def arn(self, url: str) -> str:
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]

    def rule(
        self,
        name: str,
        types: list[str],
        detail: dict[str, Any],
        target: str,
        *,
        dead_letters: str | None = None,
        **fields: Any,
    ) -> None:
        pattern = {"source": ["headrace"], "detail-type": types, **({"detail": detail} if detail else {})}
        self.events.put_rule(Name=name, EventBusName=BUS, EventPattern=json.dumps(pattern), **fields)
        made: Any = {"Id": "1", "Arn": target}
        if dead_letters:
            made["DeadLetterConfig"] = {"Arn": self.arn(dead_letters)}
        self.events.put_targets(Rule=name, EventBusName=BUS, Targets=[made])

    def send(self, url: str, *names: str) -> None:
        for name in names:
            detail = {"event": {"name": name, "properties": {"amount": 3}}, "person": "user:ann"}
            self.sqs.send_message(
                QueueUrl=url, MessageBody=json.dumps({"detail-type": "Event", "detail": detail})
            )


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        clients.forget()
        monkeypatch.setattr(Stack, "load", lambda _=None: Stack("local", "", {"BusName": BUS}))
        yield Aws()
    clients.forget()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typed, ["routes", *arguments])


def read(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_routes_are_listed_with_what_waits_and_without_the_stacks_own_rules(aws: Aws) -> None:
    aws.send(aws.purchases, "Complete Purchase", "Complete Purchase")
    aws.send(aws.dead_letters, "Complete Purchase")

    assert read("list") == [
        {"route": "Purchases", "takes": TAKES, "enabled": True, "target": aws.arn(aws.purchases),
         "waiting": 2, "dead_letters": 1, "problem": None},
        {"route": "r2", "takes": {}, "enabled": False, "target": aws.arn(aws.plain),
         "waiting": 0, "dead_letters": None, "problem": None},
        {"route": "r3", "takes": {}, "enabled": True,
         "target": PARTNER,
         "waiting": None, "dead_letters": None, "problem": None},
    ]  # fmt: skip
    shown = run("list").stdout
    assert "sqs: purchases" in shown
    assert "events: event-bus/partner" in shown
    assert "r2 (disabled)" in shown


def test_a_queue_that_is_gone_is_said_and_hides_no_other(aws: Aws) -> None:
    aws.sqs.delete_queue(QueueUrl=aws.plain)

    problems = {row["route"]: row["problem"] for row in read("list")}

    assert problems["Purchases"] is None
    assert "NonExistentQueue" in problems["r2"]


def test_all_rules_are_found_however_many_pages_they_take(aws: Aws) -> None:
    for number in range(120):
        aws.rule(f"many-{number:03}", ["Event"], {}, aws.arn(aws.plain))

    assert len(read("list")) == 123


def test_a_look_shows_what_has_arrived_and_leaves_it_there(aws: Aws) -> None:
    aws.send(aws.purchases, *["Complete Purchase"] * 12)

    shown = read("show", "purchases", "--limit", "12")

    assert len({one["id"] for one in shown}) == 12
    assert shown[0]["entry"]["detail"]["event"]["properties"] == {"amount": 3}
    assert {(one["deliveries"], one["most_deliveries"]) for one in shown} == {(1, DELIVERIES)}
    taken = aws.sqs.receive_message(QueueUrl=aws.purchases, MaxNumberOfMessages=10)["Messages"]
    assert len(taken) == 10, "given back at once"


def test_no_more_are_received_than_are_shown(aws: Aws) -> None:
    """Those that are not shown lose no delivery."""
    aws.send(aws.purchases, *["Complete Purchase"] * 12)

    assert len(read("show", "Purchases", "--limit", "3")) == 3
    assert (
        sorted(one["deliveries"] for one in read("show", "Purchases", "--limit", "20")) == [1] * 9 + [2] * 3
    )


def test_the_last_look_before_an_entry_is_put_beside_says_so(aws: Aws) -> None:
    aws.send(aws.purchases, "Complete Purchase")
    looks = [run("show", "purchases").stdout for _ in range(DELIVERIES)]

    assert f"delivery 1 of {DELIVERIES}\n" in looks[0]
    assert f"delivery {DELIVERIES} of {DELIVERIES}: the next one puts it beside" in looks[-1]
    assert "Nothing waits there." in run("show", "purchases").stdout
    assert [one["entry"]["detail"]["person"] for one in read("show", "purchases", "--dead-letters")] == [
        "user:ann"
    ]


def test_a_queue_without_dead_letters_is_said_to_have_none(aws: Aws) -> None:
    result = run("show", "r2", "--dead-letters")

    assert isinstance(result.exception, Problem)
    assert "The route r2 has no dead letters" in str(result.exception)


@pytest.mark.parametrize("goes_to", ["plain", "purchases", PARTNER])
def test_dead_letters_of_the_rule_are_counted_and_shown_whatever_it_leads_to(aws: Aws, goes_to: str) -> None:
    """A rule has a queue of its own for what EventBridge cannot hand over, beside that of the queue it leads to."""
    undelivered = aws.queue("undelivered")
    target = goes_to if goes_to == PARTNER else aws.arn(getattr(aws, goes_to))
    aws.rule("r4", ["Event"], {}, target, dead_letters=undelivered, Description="Orders")
    aws.send(undelivered, "Order Completed")
    aws.send(aws.dead_letters, "Complete Purchase")
    expected = ["Order Completed", *(["Complete Purchase"] if goes_to == "purchases" else [])]

    [row] = [row for row in read("list") if row["route"] == "Orders"]
    shown = read("show", "Orders", "--dead-letters")

    assert row["dead_letters"] == len(expected)
    assert [one["entry"]["detail"]["event"]["name"] for one in shown] == expected


def test_a_queue_that_is_both_rules_and_targets_dead_letters_counts_once(aws: Aws) -> None:
    aws.rule("r1", ["Event"], TAKES, aws.arn(aws.purchases), dead_letters=aws.dead_letters, Description="P")
    aws.send(aws.dead_letters, "Complete Purchase")

    assert [row["dead_letters"] for row in read("list") if row["route"] == "P"] == [1]
    assert len(read("show", "P", "--dead-letters")) == 1


def test_what_the_bus_could_not_hand_to_a_queue_that_is_gone_is_counted_all_the_same(aws: Aws) -> None:
    undelivered = aws.queue("undelivered")
    aws.rule("r2", ["Event"], {}, aws.arn(aws.plain), dead_letters=undelivered)
    aws.send(undelivered, "Search")
    aws.sqs.delete_queue(QueueUrl=aws.plain)

    [row] = [row for row in read("list") if row["route"] == "r2"]
    assert (row["dead_letters"], "NonExistentQueue" in row["problem"]) == (1, True)
    assert len(read("show", "r2", "--dead-letters")) == 1


def test_what_was_taken_is_given_back_when_the_look_is_cut_short(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.purchases, *["Complete Purchase"] * 12)
    sqs, calls = clients.client("sqs"), []
    receive = sqs.receive_message

    def fails_the_second_time(**asked: Any) -> Any:
        calls.append(asked)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return receive(**asked)

    monkeypatch.setattr(sqs, "receive_message", fails_the_second_time)
    with pytest.raises(KeyboardInterrupt):
        queue_contents.look(aws.purchases, 12)

    messages = aws.sqs.receive_message(QueueUrl=aws.purchases, MaxNumberOfMessages=10)["Messages"]
    assert len(messages) == 10


def test_what_is_no_json_is_shown_as_it_is(aws: Aws) -> None:
    aws.sqs.send_message(QueueUrl=aws.purchases, MessageBody="a rule may make [bold]text[/bold] of it")

    assert "a rule may make [bold]text[/bold] of it" in run("show", "purchases").stdout


def test_a_name_that_is_none_is_told_with_the_one_that_was_meant(aws: Aws) -> None:
    ended = run("show", "purchase")

    assert isinstance(ended.exception, Problem)
    assert ended.exception.advice == "Did you mean Purchases?"
    other = run("show", "zzz").exception
    assert isinstance(other, Problem)
    assert other.advice == "There are: Purchases, r2, r3."


def test_a_route_without_a_queue_says_where_it_goes(aws: Aws) -> None:
    ended = run("show", "r3")

    assert isinstance(ended.exception, Problem)
    assert "event-bus/partner" in str(ended.exception)
