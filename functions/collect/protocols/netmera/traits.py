"""Netmera's own profile attributes, which have other names here. Custom ones keep theirs.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api/user-and-device-management
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from functions.collect.adapter import epoch
from shared.text import phones

TRAITS = {"name": "first_name", "surname": "last_name", "msisdn": "phone", "dateOfBirth": "birthday"}
NAMES = {trait: name for name, trait in TRAITS.items()}

GENDERS = {0: "male", 1: "female", 2: "unspecified"}
"""The SDKs' numbers; by REST it may be a word as well."""

MILLISECONDS = 1000


def trait_of(name: str) -> str:
    return TRAITS.get(name, name)


def as_traits(profile: dict[str, Any]) -> dict[str, Any]:
    found = {trait_of(name): value for name, value in profile.items()}
    if isinstance(phone := found.get("phone"), str):
        found["phone"] = phones.international(phone)
    if "birthday" in found:
        found["birthday"] = _birthday(found["birthday"])
    if type(found.get("gender")) is int:
        found["gender"] = GENDERS.get(found["gender"], found["gender"])
    return found


def as_profile(traits: dict[str, Any]) -> dict[str, Any]:
    """The traits as Netmera's clients know them; a birthday is milliseconds since 1970."""
    found = {NAMES.get(trait, trait): value for trait, value in traits.items()}
    if "dateOfBirth" in found:
        found["dateOfBirth"] = _since_1970(found["dateOfBirth"])
    return found


def _birthday(value: Any) -> Any:
    """A day. A client gives midnight by its own clock, so the nearest day of UTC is meant."""
    if type(value) is not int:
        return value
    moment = epoch.moment(value + 12 * 3600 * MILLISECONDS, MILLISECONDS)
    return moment.date().isoformat() if isinstance(moment, datetime) else value


def _since_1970(value: Any) -> Any:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * MILLISECONDS
