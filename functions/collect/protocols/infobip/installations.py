"""What the Mobile Messaging SDK sends: an app's installation, its person, their events and sessions.

An installation is known by its `pushRegId`, which is the person's anonymous id here, as well as their identity of
Infobip's type PUSH.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter import message_ids
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Fields, Item, event
from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.http.responses import Refused
from functions.collect.protocols.infobip.events import Found
from functions.collect.protocols.infobip.person import PUSH
from functions.collect.protocols.infobip.traits import traits_of
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.infobip.raw import Personalization, SdkEvent, Session, User

DEVICE = {
    "deviceManufacturer": "manufacturer", "deviceModel": "model", "deviceName": "name", "pushServiceToken": "token",
}  # fmt: skip
"""Fields of an installation that say something of the device, by the context's word for it."""

ELSEWHERE = frozenset(
    {*DEVICE, "pushRegId", "regEnabled", "sdkVersion", "appVersion", "os", "osVersion", "language"}
    | {"deviceTimezoneOffset", "pushServiceType"}
)


def in_registration(call: Call) -> Found:
    """The same token is the same installation, however often it registers."""
    document = call.body.document
    given = document if isinstance(document, dict) else {}
    token = given.get("pushServiceToken")
    known_as = given.get("pushRegId") or (
        message_ids.of_content("pushServiceToken", token) if token else None
    )
    return [document], {"regId": known_as or call.new_id().replace("-", "")}


def in_request(call: Call) -> Found:
    return [call.body.document], dict(call.parameters)


def in_custom_events(call: Call) -> Found:
    return _listed(call, "events"), dict(call.parameters)


def in_sessions(call: Call) -> Found:
    """The installation first; then each start, and each end with the start it belongs to."""
    document = call.body.document
    if not isinstance(document, dict):
        return in_request(call)
    raw: list[Any] = []
    if system_data := document.get("systemData"):
        raw.append({"systemData": system_data})
    raw += [{"sessionStart": start} for start in _listed(call, "sessionStarts", needed=False)]
    bounds = document.get("sessionBounds") or {}
    most = call.format.items.most
    if not isinstance(bounds, dict) or len(raw) + 2 * len(bounds) > most:
        sentence = f"sessionBounds must be an object of session starts and ends, at most {most}"
        raise Refused(400, Code.MALFORMED, sentence)
    for start, end in bounds.items():
        raw += [{"sessionStart": start}, {"sessionStart": start, "sessionEnd": end}]
    return raw, dict(call.parameters)


def installation(raw: object, common: dict[str, Any], delivery: Delivery, arrival: Arrival) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    return _event(common, delivery, arrival, "identify", {}, context=_context(raw, common["regId"]))


def user(raw: User | NoObject, common: dict[str, Any], delivery: Delivery, arrival: Arrival) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    said = traits_of(raw)
    return _event(common, delivery, arrival, "identify", said, user_id=raw.get("externalUserId"))


def personalized(
    raw: Personalization | NoObject, common: dict[str, Any], delivery: Delivery, arrival: Arrival
) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    who, attributes = raw.get("userIdentity"), raw.get("userAttributes") or {}
    if not isinstance(who, dict) or not isinstance(attributes, dict):
        field = "userAttributes" if isinstance(who, dict) else "userIdentity"
        return {}, [Reason(Code.MALFORMED, field, f"{field} must be an object")]
    said = traits_of({**attributes, **who})
    return _event(common, delivery, arrival, "identify", said, user_id=who.get("externalUserId"))


def depersonalized(_raw: object, common: dict[str, Any], delivery: Delivery, arrival: Arrival) -> Item:
    context = {"device": {"id": common["regId"], "removed": True}}
    return _event(common, delivery, arrival, "identify", {}, context=context)


def custom_event(
    raw: SdkEvent | NoObject, common: dict[str, Any], delivery: Delivery, arrival: Arrival
) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    definition_id, date, properties = raw.get("definitionId"), raw.get("date"), raw.get("properties")
    id_ = message_ids.of_unnumbered(common["regId"], definition_id, date, properties) if date else None
    return _event(
        common, delivery, arrival, "track", None, name=definition_id, id_=id_, properties=properties, at=date
    )


def session(raw: Session | NoObject, common: dict[str, Any], delivery: Delivery, arrival: Arrival) -> Item:
    """No event of the plan: sessions are counted from what happens, and this happened at its time."""
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    if "systemData" in raw:
        return installation(raw["systemData"], common, delivery, arrival)
    start = raw.get("sessionStart")
    at = raw.get("sessionEnd", start)
    if not isinstance(start, str) or not isinstance(at, str):
        sentence = "a session's start and end must be times like 2026-11-21T16:00:00+0000"
        return {}, [Reason(Code.MALFORMED, "sessionStarts", sentence)]
    id_ = message_ids.of_content(common["regId"], "session", start, at)
    session_id = message_ids.of_content(common["regId"], "session", start)
    return _event(common, delivery, arrival, "identify", {}, id_=id_, session_id=session_id, at=at)


def _listed(call: Call, field: str, *, needed: bool = True) -> list[Any]:
    document = call.body.document
    found = document.get(field) if isinstance(document, dict) else None
    if found is None and not needed:
        return []
    if not isinstance(found, list):
        raise Refused(400, Code.MALFORMED, f"{field} must be a list")
    limit = call.format.items._replace(request=field, items="entries")
    if len(found) > limit.most:
        raise Refused(400, Code.TOO_LARGE, limit.exceeded(len(found)))
    return found


def _event(
    common: dict[str, Any],
    delivery: Delivery,
    arrival: Arrival,
    type_: str,
    traits: Fields | None,
    *,
    name: object = "identify",
    id_: object = None,
    user_id: object = None,
    properties: object = None,
    context: Fields | None = None,
    session_id: str | None = None,
    at: object = None,
) -> Item:
    reg_id = common["regId"]
    around = dict(context or {})
    if delivery.is_browser:
        around |= {"ip": delivery.ip} if delivery.ip is not None else {}
        around |= {"user_agent": delivery.user_agent} if delivery.user_agent is not None else {}
    return event(
        arrival,
        type_,
        name,
        id_=id_,
        user_id=user_id,
        anonymous_id=reg_id,
        properties=properties,
        traits=traits or None,
        context=around or None,
        session_id=session_id,
        timestamp=at,
        other_ids={PUSH: reg_id},
    )


def _context(instance: dict[str, Any], reg_id: str) -> Fields:
    """What has no word of its own is kept beside the device's, under the name it came with."""
    get = instance.get
    device = {word: get(field) for field, word in DEVICE.items()}
    device |= {"id": reg_id, "type": get("pushServiceType") or get("os")}
    if get("regEnabled") is False:
        device["registered"] = False
    device |= {name: value for name, value in instance.items() if name not in ELSEWHERE}
    parts: Fields = {
        "device": device,
        "app": {"version": get("appVersion")},
        "os": {"name": get("os"), "version": get("osVersion")},
        "library": {"name": "Infobip Mobile Messaging", "version": get("sdkVersion")},
    }
    said: Fields = {
        name: {word: v for word, v in part.items() if v is not None} for name, part in parts.items()
    }
    if "version" not in said["library"]:
        del said["library"]
    said |= {"locale": get("language"), "timezone": get("deviceTimezoneOffset")}
    return {name: part for name, part in said.items() if part}
