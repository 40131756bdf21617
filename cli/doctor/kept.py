"""What the workspace's own people and events have left to look at: nothing of it is the stack's fault. Whoever looks
for a mistake looks here first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cli.doctor.examination import Examination, Probe
from cli.doctor.finding import Finding, attention, is_forbidden, ok, unexamined
from shared.failures import Unavailable
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import Status
from shared.rejected import RejectedEvent

SECONDS = 60
WITHIN = timedelta(hours=24)
MOST = 1000
"""Of each that are read: a row of a table says how many there are, not each of them."""


def probes() -> list[Probe]:
    return [Probe("rejected events", rejected, SECONDS), Probe("failed messages", failed, SECONDS)]


def rejected(examination: Examination) -> Finding:
    try:
        return of_rejected(examination.rejected.latest(MOST, datetime.now(UTC) - WITHIN))
    except Unavailable as error:
        return _unseen(error)


def failed(examination: Examination) -> Finding:
    try:
        return of_messages(examination.messages.latest(MOST, datetime.now(UTC) - WITHIN))
    except Unavailable as error:
        return _unseen(error)


def _unseen(error: Unavailable) -> Finding:
    """They are people's: CI's policy does not show them, and the stack is no worse for it. Raises any other failure."""
    if not is_forbidden(str(error)):
        raise error
    return unexamined("whoever runs this may not read them")


def of_rejected(events: Sequence[RejectedEvent]) -> Finding:
    """They were refused as the workspace says: fine as far as the stack goes."""
    waiting = Counter(event.reasons[0].code.value for event in events if event.replayed_at is None)
    if not waiting:
        return ok("none in 24 hours")
    return ok(f"{_counted(waiting, len(events))} in 24 hours, kept: `headrace rejected list`")


def of_messages(messages: Sequence[LoggedMessage]) -> Finding:
    unsent = Counter(
        str(message.reason or message.status)
        for message in messages
        if message.status in (Status.FAILED, Status.UNCERTAIN)
    )
    if not unsent:
        return ok("none in 24 hours")
    return attention(
        f"{_counted(unsent, len(messages))} in 24 hours",
        "`headrace messages` shows the reason of each.",
    )


def _counted(by_reason: Counter[str], looked_at: int) -> str:
    """`3: template_value_missing (2), no_address (1)`."""
    at_least = "at least " if looked_at >= MOST else ""
    return f"{at_least}{by_reason.total()}: " + ", ".join(
        f"{reason} ({count})" for reason, count in by_reason.most_common()
    )
