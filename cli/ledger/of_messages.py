"""What became of the messages that campaigns requested: each is in the message log, or still in its queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cli.ledger.in_queues import InQueues
from shared.ledger.balance import Balance
from shared.ledger.lines import Shop
from shared.messaging.message_log import LoggedMessage, standing
from shared.messaging.messages import Status

MOST = 20_000
"""Messages that are looked up, the latest first."""

SENT = (Status.SENT, Status.DELIVERED)
WAITING = (Status.REQUESTED, Status.WAITING)


@dataclass(slots=True)
class Triggered:
    """Of one campaign and hour. `dropped` is by reason; `missing` are ids."""

    triggered: int = 0
    sent: int = 0
    waiting: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outcomes:
    """`queues` is what was found in them, if they were looked into."""

    campaigns: dict[Shop, Triggered] = field(default_factory=dict)
    queues: InQueues = field(default_factory=InQueues)


def outcomes(
    balance: Balance,
    read: Callable[[Iterable[str]], Mapping[str, LoggedMessage]],
    look_into_queues: Callable[[], InQueues],
    settled: datetime,
    now: datetime,
) -> Outcomes:
    """`read` finds messages by their ids; `look_into_queues` is asked only if some are not logged. A dead letter stands
    for the message that it names, one in a queue for any. What was requested after `settled` may be in none yet.

    What is in neither is read once more: it may have been in a queue when the log was read, and sent before the queues
    were looked into.
    """
    every = [(at, shop, message) for shop, ids in balance.messages.items() for message, at in ids.items()]
    latest = sorted(every, reverse=True)[:MOST]
    logged = read([message for _, _, message in latest]) if latest else {}
    made: dict[Shop, Triggered] = {}
    unlogged = []
    for at, shop, message in latest:
        of = made.setdefault(shop, Triggered())
        of.triggered += 1
        if message not in logged:
            unlogged.append((at, of, message))
            continue
        _count(of, logged[message], now)
    queues = look_into_queues() if unlogged else InQueues()
    may_wait = queues.queued
    if sum(at < settled and message not in queues.dead for at, _, message in unlogged) > may_wait:
        logged = read([message for _, _, message in unlogged])
        for _, of, message in unlogged:
            if message in logged:
                _count(of, logged[message], now)
        unlogged = [one for one in unlogged if one[2] not in logged]
    for at, of, message in sorted(unlogged, reverse=True, key=lambda one: (one[0], one[2])):
        if at >= settled or message in queues.dead:
            of.waiting += 1
        elif may_wait > 0:
            of.waiting += 1
            may_wait -= 1
        else:
            of.missing.append(message)
    return Outcomes(made, queues)


def _count(of: Triggered, logged: LoggedMessage, now: datetime) -> None:
    status, reason = standing(logged, now)
    if status in SENT:
        of.sent += 1
    elif status in WAITING:
        of.waiting += 1
    else:
        of.dropped[reason or status] += 1
