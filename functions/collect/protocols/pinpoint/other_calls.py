"""Endpoints read back, and removed, as far as a profile keeps them.

A device is an endpoint. So is an address: by the identity its endpoint left, as long as the person has it still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from functions.collect.adapter.lookups import Change, Lookups
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Response
from functions.collect.protocols.pinpoint.answers import request_id, response, said
from functions.collect.protocols.pinpoint.channels import ADDRESS_TRAITS, CONSENTS, OF_PLATFORMS
from functions.collect.protocols.pinpoint.endpoints import address_kind, fingerprint
from functions.collect.protocols.pinpoint.routes import DELETE_ENDPOINT, DELETE_USER, GET_USER
from shared import identity
from shared.workspace.collecting import Source

if TYPE_CHECKING:  # loaded with the lookups, by the first call that reads a person
    from shared.fold.parts.devices.device import Device
    from shared.fold.profile import Profile


class Known(NamedTuple):
    """An endpoint of the person: a device, or an address with its channel."""

    id: str
    channel: str
    device: Device | None


def answer_other_call(call: Call, _source: Source | None, lookups: Lookups) -> Response | Change:
    asked = call.parameters.get("user") or call.parameters["endpoint"]
    if call.route.call in (GET_USER, DELETE_USER):
        person = lookups.person(identity.key("user", identity.normalised("user", asked)))
        found = _endpoints(person) if person is not None else []
        if person is None or not found:
            return said(call, 404, f"user {asked} has no endpoints")
        answered = response(call, 200, {"Item": [_told(one, person, call) for one in found]})
        return answered if call.route.call == GET_USER else _removed(answered, found, asked)
    person = lookups.person(identity.key("anonymous", identity.normalised("anonymous", asked)))
    found = [one for one in _endpoints(person) if one.id == asked] if person is not None else []
    if person is None or not found:
        return said(call, 404, f"there is no endpoint {asked}")
    answered = response(call, 200, _told(found[0], person, call))
    return _removed(answered, found, None) if call.route.call == DELETE_ENDPOINT else answered


def _removed(answered: Response, found: list[Known], user: str | None) -> Change:
    """Each endpoint by an event of its own; an address goes from the person with it."""
    answered.status = 202
    raw: list[dict[str, Any]] = []
    for one in found:
        removal: dict[str, Any] = {"EndpointId": one.id, "Removed": True}
        if user is not None:
            removal["UserId"] = user
        if one.device is None:
            removal["Traits"] = {ADDRESS_TRAITS[one.channel]: None}
        raw.append(removal)
    return Change(answered, raw, {})


def _endpoints(person: Profile) -> list[Known]:
    """An endpoint that an event without a channel made a device of is an address all the same."""
    found = {
        device.id: Known(device.id, OF_PLATFORMS.get(device.platform, "PUSH"), device)
        for device in person.states.devices.known
    }
    known = person.states.identities.known
    for channel, trait in ADDRESS_TRAITS.items():
        address = person.states.traits.values.get(trait)
        if not isinstance(address, str):
            continue
        ends = f"#{fingerprint(trait, address)}"
        for key in known:
            if identity.kind_of(key) == address_kind(channel) and key.endswith(ends):
                endpoint_id = identity.value_of(key).removesuffix(ends)
                found[endpoint_id] = Known(endpoint_id, channel, None)
    return list(found.values())


def _told(one: Known, person: Profile, call: Call) -> dict[str, Any]:
    """An EndpointResponse of the model, without what a profile does not keep."""
    traits = {
        name: value
        for name, value in person.states.traits.values.items()
        if name not in ADDRESS_TRAITS.values()
    }
    consent = person.states.consents.channels.get(CONSENTS[one.channel])
    told: dict[str, Any] = {
        "ApplicationId": call.parameters["app"],
        "Id": one.id,
        "ChannelType": one.channel,
        "EndpointStatus": "ACTIVE",
        "OptOut": "ALL" if consent is not None and not consent.given else "NONE",
        "Metrics": {name: value for name, value in traits.items() if _is_number(value)},
        "User": {
            "UserAttributes": {
                name: _listed(value) for name, value in traits.items() if not _is_number(value)
            }
        },
        "RequestId": request_id(call),
    }
    if person.created_at is not None:
        told["CreationDate"] = person.created_at.isoformat(timespec="milliseconds")
    user = next(
        (key for key in reversed(person.states.identities.known) if identity.kind_of(key) == "user"), None
    )
    if user is not None:
        told["User"]["UserId"] = identity.value_of(user)
    if one.device is None:
        told["Address"] = person.states.traits.values[ADDRESS_TRAITS[one.channel]]
        return told
    device = one.device
    told["EffectiveDate"] = device.seen.isoformat()
    told["Demographic"] = {"Platform": device.platform}
    if device.model is not None:
        told["Demographic"]["Model"] = device.model
    if device.token is None:
        told["EndpointStatus"] = "INACTIVE"
    else:
        told["Address"] = device.token
    return told


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one if isinstance(one, str) else _json(one) for one in values]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
