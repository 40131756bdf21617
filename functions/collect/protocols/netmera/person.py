"""What Netmera's calls about people say: traits, changes of traits, consents, devices.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api/user-and-device-management
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.netmera.traits import as_traits, trait_of
from shared import identity
from shared.plan.reasons import Code, Observation, Reason
from shared.text import phones

PEOPLE = {"extIds": "extId", "emailList": "email", "msisdnList": "msisdn", "wpNumbers": "wpNumber"}
"""Lists of people in one call, and what one of them is called when it stands alone."""

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

Raw = dict[str, Any]


def read(call: str, raw: Raw) -> Fields | Reason:
    """Fields of an identify as `canonical.event` takes them, but for the extId; or why it cannot be read."""
    for many in PEOPLE:
        if many in raw:
            return _malformed(many, "must be a list that names somebody")
    if call in CONSENTS:
        return _consent(raw, *CONSENTS[call])
    return READERS[call](raw)


def _register(raw: Raw) -> Fields | Reason:
    """A device, and whose it is; the tags and attributes may come along."""
    token, platform = raw.get("deviceToken"), raw.get("platform")
    if not isinstance(token, str) or not token:
        return _malformed("deviceToken", "must be a string, the device's push token")
    profile = raw.get("profile", {})
    if not isinstance(profile, dict):
        return _malformed("profile", "must be an object")
    device = {"token": token, "type": platform.lower()} if isinstance(platform, str) else {"token": token}
    traits = as_traits(profile)
    if raw.get("email") is not None:
        traits["email"] = raw["email"]
    tagged = _tags({"tag": raw["tags"]}, "append") if raw.get("tags") else {}
    if isinstance(tagged, Reason):
        return tagged._replace(field="tags")
    names_somebody = len(token) <= identity.LONGEST or raw.get("extId") is None
    return {
        "traits": traits,
        "other_ids": {"device": token} if names_somebody else None,
        "context": {"device": device},
        **tagged,
    }


def _set(raw: Raw) -> Fields | Reason:
    profile = raw.get("profile")
    return {"traits": as_traits(profile)} if isinstance(profile, dict) else _no_profile("an object")


def _unset(raw: Raw) -> Fields | Reason:
    rule = _no_profile("a list of attributes' names")
    names = raw.get("profile")
    if not isinstance(names, list):
        return rule
    found = [name for name in names if isinstance(name, str)]
    return {"traits": {trait_of(name): None for name in found}, "reasons": _left_out(found, names, rule)}


def _push(raw: Raw) -> Fields | Reason:
    return _list_change(raw, "append")


def _pull(raw: Raw) -> Fields | Reason:
    return _list_change(raw, "remove")


def _list_change(raw: Raw, word: str) -> Fields | Reason:
    profile = raw.get("profile")
    if not isinstance(profile, dict):
        return _no_profile("an object")
    return {"trait_changes": {word: {trait_of(name): values for name, values in profile.items()}}}


def _delete_value(raw: Raw) -> Fields | Reason:
    """Netmera's takes the value from everybody."""
    name = raw.get("key")
    if not isinstance(name, str) or not name:
        return _malformed("key", "must be a string, the attribute's name")
    if "value" not in raw:
        return _malformed("value", "is missing")
    if raw.get("extId") is None:
        sentence = "extId is needed: a value is taken from one person at a time, not from everybody"
        return Reason(Code.NO_IDENTITY, "extId", sentence)
    return {"trait_changes": {"remove": {trait_of(name): [raw["value"]]}}}


def _tag(raw: Raw) -> Fields | Reason:
    return _tags(raw, "append")


def _untag(raw: Raw) -> Fields | Reason:
    return _tags(raw, "remove")


def _tags(raw: Raw, word: str) -> Fields | Reason:
    tags = raw.get("tag")
    rule = _malformed("tag", "must be a tag's name, or a list of names")
    named = tags if isinstance(tags, list) else [tags]
    found = [tag for tag in named if isinstance(tag, str) and tag]
    if not found:
        return rule
    return {"trait_changes": {word: {"tags": found}}, "reasons": _left_out(found, named, rule)}


def _left_out(found: list[str], named: list[Any], rule: Reason) -> list[Reason]:
    """Of a list with entries that are no names: the others count."""
    return [] if len(found) == len(named) else [rule._replace(observation=Observation.ENTRY_UNREADABLE)]


def _prefer(raw: Raw) -> Fields | Reason:
    category, enable = raw.get("category"), raw.get("enable")
    if type(category) is int:
        category = str(category)
    if not isinstance(category, str) or not 0 < len(category) <= LONGEST_CATEGORY:
        return _malformed("category", f"must be a string of at most {LONGEST_CATEGORY} characters")
    if not isinstance(enable, bool):
        return _malformed("enable", "must be true or false")
    if "channel" in raw:
        return _malformed("channel", "is not supported: a preference is for all channels")
    return {"traits": {"consents": {CATEGORY + category: enable}}}


def _consent(raw: Raw, channel: str, given: bool) -> Fields | Reason:
    """By the person's id, address or number; push also by a device's token.

    One device that gets no more push is not a person who wants none: it loses its token alone.
    """
    consents = {"traits": {"consents": {channel: given}}}
    token = raw.get("deviceToken")
    if channel == "push" and token is not None and raw.get("extId") is None:
        if not isinstance(token, str):
            return _malformed("deviceToken", "must be a string")
        named = {"other_ids": {"device": token}}
        if given:
            return {**named, **consents, "context": {"device": {"token": token}}}
        return {**named, "context": {"device": {"token": token, "registered": False}}}
    named_by = {"email": raw.get("email"), "phone": _international(raw.get("msisdn", raw.get("wpNumber")))}
    return {"other_ids": named_by, **consents}


def _address(raw: Raw) -> Fields | Reason:
    email = raw.get("email")
    if not isinstance(email, str) or not email:
        return _malformed("email", "must be a string, an email address")
    named = {"other_ids": {"email": email}} if raw.get("extId") is None else {}
    return {**named, "traits": {"email": email}}


def _number(raw: Raw) -> Fields | Reason:
    number = raw.get("msisdn")
    if not isinstance(number, str) or not number:
        return _malformed("msisdn", "must be a string, a phone number")
    number = phones.international(number)
    named = {"other_ids": {"phone": number}} if raw.get("extId") is None else {}
    return {**named, "traits": {"phone": number}}


def _international(number: object) -> object:
    return phones.international(number) if isinstance(number, str) else number


def _forget_address(_raw: Raw) -> Fields | Reason:
    return {"traits": {"email": None}}


def _forget_number(_raw: Raw) -> Fields | Reason:
    return {"traits": {"phone": None}}


READERS: dict[str, Callable[[Raw], Fields | Reason]] = {
    "registerUsers": _register,
    "setProfileAttributes": _set,
    "unsetProfileAttributes": _unset,
    "pushProfileAttributes": _push,
    "pullProfileAttributes": _pull,
    "deleteProfileAttributeValue": _delete_value,
    "tagUsers": _tag,
    "untagUsers": _untag,
    "setCategoryPreferences": _prefer,
    "addEmail": _address,
    "updateEmail": _address,
    "removeEmail": _forget_address,
    "addMsisdn": _number,
    "updateMsisdn": _number,
    "removeMsisdn": _forget_number,
}


def _no_profile(kind: str) -> Reason:
    return _malformed("profile", f"must be {kind}")


def _malformed(field: str, rule: str) -> Reason:
    return Reason(Code.MALFORMED, field, f"{field} {rule}")
