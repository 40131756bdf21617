"""Changes of what is known of people: attributes set, taken away, added to lists; tags.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api/user-and-device-management
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.netmera.traits import as_traits, trait_of
from shared.plan.reasons import Code, Observation, Reason

if TYPE_CHECKING:
    from functions.collect.protocols.netmera.raw import Person


def set_(raw: Person) -> Fields | Reason:
    profile = raw.get("profile")
    return {"traits": as_traits(profile)} if isinstance(profile, dict) else _no_profile("an object")


def unset(raw: Person) -> Fields | Reason:
    rule = _no_profile("a list of attributes' names")
    names = raw.get("profile")
    if not isinstance(names, list):
        return rule
    found = [name for name in names if isinstance(name, str)]
    return {"traits": {trait_of(name): None for name in found}, "reasons": _left_out(found, names, rule)}


def push(raw: Person) -> Fields | Reason:
    return _list_change(raw, "append")


def pull(raw: Person) -> Fields | Reason:
    return _list_change(raw, "remove")


def _list_change(raw: Person, word: str) -> Fields | Reason:
    profile = raw.get("profile")
    if not isinstance(profile, dict):
        return _no_profile("an object")
    return {"trait_changes": {word: {trait_of(name): values for name, values in profile.items()}}}


def delete_value(raw: Person) -> Fields | Reason:
    """Netmera's takes the value from everybody."""
    name = raw.get("key")
    if not isinstance(name, str) or not name:
        return malformed("key", "must be a string, the attribute's name")
    if "value" not in raw:
        return malformed("value", "is missing")
    if raw.get("extId") is None:
        sentence = "extId is needed: a value is taken from one person at a time, not from everybody"
        return Reason(Code.NO_IDENTITY, "extId", sentence)
    return {"trait_changes": {"remove": {trait_of(name): [raw["value"]]}}}


def tag(raw: Person) -> Fields | Reason:
    return tags_changed(raw, "append")


def untag(raw: Person) -> Fields | Reason:
    return tags_changed(raw, "remove")


def tags_changed(raw: Person, word: str) -> Fields | Reason:
    tags = raw.get("tag")
    rule = malformed("tag", "must be a tag's name, or a list of names")
    named = tags if isinstance(tags, list) else [tags]
    found = [tag for tag in named if isinstance(tag, str) and tag]
    if not found:
        return rule
    return {"trait_changes": {word: {"tags": found}}, "reasons": _left_out(found, named, rule)}


def _left_out(found: list[str], named: list[Any], rule: Reason) -> list[Reason]:
    """Of a list with entries that are no names: the others count."""
    return [] if len(found) == len(named) else [rule._replace(observation=Observation.ENTRY_UNREADABLE)]


def _no_profile(kind: str) -> Reason:
    return malformed("profile", f"must be {kind}")


def malformed(field: str, rule: str) -> Reason:
    return Reason(Code.MALFORMED, field, f"{field} {rule}")
