"""One event of a batch, of any type, as a canonical event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.collect.adapter import epoch
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Fields, Item, event, observe, type_word
from functions.collect.adapter.message_ids import of_content, of_unnumbered
from functions.collect.protocols.mparticle import clevertap_feed, commerce, context, event_types
from functions.collect.protocols.mparticle.person import Person
from functions.collect.protocols.mparticle.person_events import OF_THE_PERSON, Read, Shared
from functions.collect.vocabularies.clevertap import EXPORTED
from shared.plan.errors import shown
from shared.plan.reasons import Code, Observation, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.mparticle.raw import Event

MILLISECONDS = 1000


def read(raw: Event | NoObject, index: int, shared: Shared, arrival: Arrival) -> Item:
    """`index` is the event's place in its batch."""
    type_, data, reasons = _parts(raw)
    if reasons:
        return _whose(shared.person), reasons
    attributes, reasons = _attributes(data)
    known_as = _of_the_feed(type_, data)
    said = _by_type(type_, data, attributes, shared)
    kept = {
        name: value for name, value in data.items() if name in event_types.KEPT and value not in (None, {})
    }
    item = event(
        arrival,
        said.type,
        said.name,
        id_=_message_id(data, index, raw, shared),
        user_id=said.person.user_id,
        anonymous_id=said.person.anonymous_id,
        properties=said.properties,
        traits=said.traits or None,
        context=context.with_event(
            shared.context, data, kept, clevertap_feed.context_of(known_as, attributes), said.context
        ),
        session_id=data.get("session_uuid")
        or data.get("session_id")
        or clevertap_feed.session_of(known_as, attributes),
        timestamp=epoch.moment(data.get("timestamp_unixtime_ms") or shared.timestamp, MILLISECONDS),
        other_ids=said.person.other_ids,
    )
    item[1].extend((*reasons, *said.reasons, *said.person.reasons, *shared.reasons))
    if not said.person.is_whole:
        observe(item, Observation.ID_UNREADABLE)
    return item


def _whose(named: Person) -> Fields:
    """So that an event nothing can be made of is listed with its person at least."""
    ids = {"user_id": named.user_id, "anonymous_id": named.anonymous_id}
    return {field: value for field, value in ids.items() if isinstance(value, str)}


def _parts(raw: object) -> tuple[str, Fields, list[Reason]]:
    if not isinstance(raw, dict):
        return "", {}, [Reason(Code.MALFORMED, "", "an event must be a JSON object")]
    type_ = type_word(raw.get("event_type"))
    if not isinstance(type_, str) or type_ not in event_types.TYPES:
        came = shown(type_) if isinstance(type_, str) else "something else"
        sentence = f"event_type must be one of mParticle's types, such as custom_event; {came} came"
        return "", {}, [Reason(Code.MALFORMED, "event_type", sentence)]
    data = raw.get("data")
    if data is not None and not isinstance(data, dict):
        return "", {}, [Reason(Code.MALFORMED, "data", "data must be an object")]
    return type_, data or {}, []


def _attributes(data: Fields) -> tuple[Fields, list[Reason]]:
    attributes = data.get("custom_attributes")
    if attributes is None or isinstance(attributes, dict):
        return attributes or {}, []
    sentence = "custom_attributes must be an object"
    return {}, [Reason(Code.MALFORMED, "data.custom_attributes", sentence)]


def _of_the_feed(type_: str, data: Fields) -> str | None:
    if type_ == "uninstall":
        return event_types.TRACKS[type_]
    return clevertap_feed.known_as(data.get("event_name")) if type_ == event_types.CUSTOM else None


def _by_type(type_: str, data: Fields, attributes: Fields, shared: Shared) -> Read:
    person = shared.person
    if type_ == event_types.CUSTOM:
        own = _without(data, "event_name", "custom_event_type")
        return Read(
            "track", data.get("event_name"), {**own, **attributes}, _custom_type(data), person, {}, []
        )
    if type_ == event_types.SCREEN:
        own = _without(data, "screen_name")
        kind = "page" if shared.is_web else "screen"
        named = {"name": data["screen_name"]} if data.get("screen_name") else {}
        return Read(kind, kind, {**own, **named, **attributes}, {}, person, {}, [])
    if type_ == event_types.COMMERCE:
        name, properties, reasons = commerce.read(data)
        own = _without(data, *commerce.OWN, "event_name", "custom_event_type")
        made = {**commerce.counted(name, properties), **attributes, **own, **properties}
        return Read("track", name, made, {}, person, {}, reasons)
    if type_ in event_types.OF_THE_PERSON:
        return OF_THE_PERSON[type_](data, attributes, shared)
    more: Fields = {}
    if type_ == "uninstall":
        more = {"custom_event_type": type_}
        if "device" in shared.context:
            more["device"] = {"removed": True}
    own = _without(data, "event_name", "custom_event_type")
    return Read("track", event_types.name_of(type_, data), {**own, **attributes}, more, person, {}, [])


def _custom_type(data: Fields) -> Fields:
    """The custom event's type; of CleverTap's feed, whose exports may leave it out, the one that its table says."""
    said = data.get("custom_event_type")
    known_as = clevertap_feed.known_as(data.get("event_name"))
    if isinstance(said, str) and said:
        return {"custom_event_type": said.lower()}
    return {"custom_event_type": EXPORTED[known_as].type} if known_as is not None else {}


def _without(data: Fields, *names: str) -> Fields:
    """What is the type's own beside these."""
    return {
        name: value
        for name, value in data.items()
        if value is not None
        and name not in names
        and name not in event_types.COMMON
        and name not in event_types.KEPT
    }


def _message_id(data: Fields, index: int, raw: object, shared: Shared) -> Any:
    """The event's own id. Else the batch's, with the event's place and content: it never makes two events one."""
    if own := data.get("source_message_id") or data.get("event_id"):
        return own
    if shared.request_id:
        return of_content(shared.request_id, index, raw)
    if data.get("timestamp_unixtime_ms"):
        person = shared.person
        return of_unnumbered(person.user_id, person.anonymous_id, person.other_ids, raw)
    return None
