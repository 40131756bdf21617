"""What is kept of one person, as Netmera's clients read it; and what to use instead of the calls that are not here.

What was sent a moment ago may take a second to be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from functions.collect.adapter.lookups import Lookups
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.netmera.consents import CATEGORY
from functions.collect.protocols.netmera.routes import INSTEAD, ROOT
from functions.collect.protocols.netmera.traits import as_profile
from shared.identity import LONGEST, key, normalised
from shared.workspace.collecting import Source

if TYPE_CHECKING:
    from shared.fold.profile import Profile

PAGE = 10
"""Devices of one answer, unless the client asks for another number."""


def answer_other_call(call: Call, _source: Source | None, lookups: Lookups) -> Response:
    """Raises Refused."""
    name = call.route.call
    if name in INSTEAD:
        raise Refused(404, "not_found", f"{name} is not here: {INSTEAD[name]}")
    ext_id = call.request.query_value("extId") or call.request.query_value("externalId")
    if ext_id is None:
        raise Refused(400, "missing_parameter", "extId is needed in the query")
    person = lookups.person(key("user", normalised("user", ext_id))) if len(ext_id) <= LONGEST else None
    if person is None:
        raise Refused(400, "unknown_person", "nobody has this extId")
    match name:
        case "getProfileAttributes":
            return Response(200, {"extId": ext_id, "profile": as_profile(person.states.traits.values)})
        case "getCategoryPreferences":
            return Response(200, {"categoryPreferences": _categories(person)})
        case "getDevices":
            return Response(200, {"extId": ext_id, "devices": _asked_for(call, _devices(person))})
    return Response(200, _page(call, ext_id, _devices(person)))


def _categories(person: Profile) -> dict[str, bool]:
    consents = person.states.consents.channels
    return {
        name.removeprefix(CATEGORY): consent.given
        for name, consent in consents.items()
        if name.startswith(CATEGORY)
    }


def _devices(person: Profile) -> list[dict[str, Any]]:
    """Used last comes first. A device may be sent push when it has a token and its person agreed."""
    consent = person.states.consents.channels.get("push")
    agreed = consent is not None and consent.given
    return [
        {
            "platform": device.platform.upper(),
            "token": device.token,
            "deviceModel": device.model,
            "pushPermitted": agreed and device.reachable_by is not None,
        }
        for device in reversed(person.states.devices.known)
    ]


def _asked_for(call: Call, devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    only_permitted = (call.request.query_value("pushPermitted") or "").lower() == "true"
    return [device for device in devices if device["pushPermitted"] or not only_permitted]


def _page(call: Call, ext_id: str, devices: list[dict[str, Any]]) -> dict[str, Any]:
    """Netmera's goes through everybody's devices; here it is one person's, whom the query names."""
    devices = [device for device in devices if device["token"] is not None]
    most, offset = _whole_number(call, "max", PAGE), _whole_number(call, "offset", 0)
    page: dict[str, Any] = {"total": len(devices), "devices": devices[offset : offset + most]}
    if 0 < most < len(devices) - offset:
        query = urlencode({"extId": ext_id, "offset": offset + most, "max": most})
        page["nextPage"] = f"https://{call.request.address}{ROOT}getDeviceTokens?{query}"
    return page


def _whole_number(call: Call, name: str, otherwise: int) -> int:
    text = call.request.query_value(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(400, "missing_parameter", f"{name} must be a whole number")
    return int(text)
