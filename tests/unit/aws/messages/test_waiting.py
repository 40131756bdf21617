"""The message log on moto and the fake: what waits, and why."""

from __future__ import annotations

from shared.messaging.messages import Status, Why
from shared.ports.messages import Messages
from tests.unit.aws.messages.one_message import LATER, NOW, claim, only, record, release, request


def test_a_message_that_waits_unclaimed_says_why(log: Messages) -> None:
    log.wait(request(), reason=Why.RATE_LIMITED, at=NOW)
    log.wait(request(), reason=Why.RECEIVER_SLOW, at=LATER)

    found = only(log)
    assert (found.status, found.reason, found.attempts) == (Status.WAITING, Why.RECEIVER_SLOW, 0)
    assert (found.updated_at, found.claimed_until, found.to) == (LATER, None, None)
    assert log.find("m1") == found
    assert claim(log, request()) is None


def test_what_is_claimed_or_decided_does_not_wait(log: Messages) -> None:
    claim(log, request())
    log.wait(request(), reason=Why.RATE_LIMITED, at=LATER)
    assert only(log).status is Status.REQUESTED

    record(log, request(), Status.SENT)
    log.wait(request(), reason=Why.RATE_LIMITED, at=LATER)
    assert only(log).status is Status.SENT


def test_a_waiting_message_keeps_its_attempts_and_its_address(log: Messages) -> None:
    claim(log, request())
    release(log, request())
    log.wait(request(), reason=Why.RATE_LIMITED, at=LATER)
    assert (only(log).attempts, only(log).to) == (1, "+15550100")

    log.decline(request(), status=Status.EXPIRED, reason=Why.WAITED_TOO_LONG, to=None, at=LATER)
    assert (only(log).attempts, only(log).to) == (1, "+15550100")


def test_faults_are_counted_whatever_the_message_stands_at(log: Messages) -> None:
    assert [log.fault(request(), at=NOW) for _ in range(2)] == [1, 2]
    assert (only(log).status, only(log).reason, only(log).attempts) == (Status.WAITING, Why.FAULT, 0)

    claim(log, request())
    record(log, request(), Status.SENT)
    assert log.fault(request(), at=LATER) == 3
    assert only(log).status is Status.SENT
