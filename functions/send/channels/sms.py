"""SMS: to the person's `phone` trait, in the countries the workspace allows, until the day's money is spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from functions.send.channels.channel import Declined, Delivered, Letter, Order
from shared import phones
from shared.messages import Why
from shared.providers import Sms, SmsProvider

LONGEST = 1600
"""Characters of one SMS that SNS takes: https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html"""

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")
"""The alphabet of GSM 03.38, and its characters that count as two. Any other makes the whole SMS UCS-2."""


@dataclass(frozen=True, slots=True)
class SmsChannel:
    provider: SmsProvider

    def address(self, order: Order) -> str | None:
        written = order.text_trait("phone")
        return written and (phones.e164(written) or written)

    def letter(self, order: Order, render: Callable[[], dict[str, str]]) -> Letter:
        sms, to = order.settings.sms, self.address(order)
        if not to:
            raise Declined(Why.NO_ADDRESS)
        if phones.e164(to) is None:
            raise Declined(Why.ADDRESS_NOT_VALID)
        if not to.startswith(sms.allowed_prefixes):
            raise Declined(Why.COUNTRY_NOT_ALLOWED)
        text = render()["text"].strip()
        if not text or len(text) > LONGEST:
            raise Declined(Why.TEMPLATE_FAILED)
        message = Sms(to, text, sms.type, sms.sender_id, sms.sender_number)
        return Letter(
            to=to,
            deliver=lambda: Delivered(self.provider.send(message)),
            spend_usd=sms.price_usd * segments(text),
            cap_usd=sms.daily_spend_usd,
        )


def segments(text: str) -> int:
    """How many SMS the text is billed as: 160 characters of GSM 03.38 or 70 others, in series 153 and 67."""
    if all(character in GSM or character in GSM_TWICE for character in text):
        length, one, each = len(text) + sum(character in GSM_TWICE for character in text), 160, 153
    else:
        length, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)
