"""What Netmera's calls about people say: traits, changes of traits, consents, devices.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api/user-and-device-management
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.netmera import trait_changes
from functions.collect.protocols.netmera.consents import CONSENTS, consented, preferred
from functions.collect.protocols.netmera.trait_changes import malformed
from functions.collect.protocols.netmera.traits import as_traits
from shared import identity
from shared.plan.reasons import Reason
from shared.text import phones

if TYPE_CHECKING:
    from functions.collect.protocols.netmera.raw import Person

PEOPLE = {"extIds": "extId", "emailList": "email", "msisdnList": "msisdn", "wpNumbers": "wpNumber"}
"""Lists of people in one call, and what one of them is called when it stands alone."""


def read(call: str, raw: Person) -> Fields | Reason:
    """Fields of an identify as `event_builder.event` takes them, but for the extId; or why it cannot be read."""
    for many in PEOPLE:
        if many in raw:
            return malformed(many, "must be a list that names somebody")
    if call in CONSENTS:
        return consented(raw, *CONSENTS[call])
    return READERS[call](raw)


def _register(raw: Person) -> Fields | Reason:
    """A device, and whose it is; the tags and attributes may come along."""
    token, platform = raw.get("deviceToken"), raw.get("platform")
    if not isinstance(token, str) or not token:
        return malformed("deviceToken", "must be a string, the device's push token")
    profile = raw.get("profile", {})
    if not isinstance(profile, dict):
        return malformed("profile", "must be an object")
    device = {"token": token, "type": platform.lower()} if isinstance(platform, str) else {"token": token}
    traits = as_traits(profile)
    if raw.get("email") is not None:
        traits["email"] = raw["email"]
    tagged = trait_changes.tags_changed({"tag": raw["tags"]}, "append") if raw.get("tags") else {}
    if isinstance(tagged, Reason):
        return tagged._replace(field="tags")
    names_somebody = len(token) <= identity.LONGEST or raw.get("extId") is None
    return {
        "traits": traits,
        "other_ids": {"device": token} if names_somebody else None,
        "context": {"device": device},
        **tagged,
    }


def _address(raw: Person) -> Fields | Reason:
    email = raw.get("email")
    if not isinstance(email, str) or not email:
        return malformed("email", "must be a string, an email address")
    named = {"other_ids": {"email": email}} if raw.get("extId") is None else {}
    return {**named, "traits": {"email": email}}


def _number(raw: Person) -> Fields | Reason:
    number = raw.get("msisdn")
    if not isinstance(number, str) or not number:
        return malformed("msisdn", "must be a string, a phone number")
    number = phones.international(number)
    named = {"other_ids": {"phone": number}} if raw.get("extId") is None else {}
    return {**named, "traits": {"phone": number}}


def _forget_address(_raw: Person) -> Fields | Reason:
    return {"traits": {"email": None}}


def _forget_number(_raw: Person) -> Fields | Reason:
    return {"traits": {"phone": None}}


READERS: dict[str, Callable[[Person], Fields | Reason]] = {
    "registerUsers": _register,
    "setProfileAttributes": trait_changes.set_,
    "unsetProfileAttributes": trait_changes.unset,
    "pushProfileAttributes": trait_changes.push,
    "pullProfileAttributes": trait_changes.pull,
    "deleteProfileAttributeValue": trait_changes.delete_value,
    "tagUsers": trait_changes.tag,
    "untagUsers": trait_changes.untag,
    "setCategoryPreferences": preferred,
    "addEmail": _address,
    "updateEmail": _address,
    "removeEmail": _forget_address,
    "addMsisdn": _number,
    "updateMsisdn": _number,
    "removeMsisdn": _forget_number,
}
