"""From User.com's calls to canonical events. A request has one event, or is about one person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from functions.collect.adapter import epoch, message_ids
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Fields, Item, event, type_word
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.protocols.user_com import apps, person
from functions.collect.protocols.user_com.ids import BASE64, HEADER
from functions.collect.protocols.user_com.product_events import NAMES, properties_of
from functions.collect.protocols.user_com.traits import as_traits
from shared.plan.reasons import Code, Observation, Reason

if TYPE_CHECKING:
    from functions.collect.protocols.user_com.raw import Event, User

Raw = dict[str, Any]


def parse(call: Call, delivery: Delivery) -> Parsed:
    headers = call.request.headers
    common: dict[str, Any] = {"parameters": call.parameters}
    if headers.get(HEADER, "").lower() == BASE64:
        common["base64"] = True
    if key := headers.get("x-user-key") or headers.get("user-key"):
        common["user_key"] = key
    raw = call.body.document
    if call.route.call == apps.PING and isinstance(raw, dict):
        raw = apps.with_key(raw, common.get("user_key"), call.new_id)
    arrival, item = again(call.route.call, raw, common, delivery)
    return Parsed(arrival, [item], [raw], common)


def again(call: str, raw: object, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry, new_id=delivery.new_id)
    if not isinstance(raw, dict):
        return arrival, NOT_AN_OBJECT
    said = READERS[call](raw, common)
    if isinstance(said, Reason):
        return arrival, ({}, [said])
    return arrival, _event(arrival, said)


def _event(arrival: Arrival, said: Fields) -> Item:
    """The format has no ids: what carries a time is known again by what it says."""
    get = said.get
    timestamp = epoch.moment(get("timestamp"), 1)
    names = (get("user_id"), get("anonymous_id"), get("other_ids"))
    id_ = (
        message_ids.of_content(*names, get("name"), get("timestamp"), get("properties"))
        if timestamp
        else None
    )
    fields, reasons = event(
        arrival,
        get("type", "identify"),
        get("name", "identify"),
        id_=id_,
        user_id=get("user_id"),
        anonymous_id=get("anonymous_id"),
        properties=get("properties"),
        traits=get("traits"),
        context=get("context"),
        timestamp=timestamp,
        other_ids=get("other_ids"),
        trait_changes=get("trait_changes"),
    )
    return fields, [*map(_in_user_coms_words, reasons), *get("reasons", ())]


def _read_event(raw: Event, common: dict[str, Any]) -> Fields | Reason:
    named = person.of_event(raw, common, of_product=False)
    if isinstance(named, Reason):
        return named
    data = raw.get("data")
    return {
        **named,
        "type": "track",
        "name": raw.get("name"),
        "properties": {} if data is None else data,
        "timestamp": raw.get("timestamp"),
    }


def _read_product_event(raw: Event, common: dict[str, Any]) -> Fields | Reason:
    named = person.of_event(raw, common, of_product=True)
    return named if isinstance(named, Reason) else product_event(raw, named, common["parameters"]["product"])


def product_event(raw: Event, named: Fields, product: object) -> Fields | Reason:
    """`product` is what the path calls it; its own id among the data comes first."""
    data = raw.get("data") or {}
    if not isinstance(data, dict):
        return Reason(Code.MALFORMED, "data", "data must be an object")
    event_type = type_word(raw.get("event_type"))
    name = NAMES.get(event_type) if isinstance(event_type, str) else None
    if name is None:
        sentence = f"event_type must be one of {', '.join(NAMES)}"
        return Reason(Code.MALFORMED, "event_type", sentence)
    return {
        **named,
        "type": "track",
        "name": name,
        "properties": properties_of(name, product, data),
        "timestamp": raw.get("timestamp"),
    }


def _read_user(raw: User, common: dict[str, Any]) -> Fields | Reason:
    """The tags are added to those there are."""
    named = person.of_person(raw, common)
    if isinstance(named, Reason):
        return named
    said = {name: value for name, value in raw.items() if name not in (*person.SAID_OF_A_PERSON, "tags")}
    listed = raw.get("tags") or []
    rule = Reason(Code.MALFORMED, "tags", "tags must be a list of names")
    if not isinstance(listed, list):
        return rule
    tags = [tag for tag in listed if isinstance(tag, str)]
    changes = {"append": {"tags": tags}} if tags else None
    reasons = [rule._replace(observation=Observation.ENTRY_UNREADABLE)] if len(tags) < len(listed) else []
    return {**named, "traits": as_traits(said), "trait_changes": changes, "reasons": reasons}


def _read_attribute(raw: Raw, common: dict[str, Any]) -> Fields | Reason:
    name = raw.get("attribute")
    if not isinstance(name, str) or not name:
        return Reason(Code.MALFORMED, "attribute", "attribute must be a string, the attribute's name")
    if "value" not in raw:
        return Reason(Code.MALFORMED, "value", "value is missing")
    return _read_attributes({name: raw["value"]}, common)


def _read_attributes(raw: Raw, common: dict[str, Any]) -> Fields | Reason:
    """Only the path says whose they are: an attribute may be called `email`."""
    named = person.of_person({}, common)
    return named if isinstance(named, Reason) else {**named, "traits": as_traits(raw)}


def _read_app_event(raw: Any, common: dict[str, Any]) -> Fields | Reason:
    if type_word(raw.get("event")) == apps.PRODUCT:
        return product_event(raw, apps.named(common), None)
    return apps.event(raw, common)


READERS: dict[str, Callable[[Any, dict[str, Any]], Fields | Reason]] = {
    "event": _read_event,
    "product_event": _read_product_event,
    "user": _read_user,
    "set_attribute": _read_attribute,
    "set_attributes": _read_attributes,
    "sdk_event": _read_app_event,
    "screen_event": apps.screen,
    "notification": apps.notification,
    apps.PING: apps.ping,
}


def _in_user_coms_words(reason: Reason) -> Reason:
    """Our names for what names a person, in User.com's."""
    if reason.code is Code.NO_IDENTITY:
        message = reason.message.replace(
            "user_id or anonymous_id", "a custom id, User.com's number, a user's key or an email address"
        )
        return reason._replace(field="user_id", message=message)
    field = THEIRS.get(reason.field, reason.field)
    message = reason.message.replace(reason.field, field) if reason.field else reason.message
    return reason._replace(field=field, message=message)


THEIRS = {
    "user_id": "custom_id",
    "anonymous_id": "user_key",
    "other_ids.user_com": "user_id",
    "other_ids.email": "email",
    "other_ids.phone": "phone_number",
    "properties": "data",
}

WORDS = Words(
    {},
    "a custom id, User.com's number, a user's key or an email address",
    "in the header Authorization, as Token and the key",
    spoken="User.com's format",
    ids=("custom_id", "user_custom_id", "user_id", "user_key", "email"),
)
"""Its fields are named where they are read: `user_id` is User.com's number there, and no custom id."""
