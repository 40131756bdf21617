"""From a Measurement Protocol payload to canonical events: what it says of the person, then each of its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from functions.collect.adapter import growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.epoch import moment
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Fields, Item, event, type_word
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.message_ids import of_unnumbered
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.protocols.ga4.standard_events import OF_PAGES, PAGES, of_page, translated
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.ga4.raw import Event, Payload

MICROSECONDS = 1_000_000

SHARED = (
    "client_id", "app_instance_id", "user_id", "timestamp_micros",
    "device", "user_location", "user_agent", "ip_override",
)  # fmt: skip
"""What a payload says once for all of its events."""

PERSON = "user_properties"
"""In the raw form of the item that says who the person is."""

PLACE = "index"
"""In the raw form of an event, its place among the request's."""

THEIRS = {"anonymous_id": "client_id", "timestamp": "timestamp_micros", "session_id": "params.session_id"}
SOMEBODY = "client_id, app_instance_id or user_id"
"""The canonical event's fields, and who an event may be of, as GA4 calls them."""

WORDS = Words(
    THEIRS,
    SOMEBODY,
    "in the query as api_secret",
    spoken="GA4's Measurement Protocol",
    ids=("client_id", "user_id", "app_instance_id"),
)

CONSENTS = ("ad_user_data", "ad_personalization")
GIVEN = {"granted": True, "denied": False}


def parse(call: Call, delivery: Delivery) -> Parsed:
    document = call.body.document
    arrival = _arrival(delivery)
    if not isinstance(document, dict):
        reason = Reason(Code.MALFORMED, "", "the body must be a JSON object")
        return Parsed(arrival, [({}, [reason])], [document], {})
    common: Any = {name: document[name] for name in SHARED if name in document}
    events = document.get("events")
    if not isinstance(events, list):
        reason = Reason(Code.MALFORMED, "events", "events must be a list")
        return Parsed(arrival, [({}, [reason])], [document], {})
    call.format.items.hold_to(len(events))
    raw: list[Any] = [_numbered(one, at) for at, one in enumerate(events)]
    if document.get("user_properties") or document.get("consent"):
        raw.insert(0, {PERSON: document.get("user_properties"), "consent": document.get("consent")})
    growth.hold_to(call.body.raw, [(common, len(raw))])
    return Parsed(arrival, [_item(one, common, arrival) for one in raw], raw, common)


def again(_call: str, raw: Any, common: Any, delivery: Delivery) -> tuple[Arrival, Item]:
    arrival = _arrival(delivery)
    return arrival, _item(raw, common, arrival)


def _arrival(delivery: Delivery) -> Arrival:
    return Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry, new_id=delivery.new_id)


def _numbered(one: object, at: int) -> object:
    """With its place, which the debug endpoint's answer names."""
    return {**one, PLACE: at} if isinstance(one, dict) else one


def _said_by(raw: Event) -> Fields:
    return {name: value for name, value in raw.items() if name != PLACE}


class About(NamedTuple):
    """One item of a payload, `raw`, and the fields that all of its items share."""

    arrival: Arrival
    common: Payload
    raw: Event


def _item(raw: Event | NoObject, common: Payload, arrival: Arrival) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    about = About(arrival, common, raw)
    if PERSON in raw:
        return _made(about, "identify", "identify", traits=_traits(raw))
    name, parameters = raw.get("name"), raw.get("params")
    if isinstance(name, str) and isinstance(parameters, dict | None):
        given = dict(parameters or {})
        session = given.pop("session_id", None)
        if name in PAGES:
            type_ = PAGES[name]
            return _made(about, type_, type_, properties=of_page(type_, given), session=session)
        name, given = translated(name, given)
        return _made(about, "track", name, properties=given, session=session)
    return _made(about, "track", name, properties=parameters)


def _made(
    about: About,
    type_: str,
    name: object,
    *,
    properties: object = None,
    traits: object = None,
    session: object = None,
) -> Item:
    arrival, common, raw = about
    micros = raw.get("timestamp_micros", common.get("timestamp_micros"))
    device = common.get("app_instance_id") or common.get("client_id")
    return event(
        arrival,
        type_,
        name,
        id_=None if micros is None else of_unnumbered(common.get("user_id"), device, _said_by(raw), micros),
        user_id=common.get("user_id"),
        anonymous_id=device,
        properties=properties,
        traits=traits,
        context=_context(common, raw.get("params")) or None,
        session_id=session,
        timestamp=None if micros is None else moment(micros, MICROSECONDS),
    )


def _traits(raw: Event) -> object:
    """`{"plan": {"value": "gold"}}` to traits, and the two consents of advertising."""
    given = raw.get(PERSON)
    if given is not None and not isinstance(given, dict):
        return given
    traits = {
        name: said.get("value") if isinstance(said, dict) else said for name, said in (given or {}).items()
    }
    consent = raw.get("consent")
    if isinstance(consent, dict):
        words = {name: type_word(consent.get(name)) for name in CONSENTS}
        said = {name: GIVEN[word] for name, word in words.items() if isinstance(word, str) and word in GIVEN}
        if said:
            traits["consents"] = said
    return traits


PARTS = ("page", "device", "os", "location")
"""Of a context, that have fields of their own."""


def _context(common: Payload, parameters: object) -> Fields:
    """Any event may say on which page it happened."""
    device = common.get("device")
    place = common.get("user_location")
    context: Fields = {"ip": common.get("ip_override"), "user_agent": common.get("user_agent")}
    if isinstance(parameters, dict):
        context["page"] = {word: parameters.get(said) for said, word in OF_PAGES["page"].items()}
    if isinstance(device, dict):
        context["device"] = {
            "type": device.get("category"),
            "manufacturer": device.get("brand"),
            "model": device.get("model"),
        }
        context["os"] = {
            "name": device.get("operating_system"),
            "version": device.get("operating_system_version"),
        }
        context["locale"] = device.get("language")
    if isinstance(place, dict):
        context["location"] = {"city": place.get("city"), "country": place.get("country_id")}
    return _said(context)


def _said(context: Fields) -> Fields:
    """Without what nobody said. Its parts are ours; a value in them is what somebody sent, nested as deep as it may."""
    found = {name: _filled(value) if name in PARTS else value for name, value in context.items()}
    return _filled(found)


def _filled(part: Fields) -> Fields:
    return {name: value for name, value in part.items() if value not in (None, {})}
