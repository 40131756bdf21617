"""SMS: to the person's `phone` trait, in the countries the workspace allows, until the day's money is spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from functions.send.channels.channel import Bootstrapped, Declined, Delivered, MakeClient, Order, Outgoing
from functions.send.environment import Environment
from shared.aws.providers.sms import SnsSms
from shared.messaging.messages import Why
from shared.messaging.providers import Sms, SmsProvider
from shared.messaging.sms_length import segments
from shared.ports.runtime import Runtime
from shared.text import phones


def bootstrap(_names: Environment, _runtime: Runtime, _client: MakeClient) -> Bootstrapped:
    return Bootstrapped(SmsChannel(SnsSms()))


@dataclass(frozen=True, slots=True)
class SmsChannel:
    provider: SmsProvider

    def address(self, order: Order) -> str | None:
        written = order.text_trait("phone")
        return written and (phones.e164(written) or written)

    def outgoing(self, order: Order, render: Callable[[], dict[str, str]]) -> Outgoing:
        sms, to = order.settings.sms, self.address(order)
        if not to:
            raise Declined(Why.NO_ADDRESS)
        if phones.e164(to) is None:
            raise Declined(Why.ADDRESS_NOT_VALID)
        if not to.startswith(sms.allowed_prefixes):
            raise Declined(Why.COUNTRY_NOT_ALLOWED)
        text = render()["text"].strip()
        message = Sms(to, text, sms.type, sms.sender_id, sms.sender_number)
        return Outgoing(
            to=to,
            deliver=lambda: Delivered(self.provider.send(message)),
            spend_usd=sms.price_usd * segments(text),
            cap_usd=sms.daily_spend_usd,
        )
