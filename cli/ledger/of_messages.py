"""What became of the messages that campaigns requested: each is in the message log, or still in its queue.

Which messages are in a queue nobody can say without taking one of their tries. How many are there is known: of the
messages that nobody logged so many may be waiting, and all above that are missing. Those of a queue that are logged, as
their provider was away or there was no room for them, are known, and stand for no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cli.ledger.in_queues import InQueues
from shared.ledger.balance import Balance
from shared.ledger.lines import Shop
from shared.messaging.message_log import LoggedMessage, standing
from shared.messaging.messages import Status, Why

MOST = 20_000
"""Messages that are looked up, the latest first."""

SENT = (Status.SENT, Status.DELIVERED)
WAITING = (Status.REQUESTED, Status.WAITING)

Read = Callable[[Iterable[str]], Mapping[str, LoggedMessage]]


@dataclass(slots=True)
class Triggered:
    """Of one campaign and hour: as many as all the rest. `dropped` is by reason; `missing` are ids. `unclear` ones are
    in a queue or missing; `not_looked_up` those that were requested before the latest."""

    triggered: int = 0
    sent: int = 0
    waiting: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    not_looked_up: int = 0


@dataclass(slots=True)
class Outcomes:
    """`queues` is what was found in them, if they were looked into. `room` is how many of the unclear messages may be
    there."""

    campaigns: dict[Shop, Triggered] = field(default_factory=dict)
    queues: InQueues = field(default_factory=InQueues)
    room: int = 0

    @property
    def missing_at_most(self) -> int:
        return sum(len(one.missing) + len(one.unclear) for one in self.campaigns.values())

    @property
    def missing_at_least(self) -> int:
        return max(0, self.missing_at_most - self.room)


def outcomes(
    balance: Balance,
    read: Read,
    look_into_queues: Callable[[], InQueues],
    settled: datetime,
    now: datetime,
) -> Outcomes:
    """`read` finds messages by their ids; `look_into_queues` is asked only if some are not logged. A dead letter stands
    for the message that it names. What was requested after `settled` may be in none yet."""
    every = [(at, shop, message) for shop, ids in balance.messages.items() for message, at in ids.items()]
    latest = sorted(every, reverse=True)[:MOST]
    logged = dict(read([message for _, _, message in latest])) if latest else {}
    made = Outcomes()
    if any(message not in logged and at < settled for at, _, message in latest):
        made.queues = look_into_queues()
        # again, of what has not come to its end: it may have left a queue before that was counted
        logged |= read([message for _, _, message in latest if not _has_ended(logged.get(message), now)])
        waiting = sum(_is_in_a_queue(one, now) for one in logged.values())
        made.room = max(0, made.queues.queued - waiting) + made.queues.unread
    for at, shop, message in latest:
        of = made.campaigns.setdefault(shop, Triggered())
        of.triggered += 1
        if message in logged:
            _count(logged[message], of, now)
        elif at >= settled or message in made.queues.dead:
            of.waiting += 1
        else:
            (of.unclear if made.room else of.missing).append(message)
    for shop, count in balance.requested.items():
        of = made.campaigns.setdefault(shop, Triggered())
        of.not_looked_up = max(0, count - of.triggered)
        of.triggered += of.not_looked_up
    return made


def _count(message: LoggedMessage, of: Triggered, now: datetime) -> None:
    status, reason = standing(message, now)
    if status in SENT:
        of.sent += 1
    elif status in WAITING:
        of.waiting += 1
    else:
        of.dropped[reason or status] += 1


def _has_ended(message: LoggedMessage | None, now: datetime) -> bool:
    return message is not None and standing(message, now)[0] not in WAITING


def _is_in_a_queue(message: LoggedMessage, now: datetime) -> bool:
    status, reason = standing(message, now)
    return status in WAITING and reason is not Why.DEAD_LETTERED
