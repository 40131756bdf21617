"""Where a stack puts what could not be done, by the names people know: a queue for each kind of work, and a bucket."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cli.problem import Problem
from cli.stacks import Stack, name_of
from shared.aws.queues import queue_contents
from shared.aws.stack.route_rules import RouteRule, bus_rules
from shared.bus_entries import EventBatch, MessageRequested
from shared.failures import Unavailable

PROCESS, GIVEN_UP, ARCHIVE, TEE = "process", "given-up", "archive", "tee"
SQS = "arn:aws:sqs:"


class Holds(StrEnum):
    RECORDS = "records of the stream whose content failed"
    BATCHES = "batches of the stream that failed until it was about to delete them"
    ROWS = "events, and rejected events, that the lake lacks"
    MESSAGES = "messages that were not sent"
    REQUESTS = "requests that were not forwarded to their vendor"
    ENTRIES = "entries that a route could not deliver, or that their reader could not process"


@dataclass(frozen=True)
class Place:
    """`names` are what `retry` takes; `at` is a queue's URL, or the bucket's name. `leads_to` are ARNs: the queues
    that its dead letters came from, and targets of rules that are none. `problem` says why we may not look into it."""

    names: tuple[str, ...]
    holds: Holds
    at: str
    leads_to: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def name(self) -> str:
        return ", ".join(self.names)

    @property
    def is_bucket(self) -> bool:
        return self.holds is Holds.BATCHES


def places(stack: Stack) -> list[Place]:
    """In the order of an event's path, routes last. Raises Unavailable."""
    return [
        Place((PROCESS,), Holds.RECORDS, stack["DeadLetterQueueUrl"]),
        Place((GIVEN_UP,), Holds.BATCHES, stack["GivenUpBucket"]),
        Place((TEE,), Holds.REQUESTS, stack["TeeDeadLetterQueueUrl"], (_arn(stack["TeeQueueUrl"]),)),
        *_of_rules(bus_rules(stack["BusName"])),
    ]


def chosen(name: str, of: Iterable[Place], stage: str) -> list[Place]:
    """Those of that name, or whose queue the alarm of that name watches. Raises Problem."""
    found = list(of)
    wanted = name.lower().removeprefix(f"{name_of(stage)}-")
    named = [place for place in found if wanted in {one.lower() for one in place.names}]
    watched = [place for place in found if "deadletters" in wanted and wanted in place.at.lower()]
    if named or watched:
        return named or watched
    names = {one.lower(): one for place in found for one in place.names}
    close = difflib.get_close_matches(wanted, names, n=1)
    raise Problem(
        f"There are no dead letters with the name {name}",
        f"Did you mean {names[close[0]]}?" if close else f"There are: {', '.join(names.values())}.",
    )


def _of_rules(rules: Iterable[RouteRule]) -> Iterator[Place]:
    """A queue of dead letters may be that of several rules, or targets."""
    by_queue: dict[str, list[tuple[RouteRule, str]]] = {}
    problems: dict[str, str] = {}
    for rule in rules:
        for target in rule.targets:
            beside = [target.dead_letters]
            if target.arn.startswith(SQS):
                try:
                    beside.append(queue_contents.queue(target.arn).dead_letters)
                except Unavailable as error:  # it is gone, or another account's that does not let us look
                    problems[target.arn] = str(error)
            for arn in dict.fromkeys(one for one in beside if one):
                by_queue.setdefault(arn, []).append((rule, target.arn))
    for arn, of in by_queue.items():
        names = tuple(dict.fromkeys(_name(rule) for rule, _ in of))
        leads_to = tuple(dict.fromkeys(target for _, target in of))
        try:
            url, problem = queue_contents.queue(arn).url, None
        except Unavailable as error:
            url, problem = arn, str(error)
        yield Place(names, _holds(of[0][0]), url, leads_to, problem)


def _name(rule: RouteRule) -> str:
    if EventBatch.detail_type in rule.types:
        return ARCHIVE
    if MessageRequested.detail_type in rule.types:
        return f"send-{rule.detail.get('channel', ['all'])[0]}"
    return rule.name


def _holds(rule: RouteRule) -> Holds:
    if EventBatch.detail_type in rule.types:
        return Holds.ROWS
    return Holds.MESSAGES if MessageRequested.detail_type in rule.types else Holds.ENTRIES


def _arn(url: str) -> str:
    """Raises Unavailable."""
    return queue_contents.arn(url)
