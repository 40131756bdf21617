"""From a CloudEvent to a canonical event: `type` is its name, `data` its properties.

The format has no word for a person. The extensions `userid` and `anonymousid` name one; without them `subject` is the
user, which is what the format calls the thing that the event is about.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Fields, Item, event
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.message_ids import of_content
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.protocols.cloudevents.decoding import said_by
from shared.plan.errors import shown
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.cloudevents.raw import CloudEvent

REQUIRED = ("id", "source", "specversion", "type")

VERSIONS = ("1.0", "0.3")
"""The second one writes bytes as `data` in base64, and says so in `datacontentencoding`."""

PEOPLE = ("userid", "anonymousid")

THEIRS = {"user_id": "userid", "anonymous_id": "anonymousid", "name": "type", "timestamp": "time"}
SOMEBODY = "subject, userid or anonymousid"
WORDS = Words(
    THEIRS,
    SOMEBODY,
    "in the header Authorization, as Bearer or as the user, or in the query as writeKey",
    spoken="CloudEvents",
)
"""The canonical event's fields, and who an event may be of, as the format calls them."""

CONTENT = (*REQUIRED, *PEOPLE, "time", "data", "data_base64")
"""Attributes with a place of their own in the canonical event; the others are kept in its context."""


def parse(call: Call, delivery: Delivery) -> Parsed:
    document = call.body.document
    raw_items = document if isinstance(document, list) else [document]
    call.format.items.hold_to(len(raw_items))
    arrival = _arrival(delivery)
    return Parsed(arrival, [_item(raw, arrival) for raw in raw_items], raw_items, {})


def again(_call: str, raw: Any, _common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(delivery)
    return arrival, _item(raw, arrival)


def _arrival(delivery: Delivery) -> Arrival:
    return Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry, new_id=delivery.new_id)


def _item(raw: CloudEvent | NoObject, arrival: Arrival) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    get = raw.get
    properties, broken = _properties(raw)
    named = any(get(name) for name in PEOPLE)
    fields, reasons = event(
        arrival,
        "track",
        get("type"),
        id_=_message_id(raw),
        user_id=get("userid") if named else get("subject"),
        anonymous_id=get("anonymousid"),
        properties=properties,
        context={"cloudevent": _others(raw)},
        timestamp=get("time"),
    )
    missing = [
        Reason(Code.MALFORMED, name, f"a CloudEvent needs {name}, text that is not empty")
        for name in REQUIRED
        if not isinstance(get(name), str) or not get(name)
    ]
    return fields, missing + _version(get("specversion")) + broken + reasons


def _version(said: object) -> list[Reason]:
    if not isinstance(said, str) or not said or said in VERSIONS:  # what is missing was told of by itself
        return []
    sentence = f"specversion must be {' or '.join(VERSIONS)}, {shown(said)} came"
    return [Reason(Code.MALFORMED, "specversion", sentence)]


def _others(raw: CloudEvent) -> Fields:
    """An attribute of null is one that is not set."""
    said = {name: value for name, value in raw.items() if name not in CONTENT and value is not None}
    return said | {"source": raw["source"]} if "source" in raw else said


def _message_id(raw: CloudEvent) -> str:
    """`source` and `id` together are unique, says the format."""
    return of_content(raw.get("source"), raw.get("id"))


def _properties(raw: CloudEvent) -> tuple[object, list[Reason]]:
    """Data that is no object is one property, `data`."""
    data, encoded, field = raw.get("data"), raw.get("data_base64"), "data_base64"
    if data is not None and encoded is not None:
        return None, [Reason(Code.MALFORMED, field, "an event has either data or data_base64, both came")]
    if data is not None and _is_base64(raw.get("datacontentencoding")):
        data, encoded, field = None, data, "data"
    if encoded is not None:
        try:
            decoded = base64.b64decode(encoded, validate=True)
        except (TypeError, ValueError, binascii.Error):
            return None, [Reason(Code.MALFORMED, field, f"{field} must be base64")]
        data = said_by(decoded, raw.get("datacontenttype")).get("data", encoded)
    if data is None or isinstance(data, dict):
        return data, []
    return {"data": data}, []


def _is_base64(encoding: object) -> bool:
    return isinstance(encoding, str) and encoding.strip().lower() == "base64"
