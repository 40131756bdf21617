"""One look at the stack: its rules, its consumers, its queues. What could not be looked at counts as standing still."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from functions.watch.environment import Environment
from functions.watch.stopped import stopped_consumers, stopped_rules
from functions.watch.unaccounted import unaccounted
from shared.aws.queues.queue_state import QueueState, name_of, state
from shared.aws.stack.event_sources import event_sources
from shared.aws.stack.rules import rules
from shared.failures import Unavailable
from shared.ledger.places import named


class Seen(NamedTuple):
    """`stopped`: a sentence for each thing that stands still. `dead_letters`: how many wait, by queue; none that is
    empty. `missing`: records that nobody accounts for, by their places on the stream."""

    stopped: list[str]
    dead_letters: dict[str, int]
    missing: list[str]


def look(at: Environment, now: datetime) -> Seen:
    stopped: list[str] = []
    dead_letters: dict[str, int] = {}
    checks: dict[str, Callable[[], Sequence[str]]] = {
        "the rules": lambda: stopped_rules(rules(at.bus_name)),
        "the consumers": lambda: stopped_consumers(event_sources(at.consumers), at.consumers),
    }
    for what, check in checks.items():
        try:
            stopped += check()
        except Unavailable as error:
            stopped.append(f"{what} could not be looked at: {error}")
    for url in dict.fromkeys((*at.dead_letter_queues, *at.queues_of_the_bus)):
        try:
            found = state(url)
        except Unavailable as error:
            stopped.append(f"the queue {name_of(url)} could not be looked at: {error}")
            continue
        if url in at.dead_letter_queues and found.waiting:
            dead_letters[found.name] = found.waiting
        stopped += _closed(found) if url in at.queues_of_the_bus else ()
    missing: list[str] = []
    try:
        missing = named(one.place for one in unaccounted(at.of_the_ledger, now))
    except Unavailable as error:
        stopped.append(f"the ledger could not be looked at: {error}")
    return Seen(stopped, dead_letters, missing)


def _closed(queue: QueueState) -> Iterator[str]:
    if not queue.takes_from_the_bus:
        yield f"the queue {queue.name} lets no rule in: its policy was changed"
