"""What User.com's SDK sends from apps: `/api/sdk/v1`.

The app asks for its user's key with its first ping, keeps it, and sends it with everything as `X-User-Key`.
https://github.com/UserEngage/Flutter-SDK
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.user_com.person import usable
from functions.collect.protocols.user_com.traits import as_traits
from shared.plan.reasons import Code, Reason
from shared.ports.runtime import NewId

PING = "ping"
PRODUCT = "product"

OF_THE_SDK = ("userKey", "user_id", "device")
"""Beside the attributes of a customer."""

Raw = dict[str, Any]


def named(common: dict[str, Any]) -> Fields:
    return {"anonymous_id": common.get("user_key")}


def with_key(raw: Raw, in_header: str | None, new_id: NewId) -> Raw:
    """The ping with the key that its user has from now on: a new one where the app has none yet."""
    customer = raw.get("customer")
    if customer is not None and not isinstance(customer, dict):
        return raw
    key = usable((customer or {}).get("userKey")) or usable(in_header) or new_id().replace("-", "")
    return {**raw, "customer": {**(customer or {}), "userKey": key}}


def ping(raw: Raw, _common: dict[str, Any]) -> Fields | Reason:
    customer, device = raw.get("customer"), raw.get("device") or {}
    if not isinstance(customer, dict):
        return Reason(Code.MALFORMED, "customer", "customer must be an object")
    if not isinstance(device, dict):
        return Reason(Code.MALFORMED, "device", "device must be an object")
    said = {name: value for name, value in customer.items() if name not in OF_THE_SDK and value is not None}
    return {
        "user_id": customer.get("user_id"),
        "anonymous_id": customer.get("userKey"),
        "traits": as_traits(said),
        "context": _context(device),
    }


def event(raw: Raw, common: dict[str, Any]) -> Fields | Reason:
    data = raw.get("data")
    return {
        **named(common),
        "type": "track",
        "name": raw.get("event"),
        "properties": {} if data is None else data,
        "timestamp": raw.get("timestamp"),
    }


def screen(raw: Raw, common: dict[str, Any]) -> Fields | Reason:
    data = raw.get("data")
    if not isinstance(data, dict):
        return Reason(Code.MALFORMED, "data", "data must be an object")
    properties = {name: value for name, value in data.items() if name not in ("event", "screen_name")}
    if data.get("screen_name") is not None:
        properties["name"] = data["screen_name"]
    return {
        **named(common),
        "type": "screen",
        "name": "screen",
        "properties": properties,
        "timestamp": raw.get("timestamp"),
    }


def notification(raw: Raw, common: dict[str, Any]) -> Fields | Reason:
    """A message that User.com sent was opened or clicked: the event as it came, and what its path says."""
    said = event(raw, common)
    if isinstance(said, Reason) or not isinstance(said["properties"], dict):
        return said
    path = common["parameters"]
    about = {
        "notification_type": path["type"],
        "notification_id": path["id"],
        "notification_action": path["action"],
    }
    return {**said, "properties": {**about, **said["properties"]}}


def _context(device: Raw) -> Fields:
    """`sdk` is the version of the operating system, on Android the API level."""
    os_type = device.get("os_type")
    found = {
        "device": {
            "token": device.get("fcm_key"),
            "type": os_type.lower() if isinstance(os_type, str) else None,
            "model": device.get("model"),
            "manufacturer": device.get("manufacturer"),
        },
        "os": {"name": os_type, "version": device.get("sdk")},
        "library": {"name": "User.com SDK", "version": device.get("lib_version")},
    }
    return {
        part: kept
        for part, fields in found.items()
        if (kept := {name: value for name, value in fields.items() if value is not None})
    }
