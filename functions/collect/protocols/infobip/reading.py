"""From requests to canonical events: servers' events in `events`, the app's in `installations`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from functions.collect.adapter import growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.protocols.infobip import events, installations
from functions.collect.protocols.infobip.events import Found


class Reader(NamedTuple):
    """What a call's request holds, and what is made of each thing in it."""

    in_request: Callable[[Call], Found]
    item: Callable[[Any, dict[str, Any], Delivery, Arrival], Item]


READERS = {
    "event": Reader(events.in_request, events.one),
    "first_version_event": Reader(events.in_request, events.one),
    "batch": Reader(events.in_batch, events.of_batch),
    "register": Reader(installations.in_registration, installations.installation),
    "change_installation": Reader(installations.in_request, installations.installation),
    "change_user": Reader(installations.in_request, installations.user),
    "personalize": Reader(installations.in_request, installations.personalized),
    "depersonalize": Reader(installations.in_request, installations.depersonalized),
    "custom_events": Reader(installations.in_custom_events, installations.custom_event),
    "sessions": Reader(installations.in_sessions, installations.session),
}


def parse(call: Call, delivery: Delivery) -> Parsed:
    name = call.route.call
    reader = READERS[name]
    raw, common = reader.in_request(call)
    growth.hold_to(call.body.raw, [(common, len(raw))])
    arrival = _arrival(delivery)
    items = [reader.item(one, common, delivery, arrival) for one in raw]
    if name == "batch":
        events.whole_or_not_at_all(items)
    known_people = events.wanted_known(call, items[0]) if name == "event" else ()
    return Parsed(arrival, items, raw, common, known_people)


def again(call: str, raw: object, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(delivery)
    return arrival, READERS[call].item(raw, common, delivery, arrival)


def _arrival(delivery: Delivery) -> Arrival:
    """No request says when it was sent."""
    return Arrival.of(delivery.received_at, None, is_retry=False, new_id=delivery.new_id)
