"""Pinpoint's channels: what an endpoint of each is to us."""

from __future__ import annotations

ADDRESS_TRAITS = {"EMAIL": "email", "SMS": "phone", "VOICE": "phone"}
"""Channels whose address is a trait of the person. Every other endpoint is a device."""

TOKENS = frozenset(
    {
        "PUSH", "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM", "BAIDU",
    }
)  # fmt: skip
"""Channels whose address is the device's push token."""

CONSENTS = {
    "EMAIL": "email",
    "SMS": "sms",
    "VOICE": "voice",
    "IN_APP": "in_app",
    "CUSTOM": "custom",
} | dict.fromkeys(TOKENS, "push")
"""The consent that an endpoint's OptOut is about."""

EVERY_CONSENT = ("email", "sms", "push")
"""What somebody opted out of who did so on an endpoint without a channel."""

CHANNELS = frozenset(CONSENTS)

OF_PLATFORMS = {"ios": "APNS", "android": "GCM"}
"""The channel a device is read back with; `PUSH`, Pinpoint's word for any, where its platform is another."""
