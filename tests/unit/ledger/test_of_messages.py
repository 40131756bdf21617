"""Each message that was requested is sent, dropped with a reason, or waiting; any other is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cli.ledger.in_queues import InQueues
from cli.ledger.of_messages import Triggered, outcomes
from shared.ledger.balance import Balance
from shared.ledger.lines import hour_of
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import Status, Why

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SHOP = ("welcome", hour_of(NOON))


def logged(message: str, status: Status, why: Why | None = None) -> LoggedMessage:
    return LoggedMessage(
        message, "user:u1", "welcome", "email", "e1", "Sign Up", status, why, None, None, NOON, None, NOON
    )


def ended(
    *log: LoggedMessage, requested: Iterable[str], queues: InQueues | None = None, minutes: int = 60
) -> Triggered:
    drawn = Balance(messages={SHOP: dict.fromkeys(requested, NOON)})
    by_id = {one.id: one for one in log}
    now = NOON + timedelta(minutes=minutes)
    found = outcomes(
        drawn,
        lambda ids: {one: by_id[one] for one in ids if one in by_id},
        lambda: queues or InQueues(),
        now - timedelta(minutes=10),
        now,
    )
    return found.campaigns[SHOP]


def test_messages_are_sent_dropped_with_a_reason_or_waiting() -> None:
    found = ended(
        logged("a", Status.SENT),
        logged("b", Status.DELIVERED),
        logged("c", Status.SKIPPED, Why.NO_ADDRESS),
        logged("d", Status.WAITING, Why.RATE_LIMITED),
        logged("e", Status.UNCERTAIN, Why.OUTCOME_UNKNOWN),
        requested="abcde",
    )

    assert (found.triggered, found.sent, found.waiting, found.missing) == (5, 2, 1, [])
    assert found.dropped == {"no_address": 1, "outcome_unknown": 1}
    assert found.triggered == found.sent + found.waiting + found.dropped.total()


def test_a_message_that_is_in_no_log_and_no_queue_is_missing() -> None:
    found = ended(logged("a", Status.SENT), requested="ab")

    assert (found.triggered, found.sent, found.missing) == (2, 1, ["b"])


def test_a_message_that_may_be_in_a_queue_waits() -> None:
    assert ended(requested="ab", queues=InQueues(1)).missing == ["a"]
    assert ended(requested="ab", queues=InQueues(2)).missing == []


def test_a_message_that_is_sent_while_one_looks_is_not_missing() -> None:
    """It is in its queue when the log is read, and in the log when the queue is looked into."""
    log: dict[str, LoggedMessage] = {}

    def look() -> InQueues:
        log["a"] = logged("a", Status.SENT)
        return InQueues()

    found = outcomes(
        Balance(messages={SHOP: {"a": NOON, "b": NOON}}),
        lambda ids: {one: log[one] for one in ids if one in log},
        look,
        NOON + timedelta(minutes=1),
        NOON + timedelta(minutes=1),
    ).campaigns[SHOP]

    assert (found.triggered, found.sent, found.missing) == (2, 1, ["b"])


def test_a_message_that_was_requested_just_now_waits() -> None:
    assert ended(requested="a", minutes=1) == Triggered(triggered=1, waiting=1)


def test_a_message_that_waited_for_too_long_is_dropped() -> None:
    found = ended(logged("a", Status.WAITING), requested="a", minutes=60 * 24 * 30)

    assert found.dropped == {"waited_too_long": 1}
