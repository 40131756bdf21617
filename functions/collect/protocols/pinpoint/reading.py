"""From endpoints and their events to canonical ones: an identify for each endpoint, then its events."""

from __future__ import annotations

from collections import Counter
from typing import Any

from functions.collect.adapter import growth, message_ids
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Fields, Item, event
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.wire_format import Call, Delivery, ItemLimit, Parsed
from functions.collect.http.body import TooLarge
from functions.collect.http.request import Request
from functions.collect.protocols.pinpoint import endpoints
from functions.collect.protocols.pinpoint.routes import ENDPOINT, ENDPOINTS, EVENTS
from functions.collect.protocols.pinpoint.standard_events import SESSION, WITHDRAWN, translated
from shared.plan.reasons import Code, Reason

MOST_OF_NAMES = 384 * 1024
"""Characters of the ids and keys of one batch: the answer says each of them, and what became of it."""

SHORTEST_ID = 16
"""Characters. A shorter key of an event, `one` or `event1` as AWS's examples have it, is the same in every request and
no id: alone it would make all but the first of these events duplicates."""

INVOCATION = ("amz-sdk-invocation-id", "aws-sdk-invocation-id")
"""Headers in which AWS's SDKs say which call a request, and each retry of it, belongs to."""

Raw = dict[str, Any]
"""What an item is kept as: `EndpointId`, and `Endpoint` or, for an event, `EventId` and `Event`; with `Removed`, an
endpoint to be forgotten. The endpoints of events are kept once, in what the request's items share."""

OF_EVENTS = "endpoints"
"""Where they are, by their ids."""


WORDS = Words(
    {
        "user_id": "Endpoint.User.UserId",
        "anonymous_id": "EndpointId",
        "name": "Event.EventType",
        "timestamp": "Event.Timestamp",
        "session_id": "Event.Session.Id",
    },
    "an endpoint's id or a UserId",
    "in the path, as the application's id; or the request is signed with the source's key pair",
    spoken="Amazon Pinpoint's format",
)


def parse(call: Call, delivery: Delivery) -> Parsed:
    arrival = _arrival(delivery)
    found = _raw(call)
    if isinstance(found, Reason):
        return Parsed(arrival, [({}, [found])], [call.body.document], {})
    common = _common(call)
    events_of = Counter(raw["EndpointId"] for raw in found if "EventId" in raw)
    growth.hold_to(
        call.body.raw,
        [((id_, common[OF_EVENTS].get(id_)), count) for id_, count in events_of.items()],
    )
    return Parsed(arrival, [_item(raw, common, delivery, arrival) for raw in found], found, common)


def again(call: str, raw: object, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(delivery)
    if not isinstance(raw, dict) or not isinstance(raw.get("EndpointId"), str):
        return arrival, ({}, [_malformed("", f"nothing of {call} can be read in it")])
    return arrival, _item(raw, common, delivery, arrival)


def _common(call: Call) -> dict[str, Any]:
    """The name of the call, where it has one, and the endpoints that events are from."""
    named = invocation(call.request)
    common: dict[str, Any] = {"invocation": named} if named is not None else {}
    if call.route.call == EVENTS:
        common[OF_EVENTS] = {
            id_: one["Endpoint"]
            for id_, one in call.body.document["BatchItem"].items()
            if isinstance(one, dict) and one.get("Events") and one.get("Endpoint") not in (None, {})
        }
    return common


def invocation(request: Request) -> str | None:
    return next(filter(None, map(request.headers.get, INVOCATION)), None)


def _arrival(delivery: Delivery) -> Arrival:
    """The format has no time of sending."""
    return Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry)


def _raw(call: Call) -> list[Raw] | Reason:
    """What the request holds, each with its endpoint, or why it holds nothing that can be told apart."""
    name, parameters, document = call.route.call, call.parameters, call.body.document
    if not isinstance(document, dict):
        return _malformed("", "the body must be a JSON object")
    if name == ENDPOINT:
        return [{"EndpointId": parameters["endpoint"], "Endpoint": document}]
    if name == ENDPOINTS:
        listed = document.get("Item")
        if not isinstance(listed, list):
            return _malformed("Item", "Item must be a list of endpoints")
        limit = call.format.bulk
        if len(listed) > limit.most:
            return _malformed("Item", limit.exceeded(len(listed)))
        return [{"EndpointId": _own_id(endpoint), "Endpoint": endpoint} for endpoint in listed]
    batch = document.get("BatchItem")
    if isinstance(batch, dict):
        _hold_to_limit(batch, call.format.items)
    if name != EVENTS or not isinstance(batch, dict):
        return _malformed(
            "BatchItem", "BatchItem must be an object, endpoints and their events by endpoint id"
        )
    return [raw for endpoint_id, of_endpoint in batch.items() for raw in _of_batch(endpoint_id, of_endpoint)]


