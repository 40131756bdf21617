"""What to say of a message's reason, where nobody's own words stand behind it. docs/operating.md has them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.messaging.messages import Why

BY_CHANNEL: dict[tuple[Why, str], str] = {
    (
        Why.ADDRESS_NOT_VALID,
        "sms",
    ): "the trait `phone` is not international: +43 660 1234 and 0043 660 1234 are",
    (Why.ADDRESS_NOT_VALID, "email"): "the trait `email` is not an address that mail can be sent to",
    (Why.ADDRESS_NOT_VALID, "webhook"): "the webhook's URL is not public",
    (Why.NO_ADDRESS, "sms"): "the person has no trait `phone`",
    (Why.NO_ADDRESS, "email"): "the person has no trait `email`",
    (Why.NO_ADDRESS, "push"): "the person has no device with a push token",
    (Why.CONSENT_NOT_GIVEN, "sms"): """an SMS needs the person's consent: -t 'consents={"sms":true}'""",
    (Why.CONSENT_NOT_GIVEN, "push"): """push needs the person's consent: -t 'consents={"push":true}'""",
}

BY_REASON: dict[Why, str] = {
    Why.CONSENT_WITHDRAWN: "the person has withdrawn their consent for this channel",
    Why.COUNTRY_NOT_ALLOWED: "`settings.sms.allowed_prefixes` has no prefix of the number",
    Why.SPEND_CAP_REACHED: "`settings.sms.daily_spend_usd` is used up for this UTC day",
    Why.CHANNEL_NOT_CONFIGURED: "the workspace has no sender or no such webhook, or there are no push credentials",
    Why.PROVIDER_UNAVAILABLE: "it did not answer, or with an error: ten attempts over five hours, docs/operating.md",
}


def explained(message: Mapping[str, Any]) -> str | None:
    """Of a message as `presented` has it; its own detail where it has one. None when there is nothing to add."""
    if message["detail"]:
        return str(message["detail"])
    if message["reason"] is None:
        return None
    why = Why(message["reason"])
    return BY_CHANNEL.get((why, message["channel"])) or BY_REASON.get(why)
