"""Messages that were requested and that `send` has not logged yet: in its queues, or among its dead letters.

Dead letters are read, and each stands for the message that it names. Queues are only counted: to receive a message is
one of the few tries that it has, and whoever only looks must not take one.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field

import orjson

from cli.dead_letters.places import SQS, Holds, places
from cli.stacks import Stack
from shared.aws.queues.dead_letter_queues import each
from shared.aws.queues.queue_depth import depth
from shared.bus_entries import MessageRequested

MOST = 20_000
"""Dead letters that are read, of each queue."""


@dataclass(slots=True)
class InQueues:
    """`queued` is how many wait for `send`, as SQS estimates it. `dead` are the ids of messages that are dead letters.
    `unreadable` dead letters are no request for a message; `unread` ones somebody else holds, or are too many."""

    queued: int = 0
    dead: set[str] = field(default_factory=set)
    unreadable: int = 0
    unread: int = 0


def read(stack: Stack) -> InQueues:
    """Nothing is taken out. Raises Unavailable."""
    of_messages = [place for place in places(stack) if place.holds is Holds.MESSAGES]
    dead = dict.fromkeys(place.at for place in of_messages)
    queues = dict.fromkeys(
        f"{place.at.rpartition('/')[0]}/{arn.rpartition(':')[2]}"
        for place in of_messages
        for arn in place.leads_to
        if arn.startswith(SQS)
    )
    found = InQueues(sum(depth(url).waiting for url in queues if url not in dead))
    for url in dead:
        there = depth(url).waiting
        with closing(each(url, MOST)) as letters:
            seen = _count(found, (letter.body for letter in letters))
        found.unread += max(0, there - seen)
    return found


def _count(found: InQueues, bodies: Iterable[str]) -> int:
    seen = 0
    for body in bodies:
        seen += 1
        message = requested(body)
        if message is None:
            found.unreadable += 1
        else:
            found.dead.add(message)
    return seen


def requested(body: str) -> str | None:
    """The id of the message that an entry of the bus requests; None for what is no such entry."""
    try:
        return MessageRequested.model_validate(orjson.loads(body)["detail"]).id
    except (ValueError, KeyError, TypeError):
        return None
