"""Email: to the person's `email` trait, from the workspace's sender."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from functions.send.channels.channel import Declined, Delivered, Letter, Order
from shared.messages import Why
from shared.providers import Email, EmailProvider

ADDRESS = re.compile(r"[^\s@<>(),;:\"\\\[\]\x00-\x1f\x7f]{1,64}@(?=.{4,253}$)[^\s@.]+(?:\.[^\s@.]+)+")
"""One plain address: quoted local parts, display names and address literals are typing errors or attacks here."""


@dataclass(frozen=True, slots=True)
class EmailChannel:
    provider: EmailProvider

    def address(self, order: Order) -> str | None:
        return order.text_trait("email")

    def letter(self, order: Order, render: Callable[[], dict[str, str]]) -> Letter:
        to, sender = self.address(order), order.settings.email.sender
        if sender is None:
            raise Declined(Why.CHANNEL_NOT_CONFIGURED)
        if to is None:
            raise Declined(Why.NO_ADDRESS)
        if not ADDRESS.fullmatch(to):
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
        return Letter(
            to=to,
            deliver=lambda: Delivered(self.provider.send(email)),
            resendable=order.settings.email.resend_uncertain,
        )
