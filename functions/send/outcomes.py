"""What became of a message: recorded in the log, and brought to its end when its request comes again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.send.announcements import announce
from functions.send.channels.channel import Declined, status_of
from functions.send.pacing.pauses import MOST_ATTEMPTS
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why
from shared.ports.messages import Messages
from shared.ports.runtime import NewId
from shared.ports.streams import Stream


class TryLater(Exception):
    """The message goes back to its queue: the rate is used up, another function holds it, or its provider failed.

    It comes again after `seconds`, or later if it was not `tried`.
    """

    def __init__(self, why: str, seconds: float, *, tried: bool = False) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.tried = tried


@dataclass(frozen=True, slots=True)
class Outcomes:
    """`clock` is UTC."""

    messages: Messages
    stream: Stream
    clock: Callable[[], datetime]
    new_id: NewId

    def declined(self, request: MessageRequest, declined: Declined) -> Status:
        status = status_of(declined.why)
        standing = self.messages.decline(
            request,
            status=status,
            reason=declined.why,
            to=declined.to,
            at=self.clock(),
            detail=declined.words or None,
        )
        return status if standing is None else self.settled(request, standing)

    def settled(self, request: MessageRequest, standing: LoggedMessage) -> Status:
        """Finish a message that was handled before."""
        if standing.status in (Status.SENT, Status.DELIVERED):
            now = self.clock()
            announce(
                self.stream,
                request,
                sent_at=standing.updated_at,
                refused=(),
                now=now,
                new_id=self.new_id,
            )
        elif standing.status is Status.REQUESTED:
            if not self._nobody_knows(standing):
                raise TryLater("claimed_by_another", self._claim_left(standing), tried=True)
            return self.recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, standing.to)
        return standing.status

    def _claim_left(self, standing: LoggedMessage) -> float:
        until = standing.claimed_until or self.clock()
        return max(1.0, (until - self.clock()).total_seconds())

    def may_be_resent(self, standing: LoggedMessage) -> bool:
        return self._nobody_knows(standing) and standing.attempts < MOST_ATTEMPTS

    def _nobody_knows(self, standing: LoggedMessage) -> bool:
        """Whether the outcome is unknown: its claim has expired, now or at an earlier check."""
        if standing.status is Status.UNCERTAIN:
            return True
        until = standing.claimed_until
        return standing.status is Status.REQUESTED and until is not None and until <= self.clock()

    def recorded(
        self,
        request: MessageRequest,
        status: Status,
        reason: Why | None,
        to: str | None,
        provider_id: str | None = None,
        at: datetime | None = None,
        detail: str | None = None,
    ) -> Status:
        self.messages.record(
            request,
            status=status,
            reason=reason,
            to=to,
            provider_id=provider_id,
            at=at or self.clock(),
            detail=detail,
        )
        return status
