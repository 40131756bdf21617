"""Events that servers send: one of a person, or a batch of many people.

A batch is taken whole or not at all as far as its form goes. What the tracking plan or the source's limits say is
each event's own matter.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.collect.adapter import message_ids
from functions.collect.adapter.arrival import Arrival, time_of
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Item, event
from functions.collect.adapter.lookups import KnownPerson
from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.http.responses import Refused
from functions.collect.protocols.infobip.person import CUSTOMERS_OWN, TYPES, identified, key_of
from shared import identity
from shared.plan.reasons import Code, Observation, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.infobip.raw import CustomEvent

Found = tuple[list[Any], dict[str, Any]]
"""What a request holds, and what is needed beside any of it."""

EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")

STRANGER = Reason(Code.NO_IDENTITY, "personId", "nobody is known by this personId, and createPerson is false")

IN_BAD_COMPANY = Reason(
    Code.MALFORMED, "", "other events of its batch are malformed, and a batch is taken whole or not at all"
)
"""Why an event that is right was not taken. It is kept, and a replay takes it."""

IN_BATCHES = "identifier.type"
"""The field that says what kind of id an event of a batch names its person by."""

NO_EVENTS, TOO_MANY_EVENTS = "empty_batch", "too_many_events"


class Named(NamedTuple):
    """The person and the definition of an event, by path and query or within a batch, as they came. `type` is the kind
    of `person_id`, and `type_field` what the request calls it."""

    type: object
    type_field: str
    person_id: object
    definition_id: object
    sender: object = None


def in_request(call: Call) -> Found:
    asked = call.request.query_value
    return [call.body.document], {
        **call.parameters,
        "identifierType": _asked_type(call),
        "createPerson": asked("createPerson"),
    }


def in_batch(call: Call) -> Found:
    raw = call.body.document
    if not isinstance(raw, list):
        return [raw], {"not_a_list": True}
    if not raw:
        raise Refused(400, NO_EVENTS, "the batch is empty; it needs at least one event")
    limit = call.format.items
    if len(raw) > limit.most:
        raise Refused(400, TOO_MANY_EVENTS, limit.exceeded(len(raw)))
    return raw, {}


def wanted_known(call: Call, item: Item) -> tuple[KnownPerson, ...]:
    person = key_of(item)
    if person is None or _flag(call.request.query_value("createPerson")) is not False:
        return ()
    return (KnownPerson(0, person, STRANGER),)


def whole_or_not_at_all(items: list[Item]) -> None:
    """What only a strict source rejects is that event's own matter, as the tracking plan is."""
    if not all(_is_taken(reasons) for _, reasons in items):
        for _, reasons in items:
            if _is_taken(reasons):
                reasons.append(IN_BAD_COMPANY)


def _is_taken(reasons: list[Reason]) -> bool:
    return all(reason.observation is not None for reason in reasons)


def one(raw: CustomEvent | NoObject, common: dict[str, Any], _delivery: Delivery, arrival: Arrival) -> Item:
    """The event of a call that names person and definition in its path."""
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    named = Named(
        type=common["identifierType"] or raw.get("personIdentifierType"),
        type_field="identifierType",
        person_id=common["personId"],
        definition_id=common["definitionId"],
    )
    item = _event(raw, named, arrival)
    if _flag(common["createPerson"]) is None:
        item[1].append(Reason(Code.MALFORMED, "createPerson", "createPerson must be true or false"))
    return item


def of_batch(
    raw: CustomEvent | NoObject, common: dict[str, Any], _delivery: Delivery, arrival: Arrival
) -> Item:
    if common.get("not_a_list"):
        return {}, [Reason(Code.MALFORMED, "", "the body must be a JSON array of events")]
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    identifier = raw.get("identifier")
    if not isinstance(identifier, dict):
        sentence = "identifier must be an object with the type and id of the person"
        return {}, [Reason(Code.MALFORMED, "identifier", sentence)]
    named = Named(
        type=identifier.get("type"),
        type_field=IN_BATCHES,
        person_id=identifier.get("id"),
        definition_id=raw.get("definitionId"),
        sender=identifier.get("sender"),
    )
    return _event(raw, named, arrival)


def _event(raw: CustomEvent, named: Named, arrival: Arrival) -> Item:
    reasons: list[Reason] = []
    type_, type_field, person_id, definition_id, sender = named
    person = identified(type_, person_id)
    if person is None:
        sentence = f"{type_field} must be one of {', '.join(TYPES)}"
        return {}, [Reason(Code.MALFORMED, type_field, sentence)]
    id_field = "identifier.id" if type_field == IN_BATCHES else "personId"
    if person_id is None or (isinstance(person_id, str) and identity.is_placeholder(person_id)):
        sentence = f"{id_field} must be the id of a person, and no placeholder such as null or guest"
        return {}, [Reason(Code.NO_IDENTITY, id_field, sentence)]
    event_id, properties = raw.get("eventId"), raw.get("properties")
    if event_id is not None and not (isinstance(event_id, str) and EVENT_ID.fullmatch(event_id)):
        sentence = "eventId must be 1 to 36 letters (A-Z, a-z), digits, underscores and hyphens"
        reasons.append(Reason(Code.MALFORMED, "eventId", sentence))
    occurred = None
    if type_field == IN_BATCHES:
        occurred = _occurred(raw.get("occurredTime"), arrival, reasons)
        if event_id is None and occurred is not None:
            content = (type_, person_id, definition_id, raw["occurredTime"], properties)
            event_id = message_ids.of_unnumbered(*content)
    item = event(
        arrival,
        "track",
        definition_id,
        id_=event_id if all(reason.observation is not None for reason in reasons) else None,
        user_id=person.user_id,
        properties=properties,
        context={"sender": sender} if isinstance(sender, str) else None,
        timestamp=occurred,
        other_ids=person.other_ids,
    )
    return item[0], [*reasons, *item[1]]


def _occurred(value: object, arrival: Arrival, reasons: list[Reason]) -> datetime | None:
    """A time to come is the arrival's, as on Infobip. It wants a time for every event of a batch; one that cannot be
    read is no reason to lose the event for sources that are not strict."""
    at = time_of(value)
    if at is None:
        sentence = "occurredTime must be a time like 2026-11-21T16:00:00.000Z"
        observed = Observation.TIMESTAMP_UNREADABLE if value is not None else None
        reasons.append(Reason(Code.MALFORMED, "occurredTime", sentence, observed))
        return None
    return min(at, arrival.received_at)


def _asked_type(call: Call) -> str | None:
    """The first version's parameter has another name, may stand in the body, and may be left out."""
    if call.route.call == "event":
        return call.request.query_value("identifierType")
    asked = call.request.query_value("personIdentifierType")
    document = call.body.document
    if asked is None and not (isinstance(document, dict) and document.get("personIdentifierType")):
        return CUSTOMERS_OWN
    return asked


def _flag(text: str | None) -> bool | None:
    """Without the parameter people come into being by their events, as everywhere here. None is neither."""
    return {"true": True, "false": False}.get(text.lower()) if text is not None else True
