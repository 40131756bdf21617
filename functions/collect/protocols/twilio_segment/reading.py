"""From a call or a batch of them to canonical events, the same for every SDK that speaks this format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter import growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Fields, Item, event, observe, type_word
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.message_ids import given, of_unnumbered
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.http.responses import Refused
from shared.events import SYSTEM
from shared.plan.reasons import Code, Observation, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.twilio_segment.raw import Call as RawCall

BATCH = "batch"

SHARED_WITH_ITEMS = ("context", "integrations", "channel", "sentAt")
"""Fields a batch may have for all of its items. `integrations` steers Segment's destinations, none of ours."""

WORDS = Words(
    {
        "user_id": "userId", "anonymous_id": "anonymousId", "previous_id": "previousId", "id": "messageId",
        "name": "event", "session_id": "context.sessionId", "other_ids": "context.externalIds",
        "properties.group_id": "groupId",
    },
    "userId or anonymousId",
    "in Basic authorization, as the user without a password, or in the body as writeKey",
    spoken="the format of Segment and Headrace",
)  # fmt: skip

OF_THE_SENDING = frozenset({"messageId", "sentAt", "type", "writeKey"})
USER_AGENT = frozenset({"userAgent", "user_agent"})


def parse(call: Call, delivery: Delivery) -> Parsed:
    document, name = call.body.document, call.route.call
    if not isinstance(document, dict):
        return _whole(document, delivery, Reason(Code.MALFORMED, "", "the body must be a JSON object"))
    if name != BATCH:
        raw: Any = {name: value for name, value in document.items() if name != "writeKey"}
        shared: dict[str, Any] = {}
        arrival, item = again(name, raw, shared, delivery)
        return Parsed(arrival, [item], [raw], shared)
    raw_items = document.get("batch")
    if not isinstance(raw_items, list):
        return _whole(document, delivery, Reason(Code.MALFORMED, "batch", "batch must be a list of events"))
    if not raw_items:
        raise Refused(400, "empty_batch", "the batch holds no event")
    call.format.items.hold_to(len(raw_items))
    shared = {name: document[name] for name in SHARED_WITH_ITEMS if name in document}
    arrival = _arrival(shared.get("sentAt"), delivery)
    context = _batch_context(shared, delivery)
    growth.hold_to(call.body.raw, [(context, len(raw_items))])
    return Parsed(arrival, [_item(None, raw, context, arrival) for raw in raw_items], raw_items, shared)


def again(
    call: str, raw: RawCall | NoObject, common: dict[str, Any], delivery: Delivery
) -> tuple[Arrival, Item]:
    sent_by = common if call == BATCH or not isinstance(raw, dict) else raw
    arrival = _arrival(sent_by.get("sentAt"), delivery)
    return arrival, _item(None if call == BATCH else call, raw, _batch_context(common, delivery), arrival)


def _arrival(sent_at: object, delivery: Delivery) -> Arrival:
    return Arrival.of(delivery.received_at, sent_at, is_retry=delivery.is_retry, new_id=delivery.new_id)


def _whole(document: object, delivery: Delivery, reason: Reason) -> Parsed:
    """The request as one item that nothing can be made of."""
    if isinstance(document, dict):
        document = {name: value for name, value in document.items() if name != "writeKey"}
    return Parsed(_arrival(None, delivery), [({}, [reason])], [document], {})


def _batch_context(shared: dict[str, Any], delivery: Delivery) -> Fields:
    """What an item's context gets where it does not say otherwise. A server's address says nothing of a person."""
    context = shared.get("context")
    given = dict(context) if isinstance(context, dict) else {}
    if delivery.is_browser:
        if delivery.ip is not None:
            given.setdefault("ip", delivery.ip)
        if delivery.user_agent is not None:
            given.setdefault("userAgent", delivery.user_agent)
    if isinstance(channel := shared.get("channel"), str):
        given.setdefault("channel", channel)
    return given


def _item(call: str | None, raw: Any, batch_context: Fields, arrival: Arrival) -> Item:
    if raw.__class__ is not dict:
        return NOT_AN_OBJECT
    get = raw.get
    said = get("type")
    if said != "track":
        said = type_word(said)
    kind = call if call is not None and said != SYSTEM else said
    properties = get("properties")
    traits = get("traits")
    timestamp = get("timestamp") or get("originalTimestamp")
    id_ = get("messageId")
    if id_.__class__ is not str or not "0" <= id_ < "{":  # else it begins with what is seen
        id_ = given(id_) or (_id(kind, raw) if timestamp else None)
    context = _context(get, batch_context)
    is_object = context.__class__ is dict
    if kind == "track":
        name = get("event")
    else:
        name = kind
        if kind == "identify" and is_object and "traits" in context:
            traits = _all_traits(traits, context["traits"])
        if kind == "page" or kind == "screen":
            properties = _with(properties, name=get("name"), category=get("category"))
        elif kind == "group":
            group = get("groupId")
            properties = _with(properties, group_id=str(group) if group.__class__ is int else group)
    other_ids, is_whole = None, True
    if is_object and ("externalIds" in context or "externalId" in context):
        from functions.collect.protocols.twilio_segment.person import other_ids_of  # few calls have any

        other_ids, is_whole = other_ids_of(context)
    item = event(
        arrival,
        kind,
        name,
        id_=id_,
        user_id=get("userId"),
        anonymous_id=get("anonymousId"),
        previous_id=get("previousId"),
        properties=properties,
        traits=traits,
        context=context or None,
        session_id=context.get("sessionId") if is_object else None,
        timestamp=timestamp,
        other_ids=other_ids,
    )
    if not is_whole:
        observe(item, Observation.ID_UNREADABLE)
    if kind == "group" and not get("groupId"):
        item[1].append(Reason(Code.MALFORMED, "properties.group_id", "a group event needs groupId"))
    return item


def _id(kind: object, raw: Fields) -> str:
    """Of a call without one of its own: by what it says and when that was, not by how it was sent. `_context` may have
    renamed the user agent when the call was read before."""
    said = {name: value for name, value in raw.items() if name not in OF_THE_SENDING}
    if (context := said.get("context")).__class__ is dict:
        said["context"] = {name: value for name, value in context.items() if name not in USER_AGENT}
    return of_unnumbered(kind, said)


def _context(get: Any, batch_context: Fields) -> Any:
    """What is added goes into a copy, because a rejected event is kept as it came. One name is ours, in place: the copy
    would be the dearest part of reading an event, and `again` reads it under either name."""
    context = get("context")
    channel = get("channel")
    if context is None:
        context = {}
    elif context.__class__ is not dict:
        return context
    if channel.__class__ is str:
        context = {"channel": channel, **context}
    if batch_context:
        context = {**batch_context, **context}
    if "userAgent" in context:
        context.setdefault("user_agent", context.pop("userAgent"))
    return context


def _all_traits(traits: object, beside: object) -> object:
    """The call's traits, and those in its context, RudderStack's place for them. What is no object is left for the
    check of every event, unless the other is one."""
    if not traits:
        return beside
    if not isinstance(traits, dict) or not isinstance(beside, dict):
        return traits
    return {**beside, **traits}


def _with(properties: object, **beside: object) -> object:
    """Properties and what Segment puts beside them. What is no object is left for the check of every event."""
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        return properties
    return {**properties, **{name: value for name, value in beside.items() if value is not None}}
