"""Consent: whom a message may go to, by the rule of its channel."""

from __future__ import annotations

from collections.abc import Mapping

from shared.fold.parts.consents import Consent
from shared.messaging.channels import CHANNELS, Channel
from shared.messaging.messages import Why


def refused(channel: Channel, consents: Mapping[str, Consent]) -> Why | None:
    """Why the person may not be sent to; None when they may."""
    rule, consent = CHANNELS[channel].consent, consents.get(channel)
    if rule == "not_asked":
        return None
    if consent is None:
        return Why.CONSENT_NOT_GIVEN if rule == "must_be_given" else None
    return None if consent.given else Why.CONSENT_WITHDRAWN
