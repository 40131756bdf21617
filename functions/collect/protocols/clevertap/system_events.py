"""Events that CleverTap itself raises, and where their attributes tell of the device, the app and the place.

They keep their names, and every attribute stays as it came; the context is filled besides. Their names are taken from
anybody: an export that is imported brings them by the same path as a server's own events.
https://developer.clevertap.com/docs/events#system-events
"""

from __future__ import annotations

from typing import Any

from functions.collect.vocabularies.clevertap import PLACES, SESSION, SYSTEM_EVENTS, bare


def context_of(name: object, data: object) -> dict[str, Any]:
    """Parts of a context; empty for any event that is not the vendor's own."""
    if not isinstance(data, dict) or not isinstance(name, str) or name not in SYSTEM_EVENTS:
        return {}
    found: dict[str, Any] = {}
    for attribute, value in data.items():
        place = PLACES.get(bare(attribute))
        if place is not None and value not in (None, "") and not isinstance(value, (dict, list)):
            found.setdefault(place[0], {}).setdefault(place[1], value)
    return found


def session_of(name: object, data: object) -> str | None:
    if not isinstance(data, dict) or not isinstance(name, str) or name not in SYSTEM_EVENTS:
        return None
    given = next((value for attribute, value in data.items() if bare(attribute) == SESSION), None)
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        return None
    return str(given) or None
