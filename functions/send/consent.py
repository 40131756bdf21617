"""Consent: email goes to everybody who has not withdrawn it, SMS and push only to those who have given it."""

from __future__ import annotations

from collections.abc import Mapping

from shared.fold.parts.consents import Consent
from shared.messaging.messages import Channel, Why

MUST_BE_GIVEN = frozenset[Channel]({"sms", "push"})
NOT_ASKED = frozenset[Channel]({"webhook"})
"""It reaches a system of the operator's, not the person."""


def refused(channel: Channel, consents: Mapping[str, Consent]) -> Why | None:
    """Why the person may not be sent to; None when they may."""
    if channel in NOT_ASKED:
        return None
    consent = consents.get(channel)
    if consent is None:
        return Why.CONSENT_NOT_GIVEN if channel in MUST_BE_GIVEN else None
    return None if consent.given else Why.CONSENT_WITHDRAWN
