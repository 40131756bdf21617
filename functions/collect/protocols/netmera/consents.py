"""What Netmera's calls say of consents: to a channel, and to a category of messages.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api/user-and-device-management
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.netmera.trait_changes import malformed
from shared.plan.reasons import Reason
from shared.text import phones

if TYPE_CHECKING:
    from functions.collect.protocols.netmera.raw import Person


CONSENTS: dict[str, tuple[str, bool]] = {
    "enablePush": ("push", True),
    "disablePush": ("push", False),
    "enableMail": ("email", True),
    "disableMail": ("email", False),
    "enableSms": ("sms", True),
    "disableSms": ("sms", False),
    "enableWhatsApp": ("whatsapp", True),
    "disableWhatsApp": ("whatsapp", False),
}

CATEGORY = "category:"
"""Stands before the name of a category of messages: a category called `email` is not the channel."""

LONGEST_CATEGORY = 40 - len(CATEGORY)
"""Characters: a consent's name has at most 40."""


def preferred(raw: Person) -> Fields | Reason:
    category, enable = raw.get("category"), raw.get("enable")
    if type(category) is int:
        category = str(category)
    if not isinstance(category, str) or not 0 < len(category) <= LONGEST_CATEGORY:
        return malformed("category", f"must be a string of at most {LONGEST_CATEGORY} characters")
    if not isinstance(enable, bool):
        return malformed("enable", "must be true or false")
    if "channel" in raw:
        return malformed("channel", "is not supported: a preference is for all channels")
    return {"traits": {"consents": {CATEGORY + category: enable}}}


def consented(raw: Person, channel: str, given: bool) -> Fields | Reason:
    """By the person's id, address or number; push also by a device's token.

    One device that gets no more push is not a person who wants none: it loses its token alone.
    """
    consents = {"traits": {"consents": {channel: given}}}
    token = raw.get("deviceToken")
    if channel == "push" and token is not None and raw.get("extId") is None:
        if not isinstance(token, str):
            return malformed("deviceToken", "must be a string")
        named = {"other_ids": {"device": token}}
        if given:
            return {**named, **consents, "context": {"device": {"token": token}}}
        return {**named, "context": {"device": {"token": token, "registered": False}}}
    named_by = {"email": raw.get("email"), "phone": _international(raw.get("msisdn", raw.get("wpNumber")))}
    return {"other_ids": named_by, **consents}


def _international(number: object) -> object:
    return phones.international(number) if isinstance(number, str) else number
