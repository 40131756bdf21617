"""The event source mappings of functions: the streams and queues that Lambda reads for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing

PASSING = frozenset({"Creating", "Enabling", "Updating"})
"""States in which a mapping will be on in a minute."""


class EventSource(NamedTuple):
    """`state` is `Enabled`, `Disabled`, `Creating`, …; `result` is Lambda's text for the last batch: `OK`,
    `No records processed`, `PROBLEM: …`. `service` is `kinesis`, `sqs` or `dynamodb`."""

    function: str
    service: str
    state: str
    result: str
    id: str


def event_sources(functions: Collection[str]) -> list[EventSource]:
    """The event sources of the functions with these names, sorted by name. Raises Unavailable.

    This lists all mappings of the account, because Lambda needs the alias of a mapping to list those of one function.
    """
    with unavailable_when_failing():
        pages = client("lambda").get_paginator("list_event_source_mappings").paginate()
        found = [one for page in pages for one in page["EventSourceMappings"]]
    return sorted(
        EventSource(
            function=name,
            service=(one.get("EventSourceArn", "").split(":") + [""] * 3)[2],
            state=one.get("State", ""),
            result=one.get("LastProcessingResult", ""),
            id=one.get("UUID", ""),
        )
        for one in found
        if (name := _function(one.get("FunctionArn", ""))) in functions
    )


def off(found: Sequence[EventSource]) -> list[EventSource]:
    """Those through which nothing comes."""
    return [one for one in found if one.state != "Enabled" and one.state not in PASSING]


def missing(found: Sequence[EventSource], expected: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
    """Function and service where there is no mapping. `expected`: the services from which each function takes work."""
    there = {(one.function, one.service) for one in found}
    return [
        (function, service)
        for function, services in expected.items()
        for service in services
        if (function, service) not in there
    ]


def failing(found: Sequence[EventSource]) -> list[EventSource]:
    """Those that are on and whose last batch failed, or which may not read any more."""
    return [one for one in found if one not in off(found) and one.result.startswith("PROBLEM")]


def _function(arn: str) -> str:
    """The name in `arn:aws:lambda:<region>:<account>:function:<name>`, which may end in an alias."""
    parts = arn.split(":")
    return parts[6] if len(parts) > 6 else ""
