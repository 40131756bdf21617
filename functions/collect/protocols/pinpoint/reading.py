"""From endpoints and their events to canonical ones: an identify for each endpoint, then its events."""

from __future__ import annotations

from collections import Counter
from typing import Any

from functions.collect.adapter import growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.wire_format import Call, Delivery, ItemLimit, Parsed
from functions.collect.http.body import TooLarge
from functions.collect.http.request import Request
from functions.collect.protocols.pinpoint.events import OF_EVENTS, Raw, item, malformed
from functions.collect.protocols.pinpoint.routes import ENDPOINT, ENDPOINTS, EVENTS
from shared.plan.reasons import Reason

MOST_OF_NAMES = 384 * 1024
"""Characters of the ids and keys of one batch: the answer says each of them, and what became of it."""

INVOCATION = ("amz-sdk-invocation-id", "aws-sdk-invocation-id")
"""Headers in which AWS's SDKs say which call a request, and each retry of it, belongs to."""

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
    return Parsed(arrival, [item(raw, common, delivery, arrival) for raw in found], found, common)


def again(call: str, raw: object, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(delivery)
    if not isinstance(raw, dict) or not isinstance(raw.get("EndpointId"), str):
        return arrival, ({}, [malformed("", f"nothing of {call} can be read in it")])
    return arrival, item(raw, common, delivery, arrival)


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
    return Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry, new_id=delivery.new_id)


def _raw(call: Call) -> list[Raw] | Reason:
    """What the request holds, each with its endpoint, or why it holds nothing that can be told apart."""
    name, parameters, document = call.route.call, call.parameters, call.body.document
    if not isinstance(document, dict):
        return malformed("", "the body must be a JSON object")
    if name == ENDPOINT:
        return [{"EndpointId": parameters["endpoint"], "Endpoint": document}]
    if name == ENDPOINTS:
        listed = document.get("Item")
        if not isinstance(listed, list):
            return malformed("Item", "Item must be a list of endpoints")
        limit = call.format.bulk
        if len(listed) > limit.most:
            return malformed("Item", limit.exceeded(len(listed)))
        return [{"EndpointId": _own_id(endpoint), "Endpoint": endpoint} for endpoint in listed]
    batch = document.get("BatchItem")
    if isinstance(batch, dict):
        _hold_to_limit(batch, call.format.items)
    if name != EVENTS or not isinstance(batch, dict):
        return malformed(
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
