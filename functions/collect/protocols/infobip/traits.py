"""A user of the Mobile Messaging SDK, as traits.

https://github.com/infobip/mobile-messaging-sdk-android/wiki/User-profile
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.collect.adapter.event_builder import Fields
from shared.text.phones import international

if TYPE_CHECKING:
    from functions.collect.protocols.infobip.raw import User

OURS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "middleName": "middle_name",
    "birthday": "birthday",
    "gender": "gender",
    "tags": "tags",
    "type": "type",
}

ADDRESSES = {"emails": ("address", "email"), "phones": ("number", "phone")}
"""Lists of objects: the field that has the address, and the trait the first one is."""


def traits_of(user: User) -> Fields:
    """Custom attributes keep their names; what the SDK says by a field of its own counts before them."""
    custom = user.get("customAttributes")
    traits: Fields = dict(custom) if isinstance(custom, dict) else {}
    traits |= {trait: said for field, trait in OURS.items() if (said := user.get(field)) is not None}
    for field, (word, trait) in ADDRESSES.items():
        listed = user.get(field)
        found = [one.get(word) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        addresses = [one for one in found if isinstance(one, str) and one]
        if trait == "phone":
            addresses = [international(one) for one in addresses]
        if addresses:
            traits[trait] = addresses[0]
        if len(addresses) > 1:
            traits[field] = addresses
    return traits
