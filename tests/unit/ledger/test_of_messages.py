"""Each message that was requested is sent, dropped with a reason, or waiting; any other is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from cli.ledger.in_queues import InQueues
from cli.ledger.of_messages import Outcomes, Triggered, outcomes
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


def ended(*log: LoggedMessage, requested: Iterable[str], minutes: int = 60) -> Triggered:
    return all_of(*log, requested=requested, minutes=minutes).campaigns[SHOP]


def all_of(
    *log: LoggedMessage, requested: Iterable[str], queues: InQueues | None = None, minutes: int = 60
) -> Outcomes:
    drawn = Balance(messages={SHOP: dict.fromkeys(requested, NOON)})
    by_id = {one.id: one for one in log}
    now = NOON + timedelta(minutes=minutes)
    return outcomes(
        drawn,
        lambda ids: {one: by_id[one] for one in ids if one in by_id},
        lambda: queues or InQueues(),
        now - timedelta(minutes=10),
        now,
    )


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


@pytest.mark.parametrize(("queued", "least"), [(1, 1), (2, 0), (5, 0)])
def test_messages_of_which_some_may_be_in_a_queue_are_unclear(queued: int, least: int) -> None:
    found = all_of(requested="ab", queues=InQueues(queued))

    assert (found.campaigns[SHOP].unclear, found.campaigns[SHOP].missing) == (["b", "a"], [])
    assert (found.missing_at_least, found.missing_at_most) == (least, 2)


def test_a_logged_message_that_waits_in_the_queue_hides_no_missing_one() -> None:
    waits = logged("a", Status.WAITING, Why.RATE_LIMITED)

    found = all_of(waits, requested="ab", queues=InQueues(1))

    assert (found.campaigns[SHOP].waiting, found.campaigns[SHOP].missing) == (1, ["b"])


def test_a_logged_dead_letter_is_in_no_queue() -> None:
    dead = logged("a", Status.WAITING, Why.DEAD_LETTERED)

    assert all_of(dead, requested="ab", queues=InQueues(1)).campaigns[SHOP].unclear == ["b"]


def test_a_dead_letter_that_was_not_read_may_be_of_any_message() -> None:
    found = all_of(requested="ab", queues=InQueues(unread=1))

    assert (found.missing_at_least, found.missing_at_most) == (1, 2)


def test_what_left_its_queue_before_that_was_counted_is_looked_up_again() -> None:
    """Its entry in the log came between."""
    log: dict[str, LoggedMessage] = {}

    def look() -> InQueues:
        log["a"] = logged("a", Status.SENT)
        return InQueues()

    found = outcomes(
        Balance(messages={SHOP: {"a": NOON}}),
        lambda ids: {one: log[one] for one in ids if one in log},
        look,
        NOON + timedelta(minutes=50),
        NOON + timedelta(minutes=60),
    )

    assert (found.campaigns[SHOP].sent, found.missing_at_most) == (1, 0)


def test_what_was_not_kept_to_be_looked_up_is_counted_as_that() -> None:
    drawn = Balance(messages={SHOP: {"a": NOON}}, requested=Counter({SHOP: 3}))

    found = outcomes(drawn, lambda _: {"a": logged("a", Status.SENT)}, InQueues, NOON, NOON).campaigns[SHOP]

    assert (found.triggered, found.sent, found.not_looked_up) == (3, 1, 2)


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