def _hold_to_limit(batch: dict[str, Any], limit: ItemLimit) -> None:
    """Counted before anything is made of them."""
    events = [one.get("Events") for one in batch.values() if isinstance(one, dict)]
    count = len(batch) + sum(len(listed) for listed in events if isinstance(listed, dict))
    limit.hold_to(count)
    names = sum(map(len, batch)) + sum(sum(map(len, one)) for one in events if isinstance(one, dict))
    if names > MOST_OF_NAMES:
        sentence = f"the ids of endpoints and events take {names} characters; {MOST_OF_NAMES} is the limit"
        raise TooLarge(sentence)


def _own_id(endpoint: object) -> object:
    return endpoint.get("Id") if isinstance(endpoint, dict) else None


def _of_batch(endpoint_id: str, of_endpoint: object) -> list[Raw]:
    """An endpoint that says nothing of itself is only where its events are from."""
    if not isinstance(of_endpoint, dict):
        return [{"EndpointId": endpoint_id, "Endpoint": of_endpoint}]
    endpoint, events = of_endpoint.get("Endpoint"), of_endpoint.get("Events")
    found: list[Raw] = []
    if endpoint not in (None, {}):
        found.append({"EndpointId": endpoint_id, "Endpoint": endpoint})
    if isinstance(events, dict):
        return found + [
            {"EndpointId": endpoint_id, "EventId": event_id, "Event": one} for event_id, one in events.items()
        ]
    return found if events is None else [*found, {"EndpointId": endpoint_id, "EventId": "", "Event": events}]


def _item(raw: Raw, common: dict[str, Any], delivery: Delivery, arrival: Arrival) -> Item:
    endpoint_id, endpoint = raw["EndpointId"], raw.get("Endpoint")
    if endpoint is None and "EventId" in raw:
        endpoint = common.get(OF_EVENTS, {}).get(endpoint_id)
    if not isinstance(endpoint_id, str) or not endpoint_id:
        return {}, [_malformed("Id", "Id must be text, the id of the endpoint")]
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


def _event(raw: Raw, endpoint: Fields, delivery: Delivery, arrival: Arrival) -> Item:
    """An event whose endpoint is unreadable is an event all the same: the endpoint is told of by itself."""
    endpoint_id, said = raw["EndpointId"], raw.get("Event")
    if not isinstance(said, dict):
        return {"id": raw["EventId"]}, [_malformed("Event", "an event must be a JSON object")]
    attributes, metrics, session = (said.get(part) for part in ("Attributes", "Metrics", "Session"))
    wrong = [
        _malformed(f"Event.{name}", f"{name} must be an object")
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
        item[1].append(_malformed("Event.Timestamp", "Timestamp is missing; it must be ISO 8601"))
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


def _context(endpoint_id: str, endpoint: Fields, said: Fields, delivery: Delivery) -> Fields:
    """A server's address says nothing of a person."""
    found = endpoints.context(endpoint_id, endpoint, said)
    if delivery.is_browser:
        for name, value in (("ip", delivery.ip), ("user_agent", delivery.user_agent)):
            if value is not None:
                found[name] = value
    return found


def _endpoint_message_id(endpoint_id: str, endpoint: Fields, common: dict[str, Any]) -> str | None:
    """The same for each retry of a call; without the SDK's word for that, for each statement of one time."""
    told_by = common.get("invocation") or endpoint.get("EffectiveDate")
    return message_ids.of_content("endpoint", told_by, endpoint_id, endpoint) if told_by else None


def _event_message_id(raw: Raw) -> str:
    key: str = raw["EventId"]
    if len(key) >= SHORTEST_ID:
        return key
    return f"{key}-{message_ids.of_content(raw['EndpointId'], key, raw['Event'])}"


def _malformed(field: str, sentence: str) -> Reason:
    return Reason(Code.MALFORMED, field, sentence)
