"""The stack as it is synthesised, as far as it decides how events go through it: written by `infra.topology`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from simulation.aws.account import Account
from simulation.aws.calls import arn
from simulation.aws.dynamodb.index import Index
from simulation.aws.events.bus import Target

FILE = Path(__file__).with_name("topology.json")
GIVEN = re.compile(r"\$\{([a-z]+)-[a-z]+:([^}]+)\}")
"""What AWS gives: a queue's URL, a secret's ARN."""

Described = Mapping[str, Any]


@cache
def topology() -> Described:
    described: Described = orjson.loads(FILE.read_bytes())
    return described


def build(account: Account, shards: int, secrets: Mapping[str, str]) -> dict[str, str]:
    """Make everything that holds something, and the rules. `secrets` are the texts of the stack's secrets by name.
    Returns what AWS gives: queues' URLs and secrets' ARNs, by `kind:name`."""
    described = topology()
    for name, table in described["tables"].items():
        account.dynamodb.create(
            name,
            sort_key=table["sort"],
            indexes={
                index: Index(of["partition"], of["sort"], all=of["all"])
                for index, of in table["indexes"].items()
            },
            expires=table["expires"],
            stream=table["stream"],
        )
    for name, queue in described["queues"].items():
        account.sqs.create(
            name,
            visibility=queue["visibility"],
            retention=timedelta(seconds=int(queue["retention"])),
            delay=queue["delay"],
            dead_letters=_name(queue["dead_letters"]),
            most_receives=queue["receives"],
            policy=orjson.dumps({"Statement": queue["policy"]}).decode(),
        )
    for name, stream in described["streams"].items():
        account.kinesis.create(name, shards=shards, retention=timedelta(hours=stream["hours"]))
    for name in described["buckets"]:
        account.s3.create(name)
    for name in described["deliveries"]:
        account.firehose.create(name)
    given = {f"queue:{name}": account.sqs[name].url for name in described["queues"]}
    for name in described["secrets"]:
        given[f"secret:{name}"] = account.secrets.create(name, secrets[name])
    for name in described["buses"]:
        account.events.create(name)
    for name, rule in described["rules"].items():
        targets = [_target(target) for target in rule["targets"]]
        account.events[rule["bus"]].rule(name, rule["pattern"], targets, enabled=rule["enabled"])
    return given


def variables(function: Described, given: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of a function, with what AWS gave."""
    return {
        name: GIVEN.sub(lambda found: given[f"{found[1]}:{found[2]}"], value)
        for name, value in function["environment"].items()
    }


def _target(target: Described) -> Target:
    dead_letters = _name(target["dead_letters"])
    return Target(arn("sqs", _name(target["target"]) or ""), dead_letters and arn("sqs", dead_letters))


def _name(named: str | None) -> str | None:
    """Of `kind:name`."""
    return None if named is None else named.partition(":")[2]
