"""The web SDK's calls. Its data names the browser by `g`, never the person: only a profile has an identity.

A browser without a guid gets one with the answer and holds everything back until then. `i` is the second at which the
call was made, `r` the millisecond at which it was sent, `rn` its number: a call that is sent again has another `r`.
https://github.com/CleverTap/clevertap-web-sdk
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item, type_word
from functions.collect.adapter.message_ids import of_content
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.http.responses import Refused
from functions.collect.protocols.clevertap import records
from functions.collect.protocols.clevertap.records import About, Moment, Person
from functions.collect.protocols.clevertap.wire_values import seconds, sent_at
from shared.identity import is_placeholder

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.clevertap.raw import WebCall

GUID = re.compile(r"[A-Za-z0-9_.:@!$()-]{1,128}")
OPTED_OUT = ":OO"
"""The end of the guid of a browser that is not to be tracked: the SDK then sends nothing."""

NUMBER = re.compile(r"[0-9]{1,10}")
KEPT = ("type", "i", "sn", "rn", "r", "useIP")
"""Parameters of the query without which a call is not understood."""

NOTHING = ("wzrk_fetch",)
"""Events by which the SDK asks for something and tells nothing."""

LIBRARY = re.compile(r"web-sdk-v(.+)")


def parse(call: Call, document: dict[str, Any], delivery: Delivery) -> Parsed:
    """Raises Refused when the data is encrypted: the SDK then sends it again as it is."""
    if document.get("encrypted") is True:
        raise Refused(
            402, "encryption_not_supported", "encryption in transit is not supported; TLS is enough"
        )
    query = call.request.query_values()
    raw: Any = {name: value for name, value in document.items() if name != "id"}
    common: dict[str, Any] = {name: query[name] for name in KEPT if name in query}
    common["guid"] = (
        shown_guid(query.get("gc")) or shown_guid(document.get("g")) or call.new_id().replace("-", "")
    )
    common["session"] = _session(document.get("s"), query.get("s"), delivery)
    arrival = arrival_of(common, delivery)
    item = read(raw, common, arrival, delivery)
    return Parsed(arrival, [] if item is None else [item], [] if item is None else [raw], common)


def shown_guid(value: object) -> str | None:
    """What goes into an answer that browsers run is looked at closely."""
    if not isinstance(value, str):
        return None
    guid = value.removesuffix(OPTED_OUT)
    return guid if GUID.fullmatch(guid) and not is_placeholder(guid) else None


def arrival_of(common: dict[str, Any], delivery: Delivery) -> Arrival:
    sent = sent_at(common.get("r"), 1000)
    return Arrival.of(delivery.received_at, sent, is_retry=delivery.is_retry, new_id=delivery.new_id)


def read(
    raw: WebCall | NoObject, common: dict[str, Any], arrival: Arrival, delivery: Delivery
) -> Item | None:
    """None for what tells nothing of anybody: a ping, a question of the SDK's own."""
    if not isinstance(raw, dict):
        return records.malformed("d", "d must be a JSON object")
    kind = type_word(raw.get("type") or common.get("type"))
    if kind == "ping" or (kind == "event" and raw.get("evtName") in NOTHING):
        return None
    person = Person(None, common.get("guid"))
    session = common.get("session")
    when = Moment(seconds(common.get("i")), _id(raw, common), None if session is None else str(session))
    about = About(arrival, person, when, _context(raw, common, delivery))
    if "action" in raw or common.get("type") == "data":
        return records.of_device(about, _device(raw, person))
    match kind:
        case "event" | "profile" as pushed:
            return records.pushed(about, pushed, raw)
        case "page":
            return records.page(about)
    return records.malformed(
        "type", "type must be page, push, ping or data, and what is pushed event or profile"
    )


def _session(in_data: object, in_query: object, delivery: Delivery) -> int:
    """The second it began; it begins now when the SDK knows of none."""
    for value in (in_data, in_query):
        if isinstance(value, (int, str)) and not isinstance(value, bool) and NUMBER.fullmatch(str(value)):
            return int(value)
    return int(delivery.received_at.timestamp())


def _id(raw: WebCall, common: dict[str, Any]) -> str | None:
    """A call that the SDK kept and sends again has its second and its number."""
    if not common.get("i") or not common.get("rn"):
        return None
    said = {name: value for name, value in raw.items() if name not in ("g", "s")}
    return of_content(common["i"], common.get("sn"), common["rn"], said)


def _device(raw: WebCall, person: Person) -> dict[str, Any]:
    """A browser's push subscription: its endpoint is the token, and its keys seal what is sent."""
    device: dict[str, Any] = {"id": person.object_id, "type": "web"}
    if raw.get("action") == "unregister":
        return {**device, "registered": False}
    if isinstance(raw.get("endpoint"), str):
        device["token"] = raw["endpoint"]
    if isinstance(raw.get("keys"), dict):
        device["keys"] = raw["keys"]
    return device


def _context(raw: WebCall, common: dict[str, Any], delivery: Delivery) -> dict[str, Any]:
    """The address only where the page allows it (`useIP`), which it does not by default."""
    given = raw.get("af")
    fields: dict[str, Any] = given if isinstance(given, dict) else {}
    library = LIBRARY.fullmatch(fields["lib"]) if isinstance(fields.get("lib"), str) else None
    context: dict[str, Any] = {
        "ip": delivery.ip if delivery.is_browser and common.get("useIP") == "true" else None,
        "user_agent": delivery.user_agent if delivery.is_browser else None,
        "library": {"name": "clevertap-web-sdk", "version": library[1]} if library else None,
        "page": _said({"url": raw.get("cpg"), "referrer": raw.get("referrer")}),
        "campaign": _said({"source": raw.get("us"), "medium": raw.get("um"), "name": raw.get("uc")}),
        "location": _said({"latitude": fields.get("Latitude"), "longitude": fields.get("Longitude")}),
        "wzrk_error": raw.get("wzrk_error"),
    }
    return _said(context)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", {})}
