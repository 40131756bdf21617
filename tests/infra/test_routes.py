"""Routes: the example's, those of a file of one's own, or none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import Stack
from aws_cdk import aws_events as events

from infra.placement import Where
from infra.routing import NoRoutes, Routes, misplaced_targets, routes_of
from infra.settings.model import EXAMPLE_ROUTES
from infra.settings.stages import DEV
from tests.infra.template import Template, synthesised

OWN = """
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from infra.dead_letters import dead_letter_queue
from infra.routing import route

def refunds(scope, bus):
    queue = dead_letter_queue(scope, "RefundsDeadLetters")
    route(scope, "RefundsRule", bus, {"event": {"name": ["Refund"]}}).add_target(targets.SqsQueue(queue))

ROUTES = [refunds]
"""


def names(template: Template) -> list[list[str]]:
    return [
        rule["EventPattern"]["detail"]["event"]["name"]
        for rule in template.properties("AWS::Events::Rule").values()
        if "event" in rule.get("EventPattern", {}).get("detail", {})
    ]


def test_a_file_of_ones_own_takes_the_examples_place(tmp_path: Path, on_aws: Template) -> None:
    (tmp_path / "own.py").write_text(OWN)

    made = synthesised(replace(DEV, routes=tmp_path / "own.py"), tmp_path / "out")

    assert names(on_aws) == [["Complete Purchase"]]
    assert names(made) == [["Refund"]]
    assert made.findings == []
    assert any(
        "RefundsDeadLetters" in alarm["AlarmName"]
        for alarm in made.properties("AWS::CloudWatch::Alarm").values()
    )


def test_a_rule_says_the_name_that_people_know_the_route_by(on_aws: Template) -> None:
    """EventBridge's own name of it is made up of ids."""
    described = [
        rule["Description"]
        for rule in on_aws.properties("AWS::Events::Rule").values()
        if rule.get("EventPattern", {}).get("detail-type") == ["Event"]
    ]

    assert described == ["Purchases"]


def test_without_routes_there_is_no_rule_and_no_queue(tmp_path: Path) -> None:
    made = synthesised(replace(DEV, routes=None), tmp_path)

    assert names(made) == []
    assert not [logical for logical in made.body["Resources"] if logical.startswith("Routes")]


@pytest.mark.parametrize("text", ["", "ROUTES = 4", "ROUTES = ('purchases',)"])
def test_a_file_that_names_no_routes_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "own.py"
    file.write_text(text)

    with pytest.raises(NoRoutes, match=r"own\.py has no `ROUTES = \(your_route, \.\.\.\)`"):
        routes_of(file)


def test_a_file_that_is_no_python_is_told(tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    file.touch()

    with pytest.raises(NoRoutes, match="no Python file"):
        routes_of(file)


def test_what_a_file_raises_itself_is_raised_with_its_own_line(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text("import nothing_like_it\n")

    with pytest.raises(ModuleNotFoundError) as caught:
        routes_of(file)
    assert str(file) in str(caught.traceback[-1].path)


def test_the_example_is_written_as_a_file_of_ones_own_is(tmp_path: Path) -> None:
    copy = tmp_path / "routes.py"
    copy.write_text(EXAMPLE_ROUTES.read_text())

    assert [made.__name__ for made in routes_of(copy)] == ["purchases"]


ELSEWHERE = """
from aws_cdk import aws_events as events, aws_events_targets as targets, aws_lambda as lambda_, aws_sqs as sqs
from infra.routing import route

def orders(scope, bus):
    of = lambda name: sqs.Queue.from_queue_arn(scope, name, f"arn:aws:sqs:eu-west-1:999999999999:{name}")
    own = sqs.Queue(scope, "Own")
    rule = route(scope, "OrdersRule", bus, {"event": {"name": ["Order"]}})
    rule.add_target(targets.SqsQueue(of("orders")))
    rule.add_target(targets.SqsQueue(own))
    rule.add_target(targets.EventBus(events.EventBus.from_event_bus_arn(
        scope, "Bus", "arn:aws:events:us-east-1:999999999999:event-bus/partner")))

ROUTES = [orders]
"""


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Where("eu-west-1", "123456789012"), []),
        (Where(), []),
        (
            Where("eu-central-1", "123456789012"),
            [
                "the route Orders: its target arn:aws:sqs:eu-west-1:999999999999:orders is in eu-west-1, "
                "and the stack goes to eu-central-1"
            ],
        ),
    ],
)
def test_a_target_of_another_region_is_told_and_a_bus_may_be_anywhere(
    tmp_path: Path, where: Where, said: list[str]
) -> None:
    file = tmp_path / "own.py"
    file.write_text(ELSEWHERE)
    stack = Stack()

    routes = Routes(stack, "Routes", bus=events.EventBus(stack, "Main"), file=file)

    assert [*misplaced_targets(routes, where)] == said
