"""A mobile SDK's batch: a header that says which device and app, then what happened there, oldest first.

https://github.com/CleverTap/clevertap-android-sdk
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item, type_word
from functions.collect.adapter.message_ids import of_unnumbered
from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.protocols.clevertap import records
from functions.collect.protocols.clevertap.app.header import context_of, kept_of
from functions.collect.protocols.clevertap.records import About, Moment, Person
from functions.collect.protocols.clevertap.wire_values import seconds, sent_at
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.clevertap.raw import AppEvent, AppToken

NOTHING = ("ping", "meta")


def batch(call: Call, document: list[Any]) -> tuple[dict[str, Any], list[Any]]:
    """What all items share, and those that tell something. A batch without a header is all items."""
    header = document[0] if document and _type(document[0]) == "meta" else {}
    common = kept_of(header)
    if sent := call.request.query_value("ts"):
        common["ts"] = sent
    return common, [raw for raw in document if _type(raw) not in NOTHING]


def arrival_of(common: dict[str, Any], delivery: Delivery) -> Arrival:
    sent = sent_at(common.get("ts"), 1)
    return Arrival.of(delivery.received_at, sent, is_retry=delivery.is_retry, new_id=delivery.new_id)


def item(raw: AppEvent | NoObject, common: dict[str, Any], arrival: Arrival, delivery: Delivery) -> Item:
    if not isinstance(raw, dict):
        return records.malformed("type", "an event must be a JSON object with a type")
    guid, said, session = common.get("g"), raw.get("ep"), raw.get("s")
    person = Person(None, guid)
    at = seconds(said)
    when = Moment(
        at,
        None if at is None else of_unnumbered(guid, raw),
        str(session)
        if isinstance(session, (int, str)) and not isinstance(session, bool) and session
        else None,
    )
    made = _read(raw, About(arrival, person, when, context_of(common, delivery)))
    if said is not None and at is None:
        made[1].insert(0, Reason(Code.MALFORMED, "ep", "ep must be the seconds since 1970, and not 0"))
    return made


def _read(raw: AppEvent, about: About) -> Item:
    match _type(raw):
        case "event" | "profile" as pushed:
            return records.pushed(about, pushed, raw)
        case "page":
            return records.page(about)
        case "data":
            data = raw.get("data")
            if isinstance(data, dict):
                return records.of_device(about, _device(data))
            return records.malformed("data", "data must be an object with action, id and type")
    return records.malformed("type", "type must be event, profile, page, ping or data")


def _device(data: AppToken) -> dict[str, Any]:
    """Of a push token, registered or no longer. The device keeps the id the batch has for it."""
    device = {"token": data.get("id"), "type": data.get("type")}
    found = {name: value for name, value in device.items() if isinstance(value, str) and value}
    return {**found, "registered": False} if data.get("action") == "unregister" else found


def _type(raw: Any) -> object:
    return type_word(raw.get("type")) if isinstance(raw, dict) else None
