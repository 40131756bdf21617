"""Where and on what it happened: a batch's device, app and place, and what an event adds, in the context's words.

What has no word there is kept below `mparticle` as it came.
https://docs.mparticle.com/developers/apis/json-reference/#device_info
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.adapter.wire_format import Delivery
from shared.plan.reasons import Code, Reason

LIBRARY = "mparticle"

OBJECTS = ("device_info", "application_info", "context", "batch_context")
KEPT_OF_BATCHES = ("integration_attributes", "attribution_info", "source_info", "partner_identities")

DEVICE: dict[str, tuple[str, str]] = {
    "platform": ("device", "type"),
    "device_model": ("device", "model"),
    "device_manufacturer": ("device", "manufacturer"),
    "push_token": ("device", "token"),
    "os_version": ("os", "version"),
    "network_carrier": ("network", "carrier"),
    "network_country": ("network", "country"),
    "network_code": ("network", "code"),
    "network_mobile_country_code": ("network", "mobile_country_code"),
    "radio_access_technology": ("network", "radio"),
    "bluetooth_enabled": ("network", "bluetooth_enabled"),
    "bluetooth_version": ("network", "bluetooth_version"),
    "device_country": ("location", "country"),
}
"""Of `device_info`, the rest stays with the device under its own name: screen sizes, advertising ids, brand."""

APP = {
    "application_name": "name",
    "application_version": "version",
    "application_build_number": "build",
    "package": "namespace",
}

SYSTEMS = {
    "ios": "iOS", "android": "Android", "tvos": "tvOS", "roku": "Roku OS", "fire_tv": "Fire OS", "xbox": "Xbox OS",
}  # fmt: skip
"""Platforms that name an operating system."""


def of_batch(batch: Mapping[str, Any], delivery: Delivery) -> tuple[Fields, list[Reason]]:
    """What all events of the batch share. A browser's address and agent are its request's; a server's say nothing."""
    reasons = [
        Reason(Code.MALFORMED, name, f"{name} must be an object")
        for name in OBJECTS
        if batch.get(name) is not None and not isinstance(batch[name], dict)
    ]
    found: Fields = {}
    _add_device(found, _object(batch, "device_info"))
    if isinstance(batch.get("mp_deviceid"), str):
        _put(found, "device", "id", batch["mp_deviceid"])
    for name, value in _object(batch, "application_info").items():
        _put(found, "app", APP.get(name, name), value)
    around = {**_object(batch, "batch_context"), **_object(batch, "context")}
    _add_place(found, around.get("location"))
    found["library"] = {"name": LIBRARY}
    _put(found, "library", "version", batch.get("sdk_version"))
    if batch.get("environment") is not None:
        found["environment"] = batch["environment"]
    for name in KEPT_OF_BATCHES:
        _put(found, LIBRARY, name, batch.get(name) or None)
    _put(found, LIBRARY, "data_plan", around.get("data_plan"))
    if batch.get("ip"):
        found["ip"] = batch["ip"]
    if delivery.is_browser:
        if delivery.ip is not None:
            found.setdefault("ip", delivery.ip)
        if delivery.user_agent is not None:
            found.setdefault("user_agent", delivery.user_agent)
    return found, reasons


def with_event(batch_context: Fields, data: Fields, kept: Fields, *more: Fields) -> Fields:
    """The batch's context and the event's own. `kept` has no place elsewhere; of `more`, what comes later counts."""
    own: Fields = {}
    _add_place(own, data.get("location"))
    state = data.get("device_current_state")
    connection = state.get("data_connection_type") if isinstance(state, dict) else None
    _put(own, "network", "type", connection or data.get("data_connection_type"))
    _put(own, "page", "url", data.get("page_url"))
    for name, value in kept.items():
        _put(own, LIBRARY, name, value)
    found = batch_context
    for part in (own, *more):
        found = merged(found, part)
    return found


def merged(one: Fields, other: Fields) -> Fields:
    """Both contexts in a new one; of what both say, the other's."""
    together = dict(one)
    for name, value in other.items():
        before = together.get(name)
        both = isinstance(before, dict) and isinstance(value, dict)
        together[name] = {**before, **value} if both else value  # type: ignore[dict-item]
    return together


def _add_device(found: Fields, device: Fields) -> None:
    for name, value in device.items():
        if name == "http_header_user_agent":
            if value:
                found["user_agent"] = value
        elif name == "timezone_offset":
            if value is not None:
                found["timezone_offset"] = value
        elif name not in ("locale_language", "locale_country"):
            _put(found, *DEVICE.get(name, ("device", name)), value)
    language, country = device.get("locale_language"), device.get("locale_country")
    if isinstance(language, str) and language:
        found["locale"] = f"{language}-{country}" if isinstance(country, str) and country else language
    platform = device.get("platform")
    if isinstance(platform, str):
        _put(found, "os", "name", SYSTEMS.get(platform.lower()))


def _add_place(found: Fields, location: object) -> None:
    """Latitude, longitude and accuracy (degrees, metres)."""
    if isinstance(location, dict):
        for name, value in location.items():
            _put(found, "location", name, value)


def _put(found: Fields, part: str, name: str, value: object) -> None:
    if value is not None:
        found.setdefault(part, {})[name] = value


def _object(batch: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = batch.get(name)
    return value if isinstance(value, dict) else {}
