"""Infobip's types of identifiers, and what each is here.

https://www.infobip.com/docs/api/customer-engagement/people/send-custom-event
"""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.adapter.event_builder import Item
from shared import identity
from shared.text import phones

CUSTOMERS_OWN = "EXTERNAL_ID"

CHANNELS = (
    "LINE", "FACEBOOK", "TELEGRAM", "PUSH", "WEB_PUSH", "LIVE_CHAT", "VIBER_BOTS", "INSTAGRAM", "INSTAGRAM_DM",
    "TWITTER", "APPLE_BUSINESS_CHAT", "KAKAO_SANGDAM", "GOOGLE_BUSINESS_MESSAGES", "WHATSAPP", "ZALO_FOLLOWER",
    "TIKTOK_BM",
)  # fmt: skip

KINDS: dict[str, str] = {
    "EMAIL": "email",
    "PHONE": "phone",
    "ID": "infobip",  # the number Infobip gave the person
    **{channel: channel.lower() for channel in CHANNELS},
}
"""The kinds of identity of all types but the customer's own, which is the user id."""

TYPES = (CUSTOMERS_OWN, *KINDS)

PHONE = "PHONE"
"""Written without its plus sign."""

PUSH = KINDS["PUSH"]
"""An installation's `pushRegId`: what servers say of it and what the app says meet in the same person."""


class Identity(NamedTuple):
    """As `canonical.event` takes it."""

    user_id: object
    other_ids: dict[str, object]


def identified(type_: object, id_: object) -> Identity | None:
    """None when there is no such type."""
    if isinstance(type_, str):
        type_ = type_.strip().upper()
    if type_ == CUSTOMERS_OWN:
        return Identity(id_, {})
    if type_ == PHONE and isinstance(id_, str):
        return Identity(None, {KINDS[PHONE]: phones.international(id_)})
    if isinstance(type_, str) and type_ in KINDS:
        return Identity(None, {KINDS[type_]: id_})
    return None


def key_of(item: Item) -> str | None:
    """The identity key of the item's person; None when it names nobody."""
    fields, _ = item
    named = identity.keys(fields.get("user_id"), fields.get("anonymous_id"), fields.get("other_ids", {}))
    return named[0] if named else None
