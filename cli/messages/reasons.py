"""What to say of a message's reason, where nobody's own words stand behind it. docs/operating.md has them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.messaging.channels import CHANNELS
from shared.messaging.messages import Why

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
    channel = CHANNELS.get(message["channel"])  # a message of a channel that is gone stays in the log
    return (dict(channel.reasons).get(why) if channel else None) or BY_REASON.get(why)
