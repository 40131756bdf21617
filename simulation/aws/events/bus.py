"""The buses of an account: their rules, and what those hand to their targets.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from simulation.aws.calls import (
    ACCOUNT,
    REGION,
    Answer,
    AwsError,
    Call,
    Untaken,
    arn,
    only,
    unknown_operation,
)
from simulation.aws.events import entries, patterns
from simulation.aws.sqs.limits import refused_message
from simulation.aws.sqs.queues import Queues


class Target(NamedTuple):
    """The ARNs of a queue, and of the queue for what cannot be delivered to it."""

    arn: str
    dead_letters: str | None = None


@dataclass
class Rule:
    name: str
    pattern: Mapping[str, Any]
    targets: Sequence[Target]
    enabled: bool = True

    def __post_init__(self) -> None:
        patterns.check(self.pattern)


class Delivery(NamedTuple):
    """What a target is to get: the entry in its envelope, as SQS has it in a message's body."""

    bus: str
    rule: Rule
    target: Target
    envelope: bytes


class Bus:
    def __init__(self, name: str) -> None:
        self.name = name
        self.rules: dict[str, Rule] = {}

    def rule(
        self, name: str, pattern: Mapping[str, Any], targets: Sequence[Target], *, enabled: bool = True
    ) -> Rule:
        """Raises NotImplementedError for an operator that is not simulated."""
        self.rules[name] = Rule(name, pattern, targets, enabled)
        return self.rules[name]


class Buses:
    """`shared.aws.streams.bus` and `shared.aws.stack.rules` ask it. `deliver` is called for each target of each rule
    that matches; until it is set, queues get the entry at once, once."""

    def __init__(
        self, *, now: Callable[[], float], draw: random.Random, untaken: Untaken, queues: Queues
    ) -> None:
        self._now, self._draw, self._untaken, self._queues = now, draw, untaken, queues
        self._buses: dict[str, Bus] = {}
        self.deliver: Callable[[Delivery], None] = self.send
        self.heard: list[Callable[[Mapping[str, Any], Mapping[str, Any]], object]] = []
        """Called with each entry that a bus takes, and its detail: what a rule of an operator's would be given."""

    def create(self, name: str) -> Bus:
        self._buses[name] = Bus(name)
        return self._buses[name]

    def __getitem__(self, name: str) -> Bus:
        return self._buses[name]

    def answer(self, call: Call) -> Answer:
        match call.operation:
            case "PutEvents":
                only(call, frozenset({"Entries"}))
                return entries.put(call, self.take, self._untaken)
            case "ListRules":
                only(call, frozenset({"EventBusName", "NamePrefix"}))
                return self._list(call.asked)
            case "ListTargetsByRule":
                return self._targets(call.asked)
        raise unknown_operation(call)

    def send(self, delivery: Delivery) -> None:
        """Put the entry into the target's queue; into its dead-letter queue if SQS refuses it."""
        name = delivery.target.arn.rpartition(":")[2]
        body = delivery.envelope.decode()
        if name not in self._queues:
            self.give_up(delivery, "QUEUE_NOT_FOUND", "The specified queue does not exist.")
        elif (refusal := refused_message(body, {}, None)) is not None:
            self.give_up(delivery, refusal.code, refusal.message)
        else:
            self._queues[name].send(body)

    def give_up(self, delivery: Delivery, code: str, message: str) -> None:
        """Put the entry into the target's dead-letter queue; without one it is lost.
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""
        if delivery.target.dead_letters is None:
            return
        texts = {
            "RULE_ARN": arn("events", f"rule/{delivery.bus}/{delivery.rule.name}"),
            "TARGET_ARN": delivery.target.arn,
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message,
        }
        self._queues[delivery.target.dead_letters.rpartition(":")[2]].send(
            delivery.envelope.decode(),
            {name: {"DataType": "String", "StringValue": text} for name, text in texts.items() if text},
        )

    def take(self, entry: dict[str, Any], detail: dict[str, Any]) -> str:
        """Deliver an entry to the targets of the rules that match it. Its id."""
        made = str(uuid.UUID(int=self._draw.getrandbits(128), version=4))
        bus = self._buses.get(entry.get("EventBusName", "default").rpartition("/")[2])
        if bus is not None:  # entries for a bus that is not there are lost without a word
            for hear in self.heard:
                hear(entry, detail)
            self._match(bus, entry, detail, made)
        return made

    def _match(self, bus: Bus, entry: dict[str, Any], detail: dict[str, Any], id: str) -> None:
        fields = {
            "version": "0",
            "id": id,
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": ACCOUNT,
            "time": f"{datetime.fromtimestamp(int(self._now()), UTC):%Y-%m-%dT%H:%M:%SZ}",
            "region": REGION,
            "resources": entry.get("Resources", []),
            "detail": detail,
        }
        envelope = b""
        for rule in list(bus.rules.values()):
            if rule.enabled and patterns.matches(rule.pattern, fields):
                envelope = envelope or orjson.dumps({**fields, "detail": orjson.Fragment(entry["Detail"])})
                for target in rule.targets:
                    self.deliver(Delivery(bus.name, rule, target, envelope))

    def _list(self, asked: dict[str, Any]) -> Answer:
        prefix = asked.get("NamePrefix", "")
        rules = [
            {
                "Name": rule.name,
                "Arn": arn("events", f"rule/{asked['EventBusName']}/{rule.name}"),
                "EventPattern": orjson.dumps(rule.pattern).decode(),
                "State": "ENABLED" if rule.enabled else "DISABLED",
                "EventBusName": asked["EventBusName"],
            }
            for rule in self._bus(asked["EventBusName"]).rules.values()
            if rule.name.startswith(prefix)
        ]
        return {"Rules": rules}

    def _targets(self, asked: dict[str, Any]) -> Answer:
        rule = self._bus(asked["EventBusName"]).rules.get(asked["Rule"])
        if rule is None:
            raise AwsError("ResourceNotFoundException", f"Rule {asked['Rule']} does not exist")
        return {
            "Targets": [
                {"Id": f"Target{position}", "Arn": one.arn}
                | ({"DeadLetterConfig": {"Arn": one.dead_letters}} if one.dead_letters else {})
                for position, one in enumerate(rule.targets)
            ]
        }

    def _bus(self, name: str) -> Bus:
        found = self._buses.get(name)
        if found is None:
            raise AwsError("ResourceNotFoundException", f"Event bus {name} does not exist.")
        return found
