"""Events, profiles and device tokens as canonical events, wherever in the format they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

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

if TYPE_CHECKING:
    from functions.collect.protocols.clevertap.raw import Pushed

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


class About(NamedTuple):
    """Of whom a record is, when it happened and how it came. `context` is the record's own: it is added to."""

    arrival: Arrival
    person: Person
    when: Moment
    context: dict[str, Any]


def tracked(about: About, name: object, data: Any) -> Item:
    """An event. What it carries about device, app and place fills the context where that does not say it itself."""
    _, person, when, context = about
    id_ = when.id
    if id_ is None and charged_id(data) is not None:
        id_ = of_content(person, name, when.at, data)
    elif id_ is None and when.at is not None:
        id_ = of_unnumbered(person, name, when.at, data)
    for part, values in context_of(name, data).items():
        context[part] = {**values, **context.get(part, {})}
    said, properties = translated(name, plain(data))
    session = when.session or session_of(name, data)
    return _made(about, "track", said, id_=id_, session=session, properties=properties)


def profiled(about: About, data: dict[str, Any], prefix: str) -> Item:
    """A profile's attributes. An e-mail address is an identity as well, as it is with the vendor."""
    found = traits.read(data, prefix)
    person, when = about.person, about.when
    if _names_nobody(person.identity):
        person = person._replace(identity=found.identity)
    elif found.identity is not None and found.identity != person.identity:
        found.traits[traits.IDENTITY] = found.identity
    if isinstance(proof := found.traits.pop(PROOF, None), str):
        about.context["user_hash"] = proof
    id_ = when.id
    if id_ is None and when.at is not None:
        id_ = of_unnumbered(person, "profile", when.at, data)
    item = _made(
        about._replace(person=person), "identify", "identify", id_=id_, session=when.session, profile=found
    )
    item[1].extend(found.reasons)
    return item


def of_device(about: About, device: dict[str, Any]) -> Item:
    """Where push messages reach a device, or that they no longer do."""
    known = about.context.pop("device", {})
    if device.get("registered") is False and "token" in device:
        known = {}  # it is that token which ended, not the one the device may have by now
    about.context["device"] = {**known, **device}
    return _made(about, "identify", "identify", id_=about.when.id, session=about.when.session)


def page(about: About) -> Item:
    return _made(about, "page", "page", id_=about.when.id, session=about.when.session)


def malformed(field: str, sentence: str) -> Item:
    return {}, [Reason(Code.MALFORMED, field, sentence)]


def _made(
    about: About,
    type_: str,
    name: object,
    *,
    id_: str | None,
    session: str | None,
    properties: Any = None,
    profile: traits.Attributes | None = None,
) -> Item:
    person = about.person
    other_ids = person.other_ids()
    if profile is not None:
        other_ids = {**profile.other_ids, **other_ids}
    return event(
        about.arrival,
        type_,
        name,
        id_=id_,
        user_id=person.identity,
        anonymous_id=person.object_id,
        properties=properties,
        traits=None if profile is None else profile.all_traits(),
        context=about.context or None,
        session_id=session,
        timestamp=about.when.at,
        other_ids=other_ids,
        trait_changes=None if profile is None else profile.changes,
    )


def _names_nobody(identity: object) -> bool:
    return identity is None or (isinstance(identity, str) and is_placeholder(identity))


def pushed(about: About, kind: str, raw: Pushed) -> Item:
    """What the SDKs of pages and of apps send in one form: `kind` is event or profile."""
    if kind == "event":
        data = raw.get("evtData")
        return tracked(about, raw.get("evtName"), {} if data is None else data)
    data = raw.get("profile")
    if isinstance(data, dict):
        return profiled(about, data, "profile")
    return malformed("profile", "profile must be an object of attributes")
