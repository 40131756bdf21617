"""The doctor mentions what was rejected and what was not sent, by reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.doctor import kept
from cli.doctor.finding import State, ok, unexamined
from cli.doctor.registry import probes
from cli.doctor.running import examine
from shared.failures import Unavailable
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import Status, Why
from shared.plan.reasons import Code
from shared.rejected import RejectedEvent, RejectedReason
from tests.fakes.examined_stack import ExaminedStack, examination

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def rejected(code: Code, replayed_at: datetime | None = None) -> RejectedEvent:
    return RejectedEvent(
        id="r-0", request="r", index=0, event_id=None, name=None, user_id=None, anonymous_id=None, source="shop",
        protocol="twilio_segment", received_at=NOON, replayed_at=replayed_at,
        reasons=(RejectedReason(code=code, field="", message=""),),
    )  # fmt: skip


def message(status: Status, reason: Why | None = None) -> LoggedMessage:
    return LoggedMessage("m", "user:u1", "c", "email", "e", "E", status, reason, None, None, NOON, None, NOON)


@pytest.mark.parametrize(
    ("events", "detail"),
    [
        ([], "none in 24 hours"),
        ([rejected(Code.UNKNOWN_EVENT, replayed_at=NOON)], "none in 24 hours"),
        (
            [rejected(Code.UNKNOWN_EVENT), rejected(Code.WRONG_TYPE), rejected(Code.UNKNOWN_EVENT)],
            "3: unknown_event (2), wrong_type (1) in 24 hours, kept: `headrace rejected list`",
        ),
        (
            [rejected(Code.UNKNOWN_EVENT)] * kept.MOST,
            "at least 1000: unknown_event (1000) in 24 hours, kept: `headrace rejected list`",
        ),
    ],
)
def test_rejected_events_are_mentioned_and_are_not_the_stacks_fault(
    events: list[RejectedEvent], detail: str
) -> None:
    assert kept.of_rejected(events) == ok(detail)


@pytest.mark.parametrize("fine", [Status.SENT, Status.DELIVERED, Status.WAITING, Status.SKIPPED])
def test_messages_that_failed_want_a_look(fine: Status) -> None:
    assert kept.of_messages([message(fine)]).state is State.OK

    missing = message(Status.FAILED, Why.TEMPLATE_VALUE_MISSING)
    found = kept.of_messages([missing, message(fine), missing, message(Status.UNCERTAIN)])
    assert (found.state, found.detail) == (
        State.ATTENTION,
        "3: template_value_missing (2), uncertain (1) in 24 hours",
    )
    assert "headrace messages" in found.do


def test_both_are_read_from_the_stack_and_a_laptop_is_asked_for_no_quota() -> None:
    asked = [
        *kept.probes(),
        *(probe for probe in probes(with_message=False) if probe.name == "Lambda concurrency"),
    ]
    with examination(ExaminedStack()) as examined:
        found = examine(asked, examined)

    assert [one.finding.state for one in found] == [State.OK] * 3
    assert "no quota" in found[2].finding.detail


class Refusing:
    """A log of which AWS says this."""

    def __init__(self, words: str) -> None:
        self._words = words

    def latest(self, _limit: int, _since: datetime) -> list[RejectedEvent]:
        raise Unavailable(self._words)


def test_whoever_may_not_read_them_sees_a_stack_that_is_no_worse_for_it() -> None:
    with examination(ExaminedStack(), rejected=Refusing("AccessDeniedException: dynamodb:Query")) as examined:
        assert kept.rejected(examined) == unexamined("whoever runs this may not read them")
    with examination(
        ExaminedStack(), messages=Refusing("not authorized to perform: dynamodb:Query")
    ) as examined:
        assert kept.failed(examined) == unexamined("whoever runs this may not read them")
    with (
        examination(ExaminedStack(), rejected=Refusing("ResourceNotFoundException")) as examined,
        pytest.raises(Unavailable),
    ):
        kept.rejected(examined)


def test_only_the_last_day_is_looked_at() -> None:
    class Log:
        since: datetime | None = None

        def latest(self, limit: int, since: datetime) -> list[RejectedEvent]:
            assert limit == kept.MOST
            self.since = since
            return []

    log = Log()
    with examination(ExaminedStack(), rejected=log) as examined:
        kept.rejected(examined)

    assert log.since is not None
    assert abs(datetime.now(UTC) - timedelta(hours=24) - log.since) < timedelta(minutes=1)
