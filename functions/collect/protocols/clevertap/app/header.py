"""What the header of an app's batch says of every event in it: the device, the app, the link that led to it."""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.wire_format import Delivery

FIELDS = {
    "Build": ("app", "build"),
    "Carrier": ("network", "carrier"),
    "Latitude": ("location", "latitude"),
    "Longitude": ("location", "longitude"),
    "Make": ("device", "manufacturer"),
    "Model": ("device", "model"),
    "OS": ("os", "name"),
    "OS Version": ("os", "version"),
    "SDK Version": ("library", "version"),
    "Version": ("app", "version"),
}
"""Of `af`: where each stands in the context."""

USE_IP = "useIP"
CAMPAIGN = {"us": "source", "um": "medium", "uc": "name"}
"""Of `ref`."""


def kept_of(header: dict[str, Any]) -> dict[str, Any]:
    """What is needed to read one of the batch's events again; not the account's id, nor its token."""
    found: dict[str, Any] = {
        "af": _plain(header.get("af"), (*FIELDS, USE_IP)),
        "ref": _plain(header.get("ref"), CAMPAIGN),
        **_plain(header, ("g",)),
    }
    return {name: value for name, value in found.items() if value != {}}


def context_of(common: dict[str, Any], delivery: Delivery) -> dict[str, Any]:
    """A context of its own for each event. The address only where the app allows it (`useIP`)."""
    fields: dict[str, Any] = common.get("af", {})
    context: dict[str, Any] = {"device": {"id": common["g"]}} if isinstance(common.get("g"), str) else {}
    for name, value in fields.items():
        if name in FIELDS:
            part, field = FIELDS[name]
            context.setdefault(part, {})[field] = value
    if "library" in context:
        context["library"]["name"] = "clevertap"
    if campaign := {CAMPAIGN[name]: value for name, value in common.get("ref", {}).items()}:
        context["campaign"] = campaign
    if fields.get(USE_IP) is True and delivery.is_browser and delivery.ip:
        context["ip"] = delivery.ip
    return context


def _plain(values: object, wanted: tuple[str, ...] | dict[str, str]) -> dict[str, Any]:
    """Text and numbers under the wanted names."""
    if not isinstance(values, dict):
        return {}
    found = {name: values[name] for name in wanted if name in values}
    return {
        name: value for name, value in found.items() if isinstance(value, (str, int, float)) and value != ""
    }
