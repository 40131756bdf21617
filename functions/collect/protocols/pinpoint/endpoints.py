"""An endpoint in canonical words: whose it is, what it says of the person, and the device or address it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.protocols.pinpoint.channels import (
    ADDRESS_TRAITS,
    CHANNELS,
    CONSENTS,
    EVERY_CONSENT,
    TOKENS,
)
from shared import identity
from shared.plan.errors import shown
from shared.plan.reasons import Code, Reason
from shared.text.surrogates import as_bytes

if TYPE_CHECKING:
    from functions.collect.protocols.pinpoint.raw import Endpoint, Event

PARTS = ("Attributes", "Metrics", "Demographic", "Location", "User")
WORDS = {
    "ChannelType": CHANNELS,
    "OptOut": frozenset({"ALL", "NONE"}),
    "EndpointStatus": frozenset({"ACTIVE", "INACTIVE"}),
}
TEXTS = ("Address", "EffectiveDate")

DEVICE = {"Make": "manufacturer", "Model": "model", "ModelVersion": "model_version"}
SYSTEM = {"Platform": "name", "PlatformVersion": "version"}
LOCATION = {
    "City": "city",
    "Country": "country",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "PostalCode": "postal_code",
    "Region": "region",
}
APP = {"AppTitle": "name", "AppPackageName": "namespace", "AppVersionCode": "build"}
LIBRARY = {"SdkName": "name", "ClientSdkVersion": "version"}


def problems(endpoint: object) -> list[Reason]:
    """What the model of an endpoint does not allow. Everything below takes an endpoint that has none."""
    if not isinstance(endpoint, dict):
        return [_malformed("", "must be an object")]
    found = [
        _malformed(name, "must be an object")
        for name in PARTS
        if not isinstance(endpoint.get(name), (dict, type(None)))
    ]
    found += [
        _malformed(name, "must be text")
        for name in TEXTS
        if not isinstance(endpoint.get(name), (str, type(None)))
    ]
    for name, words in WORDS.items():
        word = endpoint.get(name)
        if word is not None and (not isinstance(word, str) or word not in words):
            came = f"; {shown(word)} came" if isinstance(word, str) else ""
            found.append(_malformed(name, f"must be one of {', '.join(sorted(words))}{came}"))
    user = endpoint.get("User")
    if isinstance(user, dict) and not isinstance(user.get("UserAttributes"), (dict, type(None))):
        found.append(_malformed("User.UserAttributes", "must be an object"))
    return found


def _malformed(field: str, rule: str) -> Reason:
    named = f"Endpoint.{field}".rstrip(".")
    return Reason(Code.MALFORMED, named, f"{named} {rule}")


def user_id(endpoint: Endpoint) -> object:
    return (endpoint.get("User") or {}).get("UserId")


def traits(endpoint: Endpoint) -> Fields:
    """Attributes and metrics of the endpoint and its user, the user's first; the address; what it opted out of."""
    user = endpoint.get("User") or {}
    found = {
        **_values(endpoint.get("Attributes")),
        **(endpoint.get("Metrics") or {}),
        **_values(user.get("UserAttributes")),
    }
    if "consents" in found:  # ours means something else
        found["_consents"] = found.pop("consents")
    address, trait = endpoint.get("Address"), ADDRESS_TRAITS.get(endpoint.get("ChannelType") or "")
    if address and trait is not None:
        found[trait] = address
    elif address and endpoint.get("ChannelType") == "CUSTOM":
        found["custom_address"] = address
    if consents := _consents(endpoint):
        found["consents"] = consents
    return found


def _values(attributes: Fields | None) -> Fields:
    """Lists, as Pinpoint has them all: one value is that value, none removes the trait."""
    return {name: _value(value) for name, value in (attributes or {}).items()}


def _value(listed: Any) -> Any:
    if not isinstance(listed, list) or len(listed) > 1:
        return listed
    return listed[0] if listed else None


def _consents(endpoint: Endpoint) -> dict[str, bool]:
    """An address that nothing is to be sent to counts as opted out of; a device like that loses its token instead."""
    channel, opted_out = endpoint.get("ChannelType"), endpoint.get("OptOut")
    if channel in ADDRESS_TRAITS and endpoint.get("EndpointStatus") == "INACTIVE":
        return {CONSENTS[channel]: False}
    if opted_out is None:
        return {}
    if channel is None:
        return dict.fromkeys(EVERY_CONSENT, False) if opted_out == "ALL" else {}
    return {CONSENTS[channel]: opted_out == "NONE"}


def context(endpoint_id: str, endpoint: Endpoint, event: Event) -> Fields:
    """Of the endpoint, and of the app and SDK that an event names."""
    demographic = endpoint.get("Demographic") or {}
    app = _renamed(event, APP)
    if "name" not in app and "namespace" in app:
        app["name"] = app["namespace"]
    if demographic.get("AppVersion") is not None:
        app["version"] = demographic["AppVersion"]
    found: Fields = {
        "device": {**_device(endpoint_id, endpoint), **_renamed(demographic, DEVICE)},
        "app": app,
        "os": _renamed(demographic, SYSTEM),
        "library": _renamed(event, LIBRARY),
        "location": _renamed(endpoint.get("Location") or {}, LOCATION),
        "locale": demographic.get("Locale"),
        "timezone": demographic.get("Timezone"),
    }
    return {name: value for name, value in found.items() if value not in (None, {})}


def _device(endpoint_id: str, endpoint: Endpoint) -> Fields:
    channel = endpoint.get("ChannelType")
    if channel in ADDRESS_TRAITS:
        return {}
    device: Fields = {"id": endpoint_id}
    if channel in TOKENS:
        device["type"] = channel.lower()
        if endpoint.get("Address"):
            device["token"] = endpoint["Address"]
    if endpoint.get("EndpointStatus") == "INACTIVE":
        device["registered"] = False
    return device


def _renamed(part: Mapping[str, object], names: dict[str, str]) -> Fields:
    return {name: part[said] for said, name in names.items() if part.get(said) not in (None, "")}


def address_ids(endpoint_id: str, endpoint: Endpoint) -> dict[str, object]:
    """The identity by which an endpoint that is an address is found again, with what its address was."""
    channel, address = endpoint.get("ChannelType"), endpoint.get("Address")
    if channel not in ADDRESS_TRAITS or not address or identity.is_placeholder(endpoint_id):
        return {}
    found = f"{endpoint_id}#{fingerprint(ADDRESS_TRAITS[channel], address)}"
    return {address_kind(channel): found} if len(found) <= identity.LONGEST else {}


def address_kind(channel: str) -> str:
    return f"pinpoint_{channel.lower()}"


def fingerprint(kind: str, address: str) -> str:
    """Enough to tell a person's addresses apart."""
    normal = identity.normalised(kind, address)
    return hashlib.blake2b(as_bytes(normal), digest_size=6).hexdigest()
