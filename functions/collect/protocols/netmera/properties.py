"""An event's flat attributes as properties and context: the standard ones under our names, the others as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.collect.protocols.netmera.standard_events import (
    CAMPAIGN,
    CONTENT_TYPES,
    LINE_ITEM,
    STANDARD,
    Attributes,
)

METADATA: dict[str, tuple[str, str | None]] = {
    "appV": ("app", "version"),
    "mdl": ("device", "model"),
    "mnf": ("device", "manufacturer"),
    "oper": ("network", "carrier"),
    "oc": ("network", "carrier_code"),
    "lang": ("locale", None),
}
"""What the SDKs collect of a device: the part of the context, and the field in it.
https://user.netmera.com/netmera-user-guide/customer-data/device-metadata"""


class Translated(NamedTuple):
    type: str
    name: object
    properties: dict[str, Any]
    context: dict[str, Any]


def translated(raw: Mapping[str, Any]) -> Translated:
    """Where an event says the same thing under two keys, our own name wins, then the key that came first."""
    naming = "name" if "name" in raw else "code"
    name = raw.get(naming)
    known = STANDARD.get(name) if isinstance(name, str) else None
    elsewhere = METADATA if known is None else METADATA | CAMPAIGN
    context: dict[str, Any] = {}
    said: dict[str, Any] = {}
    for key, value in raw.items():
        if key in elsewhere and _is_plain(value):
            part, field = elsewhere[key]
            context[part] = value if field is None else {**context.get(part, {}), field: value}
        elif key not in ("extId", naming):
            said[key] = value
    if known is None:
        return Translated("track", name, said, context)
    return Translated(known.type, known.name, renamed(said, known.attributes), context)


def renamed(said: dict[str, Any], attributes: Attributes) -> dict[str, Any]:
    ours = set(attributes.values())
    found = {key: _value(key, value) for key, value in said.items() if key not in attributes or key in ours}
    for key, value in said.items():
        if key in attributes:
            found.setdefault(attributes[key], _value(attributes[key], value))
    return found


def _value(name: str, value: Any) -> Any:
    """Names of categories are one text; products of a list are translated like those of an event."""
    if name == "items" and isinstance(value, list):
        return [renamed(item, LINE_ITEM) if isinstance(item, dict) else item for item in value]
    if name == "category" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if name == "content_type" and type(value) is int:
        return CONTENT_TYPES.get(value, value)
    return value


def _is_plain(value: Any) -> bool:
    """Text or a whole number. What is neither, says nothing of a device: it stays a property."""
    return isinstance(value, (str, int)) and not isinstance(value, bool)
