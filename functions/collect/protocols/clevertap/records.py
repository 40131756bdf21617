"""Events, profiles and device tokens as canonical events, wherever in the format they came from."""

from __future__ import annotations

from typing import Any, NamedTuple

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item, event
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.message_ids import of_content, of_unnumbered
from functions.collect.protocols.clevertap import traits
from functions.collect.protocols.clevertap.standard_events import charged_id, translated
from functions.collect.protocols.clevertap.system_events import context_of, session_of
from functions.collect.protocols.clevertap.wire_values import plain
from shared.identity import is_placeholder
from shared.plan.reasons import Code, Reason

OWN_NAMES = {
    "user_id": "identity",
    "anonymous_id": "objectId",
    "other_ids.facebook": "FBID",
    "other_ids.google": "GPID",
    "name": "evtName",
    "properties": "evtData",
    "timestamp": "ts",
}
"""Our fields, and what the sender calls them."""

SOMEBODY = "identity, objectId, FBID or GPID"
WORDS = Words(
    OWN_NAMES,
    SOMEBODY,
    "in the headers X-CleverTap-Account-Id and X-CleverTap-Passcode, a page's in the query as id",
    spoken="CleverTap's format",
)


PROOF = "user_hash"
"""An attribute of ours: a page's proof that its server knows who is speaking."""


class Person(NamedTuple):
    """As the record names them. `object_id` is the vendor's own id of a device."""

    identity: object
    object_id: object
    facebook: object = None
    google: object = None

    def other_ids(self) -> dict[str, object]:
        named = {"facebook": self.facebook, "google": self.google}
        return {kind: value for kind, value in named.items() if value is not None}


class Moment(NamedTuple):
    """When it happened: a time, `None` for one that was not said. `id` is the message's, None where it has none."""

    at: object
    id: str | None = None
    session: str | None = None


def tracked(
    arrival: Arrival, person: Person, name: object, data: Any, when: Moment, context: dict[str, Any]
) -> Item:
    """An event. What it carries about device, app and place fills the context where that does not say it itself."""
    id_ = when.id
    if id_ is None and charged_id(data) is not None:
        id_ = of_content(person, name, when.at, data)
    elif id_ is None and when.at is not None:
        id_ = of_unnumbered(person, name, when.at, data)
    for part, values in context_of(name, data).items():
        context[part] = {**values, **context.get(part, {})}
    said, properties = translated(name, plain(data))
    session = when.session or session_of(name, data)
    return _made(arrival, id_, "track", said, person, properties, None, context, session, when.at, None)


def profiled(
    arrival: Arrival, person: Person, data: dict[str, Any], prefix: str, when: Moment, context: dict[str, Any]
) -> Item:
    """A profile's attributes. An e-mail address is an identity as well, as it is with the vendor."""
    found = traits.read(data, prefix)
    if _names_nobody(person.identity):
        person = person._replace(identity=found.identity)
    elif found.identity is not None and found.identity != person.identity:
        found.traits[traits.IDENTITY] = found.identity
    if isinstance(proof := found.traits.pop(PROOF, None), str):
        context["user_hash"] = proof
    id_ = when.id
    if id_ is None and when.at is not None:
        id_ = of_unnumbered(person, "profile", when.at, data)
    others = {**found.other_ids, **person.other_ids()}
    item = _made(
        arrival, id_, "identify", "identify", person, None, found.all_traits(), context, when.session, when.at,
        found.changes, others,
    )  # fmt: skip
    item[1].extend(found.reasons)
    return item


def of_device(
    arrival: Arrival, person: Person, device: dict[str, Any], when: Moment, context: dict[str, Any]
) -> Item:
    """Where push messages reach a device, or that they no longer do."""
    known = context.pop("device", {})
    if device.get("registered") is False and "token" in device:
        known = {}  # it is that token which ended, not the one the device may have by now
    context["device"] = {**known, **device}
    return _made(
        arrival, when.id, "identify", "identify", person, None, None, context, when.session, when.at, None
    )


def page(arrival: Arrival, person: Person, when: Moment, context: dict[str, Any]) -> Item:
    return _made(arrival, when.id, "page", "page", person, None, None, context, when.session, when.at, None)


def malformed(field: str, sentence: str) -> Item:
    return {}, [Reason(Code.MALFORMED, field, sentence)]


def _made(
    arrival: Arrival,
    id_: str | None,
    type_: str,
    name: object,
    person: Person,
    properties: Any,
    traits: dict[str, Any] | None,
    context: dict[str, Any],
    session: str | None,
    at: object,
    changes: dict[str, dict[str, Any]] | None,
    others: dict[str, object] | None = None,
) -> Item:
    return event(
        arrival,
        type_,
        name,
        id_=id_,
        user_id=person.identity,
        anonymous_id=person.object_id,
        properties=properties,
        traits=traits,
        context=context or None,
        session_id=session,
        timestamp=at,
        other_ids=person.other_ids() if others is None else others,
        trait_changes=changes,
    )


def _names_nobody(identity: object) -> bool:
    return identity is None or (isinstance(identity, str) and is_placeholder(identity))


def pushed(
    arrival: Arrival, person: Person, kind: str, raw: dict[str, Any], when: Moment, context: dict[str, Any]
) -> Item:
    """What the SDKs of pages and of apps send in one form: `kind` is event or profile."""
    if kind == "event":
        data = raw.get("evtData")
        return tracked(arrival, person, raw.get("evtName"), {} if data is None else data, when, context)
    data = raw.get("profile")
    if isinstance(data, dict):
        return profiled(arrival, person, data, "profile", when, context)
    return malformed("profile", "profile must be an object of attributes")
