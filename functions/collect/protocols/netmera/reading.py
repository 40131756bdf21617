"""From Netmera's calls to canonical events: one item for each object of a list, or each person a call names.

No call has a time or an id of its own: events are those of their arrival, and a call that is sent twice is two.
"""

from __future__ import annotations

from typing import Any

from functions.collect.body import TooLarge
from functions.collect.canonical import NOT_AN_OBJECT, Arrival, Fields, Item, event
from functions.collect.protocols.netmera.people import PEOPLE, read
from functions.collect.protocols.netmera.translating import translated
from functions.collect.wire_format import Call, Delivery, Parsed
from shared.reasons import Reason

MOST_ITEMS = 5000
"""Of one request. Netmera takes 1,000 people."""

FIRE_EVENTS = "fireEvents"


def parse(call: Call, delivery: Delivery) -> Parsed:
    document, name = call.body.document, call.route.call
    found: list[Any] = document if isinstance(document, list) else [document]
    raw = [one for element in found for one in _each(element)] if name != FIRE_EVENTS else found
    if len(raw) > MOST_ITEMS:
        raise TooLarge(f"a request holds at most {MOST_ITEMS} events or people, {len(raw)} came")
    arrival = _arrival(delivery)
    return Parsed(arrival, [_item(name, one, arrival) for one in raw], raw, {})


def again(call: str, raw: object, _common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(delivery)
    return arrival, _item(call, raw, arrival)


def _arrival(delivery: Delivery) -> Arrival:
    return Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry)


def _each(element: object) -> list[Any]:
    """What is said of several people at once, once for each of them; other elements as they are."""
    if not isinstance(element, dict):
        return [element]
    lists = {name: element[name] for name in PEOPLE if name in element}
    if not lists or not all(isinstance(people, list) for people in lists.values()):
        return [element]
    rest = {name: value for name, value in element.items() if name not in lists}
    return [{**rest, PEOPLE[name]: one} for name, people in lists.items() for one in people] or [element]


def _item(call: str, raw: object, arrival: Arrival) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    if call == FIRE_EVENTS:
        said = translated(raw)
        fields: Fields = {"properties": said.properties, "context": said.context or None}
        return _event(arrival, said.type, said.name, raw.get("extId"), fields)
    found = read(call, raw)
    if isinstance(found, Reason):
        return {}, [found]
    return _event(arrival, "identify", "identify", raw.get("extId"), found)


def _event(arrival: Arrival, type_: str, name: object, ext_id: object, said: Fields) -> Item:
    fields, reasons = event(
        arrival,
        None,
        type_,
        name,
        ext_id,
        None,
        None,
        said.get("properties"),
        said.get("traits"),
        said.get("context"),
        None,
        None,
        said.get("other_ids"),
        said.get("trait_changes"),
    )
    return fields, [_in_netmeras_words(reason) for reason in reasons]


def _in_netmeras_words(reason: Reason) -> Reason:
    if reason.field != "user_id":
        return reason
    message = reason.message.replace("user_id or anonymous_id", "extId").replace("user_id", "extId")
    return Reason(reason.code, "extId", message)
