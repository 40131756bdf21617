"""An endpoint as an identify, and an event of one, as canonical events.

https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-events.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter import message_ids
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Fields, Item, event
from functions.collect.adapter.wire_format import Delivery
from functions.collect.protocols.pinpoint import endpoints
from functions.collect.protocols.pinpoint.standard_events import SESSION, WITHDRAWN, translated
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.pinpoint.raw import Endpoint, Event

SHORTEST_ID = 16
"""Characters. A shorter key of an event, `one` or `event1` as AWS's examples have it, is the same in every request and
no id: alone it would make all but the first of these events duplicates."""

Raw = dict[str, Any]
"""What an item is kept as: `EndpointId`, and `Endpoint` or, for an event, `EventId` and `Event`; with `Removed`, an
endpoint to be forgotten. The endpoints of events are kept once, in what the request's items share."""

OF_EVENTS = "endpoints"
"""Where they are, by their ids."""


def item(raw: Raw, common: dict[str, Any], delivery: Delivery, arrival: Arrival) -> Item:
    endpoint_id = raw["EndpointId"]
    endpoint: Endpoint | NoObject = raw.get("Endpoint")
    if endpoint is None and "EventId" in raw:
        endpoint = common.get(OF_EVENTS, {}).get(endpoint_id)
    if not isinstance(endpoint_id, str) or not endpoint_id:
        return {}, [malformed("Id", "Id must be text, the id of the endpoint")]
    if raw.get("Removed") is True:
        return _removal(raw, arrival)
    found = endpoints.problems(endpoint)
    if "EventId" in raw:
        return _event(raw, endpoint if isinstance(endpoint, dict) and not found else {}, delivery, arrival)
    if found or not isinstance(endpoint, dict):
        return {"anonymous_id": endpoint_id}, found
    return event(
        arrival,
        "identify",
        "identify",
        id_=_endpoint_message_id(endpoint_id, endpoint, common),
        user_id=endpoints.user_id(endpoint),
        anonymous_id=endpoint_id,
        traits=endpoints.traits(endpoint) or None,
        context=_context(endpoint_id, endpoint, {}, delivery) or None,
        timestamp=endpoint.get("EffectiveDate"),
        other_ids=endpoints.address_ids(endpoint_id, endpoint),
    )


def _event(raw: Raw, endpoint: Endpoint, delivery: Delivery, arrival: Arrival) -> Item:
    """An event whose endpoint is unreadable is an event all the same: the endpoint is told of by itself."""
    endpoint_id = raw["EndpointId"]
    said: Event | NoObject = raw.get("Event")
    if not isinstance(said, dict):
        return {"id": raw["EventId"]}, [malformed("Event", "an event must be a JSON object")]
    attributes, metrics, session = said.get("Attributes"), said.get("Metrics"), said.get("Session")
    wrong = [
        malformed(f"Event.{name}", f"{name} must be an object")
        for name, value in (("Attributes", attributes), ("Metrics", metrics), ("Session", session))
        if not isinstance(value, (dict, type(None)))
    ]
    if wrong:
        return {"id": raw["EventId"], "name": said.get("EventType")}, wrong
    event_type, times = said.get("EventType"), session or {}
    properties = {**(metrics or {}), **(attributes or {})}
    properties |= {
        f"{name}_metric": value for name, value in (metrics or {}).items() if name in (attributes or {})
    }
    if isinstance(event_type, str):
        if event_type.startswith(SESSION):
            properties = {**{name: value for name, value in times.items() if name != "Id"}, **properties}
        event_type, properties = translated(event_type, properties)
    withdrawn = WITHDRAWN.get(event_type) if isinstance(event_type, str) else None
    item = event(
        arrival,
        "track",
        event_type,
        id_=_event_message_id(raw),
        user_id=endpoints.user_id(endpoint),
        anonymous_id=endpoint_id,
        properties=properties,
        traits={"consents": {withdrawn: False}} if withdrawn is not None else None,
        context=_context(endpoint_id, endpoint, said, delivery) or None,
        session_id=times.get("Id"),
        timestamp=said.get("Timestamp"),
    )
    if not said.get("Timestamp"):
        item[1].append(malformed("Event.Timestamp", "Timestamp is missing; it must be ISO 8601"))
    return item


def _removal(raw: Raw, arrival: Arrival) -> Item:
    """What `other_calls` made of a call that deletes."""
    endpoint_id = raw["EndpointId"]
    return event(
        arrival,
        "identify",
        "identify",
        user_id=raw.get("UserId"),
        anonymous_id=None if "UserId" in raw else endpoint_id,
        traits=raw.get("Traits"),
        context={"device": {"id": endpoint_id, "removed": True}},
    )


def _context(endpoint_id: str, endpoint: Endpoint, said: Event, delivery: Delivery) -> Fields:
    """A server's address says nothing of a person."""
    found = endpoints.context(endpoint_id, endpoint, said)
    if delivery.is_browser:
        for name, value in (("ip", delivery.ip), ("user_agent", delivery.user_agent)):
            if value is not None:
                found[name] = value
    return found


def _endpoint_message_id(endpoint_id: str, endpoint: Endpoint, common: dict[str, Any]) -> str | None:
    """The same for each retry of a call; without the SDK's word for that, for each statement of one time."""
    told_by = common.get("invocation") or endpoint.get("EffectiveDate")
    return message_ids.of_content("endpoint", told_by, endpoint_id, endpoint) if told_by else None


def _event_message_id(raw: Raw) -> str:
    key: str = raw["EventId"]
    if len(key) >= SHORTEST_ID:
        return key
    return f"{key}-{message_ids.of_content(raw['EndpointId'], key, raw['Event'])}"


def malformed(field: str, sentence: str) -> Reason:
    return Reason(Code.MALFORMED, field, sentence)
