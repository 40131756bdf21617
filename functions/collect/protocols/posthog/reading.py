"""From one event, a list or a batch of them to canonical events, the same for every path and every SDK."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from functions.collect.adapter import epoch
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Item, event
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.message_ids import of_unnumbered
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.http.responses import Refused
from functions.collect.protocols.posthog.access import shown, without_keys
from functions.collect.protocols.posthog.context import parts
from functions.collect.protocols.posthog.person import group_key, group_type, who
from functions.collect.protocols.posthog.routes import ANALYTICS, ENGAGE
from functions.collect.protocols.posthog.standard_events import NOT_OF_THE_PERSON, STANDARD
from functions.collect.protocols.posthog.traits import objects, traits_of
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.posthog.raw import Event

OPTIONS = {
    "cookieless_mode": "$cookieless_mode",
    "disable_skew_correction": "$ignore_sent_at",
    "process_person_profile": "$process_person_profile",
    "product_tour_id": "$product_tour_id",
}
"""What the newest path says beside the properties, and the property it was before."""

THEIRS = {
    "user_id": "distinct_id", "anonymous_id": "distinct_id", "previous_id": "alias", "name": "event", "id": "uuid",
    "session_id": "$session_id",
}  # fmt: skip
"""The canonical event's fields, as PostHog's clients know them."""

WORDS = Words(THEIRS, "distinct_id", "in the body as api_key, or in each event", spoken="PostHog's format")


def parse(call: Call, delivery: Delivery) -> Parsed:
    """Raises Refused for a request that holds no event, as PostHog's capture does."""
    document = call.body.document
    shared = _shared(call, document)
    keys = shown(call)
    found = listed(document)
    if not isinstance(document, (dict, list)):
        return _whole(
            document, delivery, Reason(Code.MALFORMED, "", "the body must be a JSON object or a list")
        )
    if not isinstance(found, list):
        reason = Reason(Code.MALFORMED, "batch", "batch must be a list of events")
        return _whole(without_keys(document, keys), delivery, reason)
    if not found:
        raise Refused(400, "empty_batch", "the request holds no event")
    call.format.items.hold_to(len(found))
    raw = [without_keys(one, keys) for one in found if is_of_the_person(one)]
    arrival = _arrival(shared, delivery)
    return Parsed(
        arrival, [_item(call.route.call, one, shared, arrival, delivery) for one in raw], raw, shared
    )


def listed(document: object) -> Any:
    """What a request holds, as it came: a list, unless `batch` is none."""
    if isinstance(document, dict):
        return document.get("batch") if "batch" in document else [document]
    return document


def is_of_the_person(one: object) -> bool:
    name = one.get("event") if isinstance(one, dict) else None
    return not (isinstance(name, str) and name in NOT_OF_THE_PERSON)


def again(call: str, raw: Any, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(common, delivery)
    return arrival, _item(call, raw, common, arrival, delivery)


def _whole(document: object, delivery: Delivery, reason: Reason) -> Parsed:
    """The request as one item that nothing can be made of."""
    return Parsed(_arrival({}, delivery), [({}, [reason])], [document], {})


def _shared(call: Call, document: object) -> dict[str, Any]:
    """What the request says of all of its events: when it was sent, and by which SDK."""
    first = document[0] if isinstance(document, list) and document else document
    sent_at = first.get("sent_at") if isinstance(first, dict) else None
    if call.route.call == ANALYTICS:
        headers = call.request.headers
        said = {"sent_at": headers.get("posthog-request-timestamp"), "sdk": headers.get("posthog-sdk-info")}
        return {name: value for name, value in said.items() if value}
    if not isinstance(sent_at, str):
        milliseconds = call.request.query_value("sent_at") or call.request.query_value("_")
        sent = epoch.either(sent_at) if sent_at is not None else epoch.moment(milliseconds, 1000)
        sent_at = sent.isoformat() if isinstance(sent, datetime) else None
    return {"sent_at": sent_at} if sent_at else {}


def _arrival(shared: dict[str, Any], delivery: Delivery) -> Arrival:
    return Arrival.of(
        delivery.received_at, shared.get("sent_at"), is_retry=delivery.is_retry, new_id=delivery.new_id
    )


def _item(
    call: str, raw: Event | NoObject, shared: dict[str, Any], arrival: Arrival, delivery: Delivery
) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    properties = raw.get("properties")
    if properties is None or properties == []:  # how PHP writes an empty object
        properties = {}
    if properties.__class__ is not dict:
        return {}, [Reason(Code.MALFORMED, "properties", "properties must be an object")]
    if call == ANALYTICS:
        properties = _as_before(raw, properties, shared)
    name = raw.get("event")
    if name is None and call == ENGAGE:
        name = "$set"
    kind = STANDARD.get(name, "track") if name.__class__ is str else "track"
    person = who(name, raw, properties, delivery)
    own, context = parts(name, properties, delivery)
    reasons: list[Reason] = []
    traits = traits_of(raw, properties, reasons)
    set_once = {
        trait: value
        for trait, value in objects(raw, properties, "$set_once", reasons).items()
        if value is not None
    }
    if kind == "group":
        traits = properties.get("$group_set")
        own = {**own, "group_id": group_key(properties), "group_type": group_type(properties)}
        if not group_key(properties):
            reasons.append(Reason(Code.MALFORMED, "properties.$group_key", "a group needs $group_key"))
    elif kind == "screen" and "$screen_name" in properties:
        own = {"name": properties["$screen_name"], **own}
    timestamp = _timestamp(raw, arrival)
    fields, found = event(
        arrival._replace(skew=timedelta()) if properties.get("$ignore_sent_at") is True else arrival,
        kind,
        name if kind == "track" else kind,
        id_=raw.get("uuid") or properties.get("$insert_id") or (_id(raw) if raw.get("timestamp") else None),
        user_id=person.user_id,
        anonymous_id=person.anonymous_id,
        previous_id=person.previous_id,
        properties=own or None,
        traits=traits or None,
        context=context or None,
        session_id=properties.get("$session_id"),
        timestamp=timestamp,
        other_ids=person.other_ids,
        trait_changes={"set_once": set_once} if set_once and kind != "group" else None,
    )
    return fields, [*found, *reasons] if found else reasons


def _id(raw: Event) -> str:
    """Of an event without one of its own. When it was sent, it says anew each time."""
    return of_unnumbered({name: value for name, value in raw.items() if name != "sent_at"})


def _as_before(raw: Event, properties: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """The newest path's event with everything among its properties, where the others have it."""
    options = raw.get("options")
    said = {
        name: options[option]
        for option, name in OPTIONS.items()
        if isinstance(options, dict) and option in options
    }
    for name in ("session_id", "window_id"):
        if raw.get(name) is not None:
            said[f"${name}"] = raw[name]
    if isinstance(sdk := shared.get("sdk"), str):
        library, _, version = sdk.partition("/")
        said |= {"$lib": library, "$lib_version": version}
    return {**said, **properties}


def _timestamp(raw: Event, arrival: Arrival) -> object:
    """When it happened. Older SDKs say how many milliseconds before sending that was."""
    if timestamp := raw.get("timestamp"):
        return timestamp
    offset = raw.get("offset")
    if offset.__class__ in (int, float):
        try:
            return (arrival.sent_at or arrival.received_at) - timedelta(milliseconds=offset)
        except (OverflowError, ValueError):
            return None
    return None
