"""What is to be sent, before anybody claims it: whether it still is, who it is for, and how it is rendered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from functions.send import consent
from functions.send.channels.channel import Declined, Order, Outgoing, SendingChannel
from shared import doctor
from shared.events import DOCTOR
from shared.identity import kind_of, value_of
from shared.messaging import refusal_words
from shared.messaging.channels import CHANNELS, Channel
from shared.messaging.messages import LONGEST_WAIT, MessageRequest, Why
from shared.ports.people import Profiles
from shared.stored import people
from shared.stored.current_workspace import CurrentWorkspace
from shared.templates import render
from shared.workspace.model import Campaign, Template, Workspace


@dataclass(frozen=True, slots=True)
class Preparation:
    """Of one channel's messages. `clock` is UTC."""

    channel: Channel
    way: SendingChannel
    profiles: Profiles
    workspace: CurrentWorkspace
    clock: Callable[[], datetime]

    def campaign(self, request: MessageRequest) -> tuple[Workspace, Campaign]:
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

    def outgoing(self, request: MessageRequest) -> Outgoing:
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
            outgoing = self.way.outgoing(order, lambda: _rendered(order))
        except Declined as declined:
            raise Declined(declined.why, to, _kept(order, to, declined.words) or "") from declined
        return replace(outgoing, kept=partial(_kept, order, to))

    def _order(self, request: MessageRequest) -> Order:
        workspace, campaign = self.campaign(request)
        person = people.known_by(self.profiles, (request.person,))
        if person is None:
            raise Declined(Why.PERSON_UNKNOWN)
        template = (
            doctor.TEMPLATE if _is_the_doctors(request) else workspace.template_by_id.get(campaign.template)
        )
        if template is None:
            raise Declined(Why.TEMPLATE_FAILED, words=f"there is no template {campaign.template}")
        return Order(request, campaign, template, person, workspace.settings)


def _is_the_doctors(request: MessageRequest) -> bool:
    return request.event.source == DOCTOR and request.campaign == doctor.CAMPAIGN.id


def _rendered(order: Order) -> dict[str, str]:
    """Raises Declined."""
    user_id = (
        value_of(order.person.key) if kind_of(order.person.key) == "user" else order.request.event.user_id
    )
    try:
        parts = render.render(order.template, render.variables(order.request.event, order.traits, user_id))
    except render.TemplateFailed as failed:
        missing = isinstance(failed, render.TemplateValueMissing)
        raise Declined(
            Why.TEMPLATE_VALUE_MISSING if missing else Why.TEMPLATE_FAILED,
            words=f"{_place(order.template, failed)}: {failed.words}",
        ) from failed
    wrong = CHANNELS[order.template.channel].unsendable(parts)
    if wrong is not None:
        raise Declined(
            Why.TEMPLATE_FAILED,
            words=f"`{wrong.part}` of the template {order.template.id} {wrong.says}, as rendered",
        )
    return parts


def _place(template: Template, failed: render.TemplateFailed) -> str:
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
