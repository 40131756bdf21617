"""What became of the messages that campaigns requested: each is in the message log, or still in its queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

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


def outcomes(
    balance: Balance,
    read: Callable[[Iterable[str]], Mapping[str, LoggedMessage]],
    queues_hold: Callable[[], int],
    settled: datetime,
    now: datetime,
) -> dict[Shop, Triggered]:
    """`read` finds messages by their ids; `queues_hold` counts those that wait in queues, dead letters too. What was
    requested after `settled` may be in none yet."""
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
        status, reason = standing(logged[message], now)
        if status in SENT:
            of.sent += 1
        elif status in WAITING:
            of.waiting += 1
        else:
            of.dropped[reason or status] += 1
    may_wait = queues_hold() if unlogged else 0
    for at, of, message in sorted(unlogged, reverse=True, key=lambda one: (one[0], one[2])):
        if at >= settled:
            of.waiting += 1
        elif may_wait > 0:
            of.waiting += 1
            may_wait -= 1
        else:
            of.missing.append(message)
    return made
