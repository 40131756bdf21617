"""Email: to the person's `email` trait, from the workspace's sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from functions.send.channels.channel import Bootstrapped, Declined, Delivered, MakeClient, Order, Outgoing
from functions.send.environment import Environment
from functions.send.pacing.rates import AccountRate
from shared.aws.providers.email import SesEmail, sending_quota
from shared.messaging.messages import Why
from shared.messaging.providers import Email, EmailProvider
from shared.ports.runtime import Runtime
from shared.text import email_addresses


def bootstrap(_names: Environment, runtime: Runtime, _client: MakeClient) -> Bootstrapped:
    return Bootstrapped(EmailChannel(SesEmail()), AccountRate(sending_quota, runtime.ticks).per_second)


@dataclass(frozen=True, slots=True)
class EmailChannel:
    provider: EmailProvider

    def address(self, order: Order) -> str | None:
        written = order.text_trait("email")
        return written and (email_addresses.sendable(written) or written)

    def outgoing(self, order: Order, render: Callable[[], dict[str, str]]) -> Outgoing:
        to, configured = self.address(order), order.settings.email.sender
        sender = configured and email_addresses.sender(configured)
        if not sender:
            raise Declined(Why.CHANNEL_NOT_CONFIGURED)
        if to is None:
            raise Declined(Why.NO_ADDRESS)
        if email_addresses.sendable(to) is None:
            raise Declined(Why.ADDRESS_NOT_VALID)
        parts = render()
        email = Email(
            sender=sender,
            to=to,
            subject=parts["subject"],
            html=parts.get("html"),
            text=parts.get("text"),
            message=order.request.id,
            campaign=order.campaign.id,
        )
        return Outgoing(
            to=to,
            deliver=lambda: Delivered(self.provider.send(email)),
            resendable=order.settings.email.resend_uncertain,
        )
