"""Buses as EventBridge has them: patterns, envelopes, targets, what is refused and what cannot be delivered."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from moto.events.models import EventPattern

from shared.aws.clients import client
from shared.aws.stack.rules import rules
from simulation.aws.account import Account
from simulation.aws.events.bus import Delivery, Target
from simulation.aws.events.patterns import check, matches
from tests.unit.simulation.aws.conftest import Meddling

ENTRY = {
    "source": "headrace",
    "detail-type": "Event",
    "detail": {
        "channel": "email", "count": 5, "ok": True, "nothing": None, "tags": ["a", "b"], "deep": {"name": "Shop"},
    },
}  # fmt: skip

PATTERNS: list[tuple[dict[str, Any], bool]] = [
    ({"source": ["headrace"]}, True),
    ({"source": ["other"]}, False),
    ({"source": ["other", "headrace"], "detail-type": ["Event"]}, True),
    ({"source": ["headrace"], "detail-type": ["Other"]}, False),
    ({"detail": {"channel": ["email", "sms"]}}, True),
    ({"detail": {"channel": ["sms"]}}, False),
    ({"detail": {"missing": ["x"]}}, False),
    ({"detail": {"deep": {"name": ["Shop"]}}}, True),
    ({"detail": {"deep": {"other": ["Shop"]}}}, False),
    ({"detail": {"tags": ["b"]}}, True),
    ({"detail": {"tags": ["c"]}}, False),
    ({"detail": {"count": [5]}}, True),
    ({"detail": {"count": ["5"]}}, False),
    ({"detail": {"ok": [True]}}, True),
    ({"detail": {"nothing": [None]}}, True),
    ({"detail": {"channel": [{"exists": True}]}}, True),
    ({"detail": {"channel": [{"exists": False}]}}, False),
    ({"detail": {"missing": [{"exists": False}]}}, True),
    ({"detail": {"channel": [{"prefix": "em"}]}}, True),
    ({"detail": {"channel": [{"prefix": "m"}]}}, False),
    ({"detail": {"channel": [{"anything-but": ["sms"]}]}}, True),
    ({"detail": {"channel": [{"anything-but": ["email"]}]}}, False),
    ({"detail": {"count": [{"numeric": [">", 4, "<=", 5]}]}}, True),
    ({"detail": {"count": [{"numeric": [">", 5]}]}}, False),
]


@pytest.mark.parametrize(("pattern", "is_match"), PATTERNS, ids=lambda value: str(value)[:60])
def test_a_pattern_matches_what_it_names(pattern: dict[str, Any], is_match: bool) -> None:
    check(pattern)
    assert matches(pattern, ENTRY) is is_match


def test_moto_says_the_same_of_every_pattern() -> None:
    for pattern, is_match in PATTERNS:
        assert EventPattern.load(orjson.dumps(pattern).decode()).matches_event(ENTRY) is is_match, pattern


@pytest.mark.parametrize(
    "pattern",
    [
        {"detail": {"a": [{"wildcard": "*"}]}}, {"$or": [{"a": ["b"]}]}, {"detail": {"a": [{"cidr": "10.0.0.0/24"}]}},
        {"detail": {"a": [{"anything-but": {"prefix": "x"}}]}},
    ],
)  # fmt: skip
def test_an_operator_that_is_not_simulated_is_said_when_the_rule_is_made(
    account: Account, pattern: dict[str, Any]
) -> None:
    bus = account.events.create("bus")
    with pytest.raises(NotImplementedError, match="event pattern"):
        bus.rule("r", pattern, [])


def put(*details: str, detail_type: str = "Event") -> list[Any]:
    entries: Any = [
        {"EventBusName": "bus", "Source": "headrace", "DetailType": detail_type, "Detail": detail}
        for detail in details
    ]
    return client("events").put_events(Entries=entries)["Entries"]


def test_a_target_gets_the_entry_in_its_envelope(account: Account) -> None:
    queue = account.sqs.create("q")
    account.events.create("bus").rule("r", {"detail-type": ["Event"]}, [Target(queue.arn)])
    [published] = put('{"a": 1.50}')
    put('{"a": 2}', detail_type="Other")
    [message] = queue.messages()
    assert orjson.loads(message.body) == {
        "version": "0", "id": published["EventId"], "detail-type": "Event", "source": "headrace",
        "account": "123456789012", "time": "2026-11-21T12:00:00Z", "region": "us-east-1", "resources": [],
        "detail": {"a": 1.5},
    }  # fmt: skip


def test_a_rule_that_is_off_delivers_nothing_and_each_that_is_on_delivers(account: Account) -> None:
    one, two = account.sqs.create("one"), account.sqs.create("two")
    bus = account.events.create("bus")
    pattern = {"source": ["headrace"]}
    bus.rule("both", pattern, [Target(one.arn), Target(two.arn)])
    bus.rule("again", pattern, [Target(one.arn)])
    bus.rule("off", pattern, [Target(one.arn)], enabled=False)
    put("{}")
    assert (len(one.messages()), len(two.messages())) == (2, 1)


def test_whoever_delivers_may_wait_or_deliver_twice(account: Account) -> None:
    queue = account.sqs.create("q")
    account.events.create("bus").rule("r", {"source": ["headrace"]}, [Target(queue.arn)])
    kept: list[Delivery] = []
    account.events.deliver = kept.append
    put('{"n":1}', '{"n":2}')
    assert queue.messages() == []
    for one in [*kept, kept[0]]:
        account.events.send(one)
    assert [orjson.loads(one.body)["detail"]["n"] for one in queue.messages()] == [1, 2, 1]


def test_an_entry_that_is_not_taken_is_named_and_not_delivered(account: Account, meddling: Meddling) -> None:
    queue = account.sqs.create("q")
    account.events.create("bus").rule("r", {"source": ["headrace"]}, [Target(queue.arn)])
    meddling.untaken = {1}
    outcomes = put('{"n":1}', '{"n":2}', "[]", "{", "")
    assert [one.get("ErrorCode") for one in outcomes] == [
        None, "ThrottlingException", "MalformedDetail", "MalformedDetail", "InvalidArgument"
    ]  # fmt: skip
    assert len(queue.messages()) == 1


def test_what_cannot_be_delivered_is_a_dead_letter_that_says_why(account: Account) -> None:
    dead = account.sqs.create("dead")
    gone = Target("arn:aws:sqs:us-east-1:123456789012:gone", dead.arn)
    account.events.create("bus").rule("r", {"source": ["headrace"]}, [gone])
    put("{}")
    [letter] = dead.messages()
    assert letter.attributes["ERROR_CODE"]["StringValue"] == "QUEUE_NOT_FOUND"
    assert letter.attributes["TARGET_ARN"]["StringValue"] == gone.arn
    assert letter.attributes["RULE_ARN"]["StringValue"] == "arn:aws:events:us-east-1:123456789012:rule/bus/r"


def test_rules_are_listed_as_the_command_lists_them(account: Account) -> None:
    bus = account.events.create("bus")
    bus.rule("b", {"detail": {"channel": ["sms"]}, "detail-type": ["X"]}, [Target("arn:q", "arn:dead")])
    bus.rule("a", {"source": ["s"]}, [], enabled=False)
    one, two = rules("bus")
    assert (one.name, one.is_enabled, two.channels, two.detail_types) == ("a", False, ("sms",), ("X",))
    assert [(target.arn, target.dead_letters) for target in two.targets] == [("arn:q", "arn:dead")]
    assert [rule.name for rule in rules("bus", "b")] == ["b"]
