"""One message, sent once: claim it, call the provider, record the outcome, say it on the stream.

Whoever holds the claim may call the provider, nobody else. A claim that outlives its function means that nobody knows
whether the message left: it is `uncertain`, and sent again only where the workspace allows that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.send import consent
from functions.send.announcements import announce
from functions.send.channels.channel import Declined, Letter, Order, SendingChannel, status_of
from shared import people, templates
from shared.current_workspace import CurrentWorkspace
from shared.identity import kind_of, value_of
from shared.messages import Channel, MessageRequest, Status, Why
from shared.ports import LoggedMessage, Messages, Profiles, SpendCapReached, Stream
from shared.providers import OutcomeUnknown, ProviderRefused, ProviderUnavailable


class TryLater(Exception):
    """The message goes back to its queue: somebody else holds it, or its provider cannot take it now."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One channel and the ports it works on."""

    channel: Channel
    way: SendingChannel
    messages: Messages
    profiles: Profiles
    stream: Stream
    workspace: CurrentWorkspace
    clock: Callable[[], datetime]

    def send(self, request: MessageRequest, claim_until: datetime) -> Status:
        """How the message stands now. `claim_until` is when this function is surely over.

        Raises TryLater, and Unavailable when AWS is: both leave the message to its queue.
        """
        try:
            return self._claimed(request, self._letter(request), claim_until)
        except Declined as declined:
            return self._declined(request, declined)

    def _letter(self, request: MessageRequest) -> Letter:
        """The message, ready to go. Raises Declined."""
        order = self._order(request)
        to = self.way.address(order)
        refused = consent.refused(self.channel, order.person.states.consents.channels)
        if refused is not None:
            raise Declined(refused, to)
        try:
            return self.way.letter(order, lambda: _rendered(order))
        except Declined as declined:
            raise Declined(declined.why, to) from declined

    def _order(self, request: MessageRequest) -> Order:
        workspace = self.workspace.at_least(request.workspace)
        campaign = workspace.campaign_by_id.get(request.campaign)
        if campaign is None or campaign.channel != self.channel:
            raise Declined(Why.CAMPAIGN_GONE)
        if self.clock() >= request.requested_at + campaign.longest_wait:
            raise Declined(Why.WAITED_TOO_LONG)
        person = people.known_by(self.profiles, (request.person,))
        if person is None:
            raise Declined(Why.PERSON_UNKNOWN)
        template = workspace.template_by_id.get(campaign.template)
        if template is None:
            raise Declined(Why.TEMPLATE_FAILED)
        return Order(request, campaign, template, person, workspace.settings)

    def _claimed(self, request: MessageRequest, letter: Letter, until: datetime) -> Status:
        """Claim the message and send it, unless it stands otherwise. Raises Declined."""
        at = self.clock()
        standing = self._claim(request, letter, at, until, None)
        if standing is not None and letter.resendable and self._nobody_knows(standing):
            standing = self._claim(request, letter, at, until, standing)
        return self._deliver(request, letter, at) if standing is None else self._settled(request, standing)

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

    def _deliver(self, request: MessageRequest, letter: Letter, claimed_at: datetime) -> Status:
        """The claim is ours: call the provider."""
        try:
            delivered = letter.deliver()
        except ProviderUnavailable as failure:
            self.messages.release(request, at=claimed_at, spend_usd=letter.spend_usd)
            raise TryLater("provider_unavailable") from failure
        except ProviderRefused as failure:
            return self._recorded(request, Status.FAILED, failure.why, letter.to)
        except OutcomeUnknown as failure:
            if letter.resendable:
                raise TryLater("outcome_unknown") from failure
            return self._recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, letter.to)
        at = self.clock()
        sent = delivered.provider_id is not None
        status, reason = (Status.SENT, None) if sent else (Status.FAILED, Why.ADDRESS_NOT_REACHABLE)
        self._recorded(request, status, reason, letter.to, delivered.provider_id, at)
        announce(self.stream, request, sent_at=at if sent else None, refused=delivered.refused, now=at)
        for token in delivered.refused:
            letter.forget(token)
        return status

    def _declined(self, request: MessageRequest, declined: Declined) -> Status:
        status = status_of(declined.why)
        standing = self.messages.decline(
            request, status=status, reason=declined.why, to=declined.to, at=self.clock()
        )
        return status if standing is None else self._settled(request, standing)

    def _settled(self, request: MessageRequest, standing: LoggedMessage) -> Status:
        """The message was here before: bring to its end what was begun."""
        if standing.status in (Status.SENT, Status.DELIVERED):
            announce(self.stream, request, sent_at=standing.updated_at, refused=(), now=self.clock())
        elif standing.status is Status.REQUESTED:
            if not self._nobody_knows(standing):
                raise TryLater("claimed_by_another")
            return self._recorded(request, Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, standing.to)
        return standing.status

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
    ) -> Status:
        self.messages.record(
            request, status=status, reason=reason, to=to, provider_id=provider_id, at=at or self.clock()
        )
        return status


def _rendered(order: Order) -> dict[str, str]:
    """Raises Declined."""
    user_id = (
        value_of(order.person.key) if kind_of(order.person.key) == "user" else order.request.event.user_id
    )
    try:
        return templates.render(
            order.template, templates.variables(order.request.event, order.traits, user_id)
        )
    except templates.TemplateValueMissing as missing:
        raise Declined(Why.TEMPLATE_VALUE_MISSING) from missing
    except templates.TemplateFailed as failed:
        raise Declined(Why.TEMPLATE_FAILED) from failed
