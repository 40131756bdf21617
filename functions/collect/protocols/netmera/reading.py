"""From Netmera's calls to canonical events: one item for each object of a list, or each person a call names.

No call has a time or an id of its own: events are those of their arrival, and a call that is sent twice is two. What is
said of many people at once is kept once, in what the request's items share: an item then says which of that it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter import growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Fields, Item, event
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.protocols.netmera.person import PEOPLE, read
from functions.collect.protocols.netmera.properties import translated
from shared.plan.reasons import Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.netmera.raw import Person

FIRE_EVENTS = "fireEvents"

SAID, OF = "said", "headrace_said"
"""In what a request's items share, the list of what is said of several people; in an item, its place in that list."""


WORDS = Words({"user_id": "extId"}, "extId", "in the header X-netmera-api-key", spoken="Netmera's format")


def parse(call: Call, delivery: Delivery) -> Parsed:
    document, name = call.body.document, call.route.call
    found: list[Any] = document if isinstance(document, list) else [document]
    call.format.items.hold_to(len(found))
    people = [{} if name == FIRE_EVENTS else _people(element) for element in found]
    counts = [sum(map(len, lists.values())) or 1 for lists in people]
    call.format.items.hold_to(sum(counts))
    growth.hold_to(call.body.raw, list(zip(map(_without_people, found, people), counts, strict=True)))
    said: list[Fields] = []
    raw = found
    if name != FIRE_EVENTS:
        raw = [
            one for element, lists in zip(found, people, strict=True) for one in _each(element, lists, said)
        ]
    arrival = _arrival(delivery)
    common = {SAID: said} if said else {}
    return Parsed(arrival, [_item(name, _whole(one, common), arrival) for one in raw], raw, common)


def again(call: str, raw: object, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(delivery)
    return arrival, _item(call, _whole(raw, common), arrival)


def _arrival(delivery: Delivery) -> Arrival:
    return Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry, new_id=delivery.new_id)


def _people(element: object) -> dict[str, list[Any]]:
    """The lists of people in it; none unless it names somebody by them."""
    if not isinstance(element, dict):
        return {}
    lists = {name: element[name] for name in PEOPLE if name in element}
    are_lists = all(isinstance(people, list) for people in lists.values())
    return lists if are_lists and any(lists.values()) else {}


def _without_people(element: Any, lists: dict[str, list[Any]]) -> Any:
    return {name: value for name, value in element.items() if name not in lists} if lists else element


def _each(element: object, lists: dict[str, list[Any]], said: list[Fields]) -> list[Any]:
    """An item for each of several people, what is said of them goes into `said`; other elements as they are."""
    if not isinstance(element, dict):
        return [element]
    if not lists:
        return [_own(element, said)]
    said.append(_without_people(element, lists))
    place = len(said) - 1
    return [{OF: place, PEOPLE[name]: one} for name, people in lists.items() for one in people]


def _own(element: Fields, said: list[Fields]) -> Fields:
    """The element as it is, unless it could be taken for an item of ours."""
    if OF not in element:
        return element
    said.append(element)
    return {OF: len(said) - 1}


def _whole(raw: Any, common: dict[str, Any]) -> Any:
    """The item with what is said of it and of others. Those kept by older versions have it themselves."""
    if not isinstance(raw, dict) or OF not in raw or SAID not in common:
        return raw
    return {**common[SAID][raw[OF]], **{name: value for name, value in raw.items() if name != OF}}


def _item(call: str, raw: Person | NoObject, arrival: Arrival) -> Item:
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
        type_,
        name,
        user_id=ext_id,
        properties=said.get("properties"),
        traits=said.get("traits"),
        context=said.get("context"),
        other_ids=said.get("other_ids"),
        trait_changes=said.get("trait_changes"),
    )
    return fields, [*reasons, *said.get("reasons", ())]
