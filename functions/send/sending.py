"""One message, sent once: wait for its turn, claim it, call the provider, record the outcome, say it on the stream.

Whoever holds the claim may call the provider, nobody else. A claim that outlives its function means that nobody knows
whether the message left: it is `uncertain`, and sent again only where the workspace allows that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from functions.send import consent
from functions.send.announcements import announce
from functions.send.channels.channel import Declined, Letter, Order, SendingChannel, status_of
from functions.send.pace import NoRoom, Pace
from functions.send.pauses import MOST_ATTEMPTS, after_attempt
from functions.send.receivers import Receivers
from shared import doctor
from shared.events import DOCTOR
from shared.identity import kind_of, value_of
from shared.messaging import refusal_words, templates
from shared.messaging.messages import LONGEST_WAIT, Channel, MessageRequest, Status, Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
)
from shared.people import lookup
from shared.ports.messages import LoggedMessage, Messages, SpendCapReached
from shared.ports.people import Profiles
from shared.ports.streams import Stream
from shared.workspace.current import CurrentWorkspace
from shared.workspace.model import Campaign, Template, Workspace


class TryLater(Exception):
    """The message goes back to its queue: there is no room for it, somebody else holds it, or its provider failed.

    It comes again after `seconds`; one that was not `tried` may come later than that.
    """

    def __init__(self, why: str, seconds: float, *, tried: bool = False) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.tried = tried


@dataclass(frozen=True, slots=True)
class Sending:
    """One channel and the ports it works on."""

    channel: Channel
    way: SendingChannel
    messages: Messages
    profiles: Profiles
    stream: Stream
    workspace: CurrentWorkspace
    pace: Pace
    receivers: Receivers
    clock: Callable[[], datetime]
    ticks: Callable[[], float]
    """Seconds that never go back."""

    def send(self, request: MessageRequest, *, begin_by: datetime, claim_until: datetime) -> Status:
        """How the message stands now. It waits for its turn until `begin_by`, after which there is no time for it;
        by `claim_until` this function is surely over.

        Raises TryLater, and Unavailable when AWS is: both leave the message to its queue.
        """
        try:
            self._campaign(request)
            self._wait_for_room(request, begin_by)
            letter = self._letter(request)
            self._let_rest(request, letter.receiver)
            return self._claimed(request, letter, claim_until)
        except Declined as declined:
            return self._declined(request, declined)

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

    def _letter(self, request: MessageRequest) -> Letter:
        """The message, ready to go. Raises Declined."""
        order = self._order(request)
        to = self.way.address(order)
        if not _is_the_doctors(request):
            refused = consent.refused(self.channel, order.person.states.consents.channels)
            if refused is not None:
                raise Declined(refused, to)
        elif to != doctor.MAILBOX:  # whoever knows the doctor's key may write to nobody
            raise Declined(Why.ADDRESS_NOT_VALID, to)
        try:
            letter = self.way.letter(order, lambda: _rendered(order))
        except Declined as declined:
            raise Declined(declined.why, to, _kept(order, to, declined.words) or "") from declined
        return replace(letter, kept=partial(_kept, order, to))

    def _campaign(self, request: MessageRequest) -> tuple[Workspace, Campaign]:
        """Raises Declined when it is gone, or the message is not worth sending any more: whether or not there is a
        workspace to be read, its queue keeps it for a day longer only."""
        if self.clock() >= request.requested_at + LONGEST_WAIT:
            raise Declined(Why.WAITED_TOO_LONG)
        workspace = self.workspace.at_least(request.workspace)
        campaign = (
            doctor.CAMPAIGN if _is_the_doctors(request) else workspace.campaign_by_id.get(request.campaign)
        )
        if campaign is None or campaign.channel != self.channel:
            raise Declined(Why.CAMPAIGN_GONE)
        if self.clock() >= request.requested_at + campaign.longest_wait:
            raise Declined(Why.WAITED_TOO_LONG)
        return workspace, campaign

    def _order(self, request: MessageRequest) -> Order:
        workspace, campaign = self._campaign(request)
        person = lookup.known_by(self.profiles, (request.person,))
        if person is None:
            raise Declined(Why.PERSON_UNKNOWN)
        template = (
            doctor.TEMPLATE if _is_the_doctors(request) else workspace.template_by_id.get(campaign.template)
        )
        if template is None:
            raise Declined(Why.TEMPLATE_FAILED, words=f"there is no template {campaign.template}")
        return Order(request, campaign, template, person, workspace.settings)

    def _claimed(self, request: MessageRequest, letter: Letter, until: datetime) -> Status:
        """Claim the message and send it, unless it stands otherwise. Raises Declined."""
        at = self.clock()
        standing = self._claim(request, letter, at, until, None)
        may_have_left = standing is not None and letter.resendable and self._may_be_resent(standing)
        if may_have_left:
            standing = self._claim(request, letter, at, until, standing)
        if standing is not None:
            return self._settled(request, standing)
        return self._deliver(request, letter, at, until, may_have_left)

    def _claim(
        self,
        request: MessageRequest,
        letter: Letter,
        at: datetime,
        until: datetime,
        instead_of: LoggedMessage | None,
    ) -> LoggedMessage | None:
        try:
            return self.messages.claim(
                request,
                to=letter.to,
                until=until,
                at=at,
                spend_usd=letter.spend_usd,
                cap_usd=letter.cap_usd,
                instead_of=instead_of,
            )
        except SpendCapReached as reached:
            raise Declined(Why.SPEND_CAP_REACHED, letter.to) from reached

    def _deliver(
        self,
        request: MessageRequest,
        letter: Letter,
        claimed_at: datetime,
        until: datetime,
        may_have_left: bool,
    ) -> Status:
        """The claim is ours: call the provider. What `may_have_left` at an attempt before stays uncertain until it is
        surely sent: an attempt that fails says nothing of that one."""
        self.pace.going()
        began = self.ticks()
        try:
            delivered = letter.deliver()
        except ProviderUnavailable as failure:
            raise self._given_back(request, letter, failure, claimed_at, may_have_left) from failure
        except ProviderRefused as failure:
            if may_have_left:
                return self._recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, letter.to)
            return self._recorded(
                request, Status.FAILED, failure.why, letter.to, detail=letter.kept(failure.words)
            )
        except OutcomeUnknown as failure:
            if letter.resendable:
                seconds = (until - self.clock()).total_seconds()
                raise TryLater(Why.OUTCOME_UNKNOWN, seconds, tried=True) from failure
            return self._recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, letter.to)
        finally:
            self.receivers.took(letter.receiver, self.ticks() - began)
        self.pace.taken()
        self.receivers.taken(letter.receiver)
        at = self.clock()
        sent = delivered.provider_id is not None
        status, reason = (Status.SENT, None) if sent else (Status.FAILED, Why.ADDRESS_NOT_REACHABLE)
        self._recorded(request, status, reason, letter.to, delivered.provider_id, at)
        announce(self.stream, request, sent_at=at if sent else None, refused=delivered.refused, now=at)
        for token in delivered.refused:
            letter.forget(token)
        return status

    def _given_back(
        self,
        request: MessageRequest,
        letter: Letter,
        failure: ProviderUnavailable,
        claimed_at: datetime,
        may_have_left: bool,
    ) -> TryLater | Declined:
        """The message surely did not leave now: it waits, or was tried so often that it has failed."""
        throttled = isinstance(failure, ProviderThrottled)
        tried = not isinstance(failure, ProviderThrottled | ProviderClosed)
        reason = Why.RATE_LIMITED if throttled else Why.PROVIDER_UNAVAILABLE
        self.messages.release(
            request,
            reason=reason,
            tried=tried,
            at=claimed_at,
            spend_usd=letter.spend_usd,
            may_have_left=may_have_left,
        )
        if throttled:
            return TryLater(reason, self._throttled(letter.receiver))
        if not tried:
            return TryLater(reason, 0)
        found = self.messages.find(request.id)
        attempts = found.attempts if found is not None else 1
        if attempts >= MOST_ATTEMPTS:
            return Declined(reason, letter.to)
        return TryLater(reason, after_attempt(attempts), tried=True)

    def _throttled(self, receiver: str | None) -> float:
        """Seconds until whoever throttles may be tried again: the provider, or one receiver of webhooks."""
        return self.pace.throttled() if receiver is None else self.receivers.throttled(receiver)

    def _declined(self, request: MessageRequest, declined: Declined) -> Status:
        status = status_of(declined.why)
        standing = self.messages.decline(
            request,
            status=status,
            reason=declined.why,
            to=declined.to,
            at=self.clock(),
            detail=declined.words or None,
        )
        return status if standing is None else self._settled(request, standing)

    def _settled(self, request: MessageRequest, standing: LoggedMessage) -> Status:
        """The message was here before: bring to its end what was begun."""
        if standing.status in (Status.SENT, Status.DELIVERED):
            announce(self.stream, request, sent_at=standing.updated_at, refused=(), now=self.clock())
        elif standing.status is Status.REQUESTED:
            if not self._nobody_knows(standing):
                raise TryLater("claimed_by_another", self._claim_left(standing), tried=True)
            return self._recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, standing.to)
        return standing.status

    def _claim_left(self, standing: LoggedMessage) -> float:
        until = standing.claimed_until or self.clock()
        return max(1.0, (until - self.clock()).total_seconds())

    def _may_be_resent(self, standing: LoggedMessage) -> bool:
        return self._nobody_knows(standing) and standing.attempts < MOST_ATTEMPTS

    def _nobody_knows(self, standing: LoggedMessage) -> bool:
        """Whether the message may have left: its claim has expired, or was found so before."""
        if standing.status is Status.UNCERTAIN:
            return True
        until = standing.claimed_until
        return standing.status is Status.REQUESTED and until is not None and until <= self.clock()

    def _recorded(
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


def _is_the_doctors(request: MessageRequest) -> bool:
    return request.event.source == DOCTOR and request.campaign == doctor.CAMPAIGN.id


def _rendered(order: Order) -> dict[str, str]:
    """Raises Declined."""
    user_id = (
        value_of(order.person.key) if kind_of(order.person.key) == "user" else order.request.event.user_id
    )
    try:
        return templates.render(
            order.template, templates.variables(order.request.event, order.traits, user_id)
        )
    except templates.TemplateFailed as failed:
        missing = isinstance(failed, templates.TemplateValueMissing)
        raise Declined(
            Why.TEMPLATE_VALUE_MISSING if missing else Why.TEMPLATE_FAILED,
            words=f"{_place(order.template, failed)}: {failed.words}",
        ) from failed


def _place(template: Template, failed: templates.TemplateFailed) -> str:
    """Lines are the file's where the part has a file of its own, else they are the part's."""
    file = template.files.get(failed.part)
    line = f", line {failed.line}" if failed.line else ""
    return f"{f'{file}, ' if file else ''}`{failed.part}` of the template {template.id}{line}"


def _kept(order: Order, to: str | None, words: str) -> str | None:
    """The words without the address and whatever else is the person's or the event's."""
    event = order.request.event
    ids = [order.person.key, *event.identities]
    private = [
        *(one for one in (to, event.user_id, event.anonymous_id) if one),
        *ids,
        *map(value_of, ids),
        *refusal_words.texts_in(order.traits),
        *refusal_words.texts_in(event.properties),
        *(device.token for device in order.person.states.devices.known if device.token),
    ]
    return refusal_words.kept(words, private) or None
