"""Send one message once: wait for its turn, claim it, call the provider, record the outcome, and put it on the stream.

Only the function that holds the claim may call the provider. If a claim expires, its function died and it is unknown
whether the message was sent. The message is then `uncertain`, and is sent again only if the workspace allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.send.announcements import announce
from functions.send.channels.channel import Declined, Outgoing
from functions.send.outcomes import Outcomes, TryLater
from functions.send.pacing.pace import NoRoom, Pace
from functions.send.pacing.pauses import MOST_ATTEMPTS, after_attempt
from functions.send.pacing.receivers import Receivers
from functions.send.preparation import Preparation
from shared.aws.runtime import RUNTIME
from shared.messaging.channels import Channel
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
)
from shared.ports.messages import Messages, SpendCapReached
from shared.ports.runtime import NewId
from shared.ports.streams import Stream


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends one queue's messages, with the ports that it needs."""

    preparations: Mapping[Channel, Preparation]
    messages: Messages
    stream: Stream
    pace: Pace
    receivers: Receivers
    clock: Callable[[], datetime]
    ticks: Callable[[], float]
    """Seconds that never go back."""
    new_id: NewId = RUNTIME.new_id

    @property
    def outcomes(self) -> Outcomes:
        return Outcomes(self.messages, self.stream, self.clock, self.new_id)

    def send(self, request: MessageRequest, *, begin_by: datetime, claim_until: datetime) -> Status:
        """Send the message and return its status. It waits for its turn until `begin_by`, after which there is not
        enough time. By `claim_until` this function has surely ended.

        Raises TryLater, or Unavailable if AWS is. Both leave the message in its queue.
        """
        try:
            self.preparations[request.channel].campaign(request)
            self._wait_for_room(request, begin_by)
            outgoing = self.preparations[request.channel].outgoing(request)
            self._let_rest(request, outgoing.receiver)
            return self._claimed(request, outgoing, claim_until)
        except Declined as declined:
            return self.outcomes.declined(request, declined)

    def _wait_for_room(self, request: MessageRequest, begin_by: datetime) -> None:
        try:
            self.pace.wait((begin_by - self.clock()).total_seconds())
        except NoRoom as full:
            self.messages.wait(request, reason=Why.RATE_LIMITED, at=self.clock())
            raise TryLater(Why.RATE_LIMITED, full.seconds) from full

    def _let_rest(self, request: MessageRequest, receiver: str | None) -> None:
        turn = self.receivers.turn(receiver)
        if turn > 0:
            self.messages.wait(request, reason=Why.RECEIVER_SLOW, at=self.clock())
            raise TryLater(Why.RECEIVER_SLOW, turn)

    def _claimed(self, request: MessageRequest, outgoing: Outgoing, until: datetime) -> Status:
        """Claim the message and send it, unless its status has changed. Raises Declined."""
        at = self.clock()
        standing = self._claim(request, outgoing, at, until, None)
        may_have_left = standing is not None and outgoing.resendable and self.outcomes.may_be_resent(standing)
        if may_have_left:
            standing = self._claim(request, outgoing, at, until, standing)
        if standing is not None:
            return self.outcomes.settled(request, standing)
        return self._deliver(request, outgoing, at, until, may_have_left)

    def _claim(
        self,
        request: MessageRequest,
        outgoing: Outgoing,
        at: datetime,
        until: datetime,
        instead_of: LoggedMessage | None,
    ) -> LoggedMessage | None:
        try:
            return self.messages.claim(
                request,
                to=outgoing.to,
                until=until,
                at=at,
                spend_usd=outgoing.spend_usd,
                cap_usd=outgoing.cap_usd,
                instead_of=instead_of,
            )
        except SpendCapReached as reached:
            raise Declined(Why.SPEND_CAP_REACHED, outgoing.to) from reached

    def _deliver(
        self,
        request: MessageRequest,
        outgoing: Outgoing,
        claimed_at: datetime,
        until: datetime,
        may_have_left: bool,
    ) -> Status:
        """The claim is ours: call the provider. What `may_have_left` at an attempt before stays uncertain until it is
        surely sent: an attempt that fails says nothing of that one."""
        self.pace.going()
        began = self.ticks()
        try:
            delivered = outgoing.deliver()
        except ProviderUnavailable as failure:
            raise self._given_back(request, outgoing, failure, claimed_at, may_have_left) from failure
        except ProviderRefused as failure:
            if may_have_left:
                return self.outcomes.recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, outgoing.to)
            return self.outcomes.recorded(
                request, Status.FAILED, failure.why, outgoing.to, detail=outgoing.kept(failure.words)
            )
        except OutcomeUnknown as failure:
            if outgoing.resendable:
                seconds = (until - self.clock()).total_seconds()
                raise TryLater(Why.OUTCOME_UNKNOWN, seconds, tried=True) from failure
            return self.outcomes.recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, outgoing.to)
        finally:
            self.receivers.took(outgoing.receiver, self.ticks() - began)
        self.pace.taken()
        self.receivers.taken(outgoing.receiver)
        at = self.clock()
        sent = delivered.provider_id is not None
        status, reason = (Status.SENT, None) if sent else (Status.FAILED, Why.ADDRESS_NOT_REACHABLE)
        self.outcomes.recorded(request, status, reason, outgoing.to, delivered.provider_id, at)
        announce(
            self.stream,
            request,
            sent_at=at if sent else None,
            refused=delivered.refused,
            now=at,
            new_id=self.new_id,
        )
        for token in delivered.refused:
            outgoing.forget(token)
        return status

    def _given_back(
        self,
        request: MessageRequest,
        outgoing: Outgoing,
        failure: ProviderUnavailable,
        claimed_at: datetime,
        may_have_left: bool,
    ) -> TryLater | Declined:
        """The message was surely not sent now. It waits, or has failed after too many tries."""
        tried = not isinstance(failure, ProviderThrottled | ProviderClosed)
        reason = Why.RATE_LIMITED if isinstance(failure, ProviderThrottled) else Why.PROVIDER_UNAVAILABLE
        self.messages.release(
            request,
            reason=reason,
            tried=tried,
            at=claimed_at,
            spend_usd=outgoing.spend_usd,
            may_have_left=may_have_left,
        )
        if isinstance(failure, ProviderThrottled):
            return TryLater(reason, self._throttled(outgoing.receiver, failure.seconds))
        if not tried:
            return TryLater(reason, 0)
        found = self.messages.find(request.id)
        attempts = found.attempts if found is not None else 1
        if attempts >= MOST_ATTEMPTS:
            return Declined(reason, outgoing.to)
        return TryLater(reason, after_attempt(attempts), tried=True)

    def _throttled(self, receiver: str | None, at_least: int) -> float:
        """Seconds until whoever throttles may be tried again: the provider, or one of those that the channel calls."""
        return self.pace.throttled() if receiver is None else self.receivers.throttled(receiver, at_least)
