"""The context of an event: its parameters, and the entities that describe device, app and session.

https://docs.snowplow.io/docs/events/ootb-data/
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from functions.collect.adapter.wire_format import Delivery
from functions.collect.caching import url_parts
from functions.collect.protocols.snowplow.iglu import Described
from functions.collect.protocols.snowplow.parameters import OF_A_KIND, PLACE, READ

if TYPE_CHECKING:
    from functions.collect.protocols.snowplow.raw import Parameters

SESSION, SCREEN = "client_session", "screen"

DEVICE: dict[str, dict[str, tuple[str, ...]]] = {
    "os": {"name": ("osType",), "version": ("osVersion",)},
    "device": {
        "id": ("appleIdfv", "androidIdfa"), "manufacturer": ("deviceManufacturer",), "model": ("deviceModel",),
    },
    "network": {"carrier": ("carrier",), "type": ("networkType",), "technology": ("networkTechnology",)},
}  # fmt: skip

ENTITIES: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "application": {"app": {"version": ("version",), "build": ("build",)}},
    "desktop_context": DEVICE,
    "geolocation_context": {"location": {"latitude": ("latitude",), "longitude": ("longitude",)}},
    "mobile_context": DEVICE,
}
"""By the entity's name: parts of the context, their words, and the entity's fields that say them."""

CAMPAIGN = {
    "utm_source": "source", "utm_medium": "medium", "utm_campaign": "name", "utm_term": "term",
    "utm_content": "content",
}  # fmt: skip

SCALARS = (str, int, float, bool)


def context(
    raw: Parameters,
    event: Described | None,
    entities: list[Described],
    delivery: Delivery,
    *,
    anonymous: bool,
) -> dict[str, Any]:
    """`anonymous` is a visitor whose address is not to be kept."""
    found: dict[str, Any] = {}
    for entity in entities:
        for part, words in ENTITIES.get(entity.name, {}).items():
            found.setdefault(part, {}).update(_said(entity.data, words))
    if app := raw.get("aid"):
        found["app"] = {"name": app, **found.get("app", {})}
    if place := {word: said for name, word in PLACE.items() if (said := raw.get(name))}:
        found["location"] = {**found.get("location", {}), **place}
    if page := _page(raw):
        found["page"] = page
    if campaign := _campaign(raw.get("url")):
        found["campaign"] = campaign
    if isinstance(tracker := raw.get("tv"), str) and tracker:
        kind, _, version = tracker.partition("-")
        found["library"] = {"name": f"snowplow-{kind}", **({"version": version} if version else {})}
    by_request = delivery.is_browser and not anonymous
    found |= {
        "ip": raw.get("ip") or (delivery.ip if by_request else None),
        "user_agent": raw.get("ua") or (delivery.user_agent if by_request else None),
        "locale": raw.get("lang"),
        "timezone": raw.get("tz"),
    }
    if own := _own(raw, event, entities):
        found["snowplow"] = own
    return {part: value for part, value in found.items() if value}


def entity(entities: list[Described], name: str) -> dict[str, Any]:
    """The data of the first entity of a name; nothing when there is none."""
    data = next((one.data for one in entities if one.name == name), None)
    return data if isinstance(data, dict) else {}


def _own(raw: Parameters, event: Described | None, entities: list[Described]) -> dict[str, Any]:
    """What only Snowplow has words for: the schema, every entity by its name, the rest of the parameters."""
    own: dict[str, Any] = {
        name: value for name, value in raw.items() if name not in READ and name not in OF_A_KIND
    }
    if event is not None:
        own["schema"] = event.schema
    by_name: dict[str, list[dict[str, Any]]] = {}
    for one in entities:
        by_name.setdefault(one.name, []).append({"schema": one.schema, "data": one.data})
    if by_name:
        own["entities"] = by_name
    return own


def _said(data: object, words: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(data, dict):
        for word, fields in words.items():
            values = (data[field] for field in fields if isinstance(data.get(field), SCALARS))
            if (value := next(filter(None, values), None)) is not None:
                found[word] = value
    return found


def _page(raw: Parameters) -> dict[str, Any]:
    page = {"url": raw.get("url"), "title": raw.get("page"), "referrer": raw.get("refr")}
    if isinstance(url := raw.get("url"), str):
        with suppress(ValueError):  # no address: it is kept as it came
            page["path"] = url_parts(url).path
    return {word: value for word, value in page.items() if value}


def _campaign(url: object) -> dict[str, str]:
    if not isinstance(url, str) or "utm_" not in url:
        return {}
    try:
        query = parse_qs(url_parts(url).query, max_num_fields=200)
    except ValueError:
        return {}
    return {word: query[name][0] for name, word in CAMPAIGN.items() if name in query}
