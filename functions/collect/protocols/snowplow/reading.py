"""From a batch of parameters, all of them text, to canonical events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from functions.collect.adapter import epoch, growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import NOT_AN_OBJECT, Item, event
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.message_ids import given, of_unnumbered
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.protocols.snowplow import iglu
from functions.collect.protocols.snowplow.access import without_key
from functions.collect.protocols.snowplow.context import SCREEN, SESSION, context, entity
from functions.collect.protocols.snowplow.iglu import Described, NotDescribed
from functions.collect.protocols.snowplow.parameters import KINDS, NUMBERS, STRUCTURED
from functions.collect.protocols.snowplow.routes import PIXEL
from functions.collect.protocols.snowplow.standard_events import SCREEN_VIEWS, of_action, of_schema
from shared.plan.reasons import Code, Reason
from shared.text.numbers import number

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.snowplow.raw import Parameters

ANONYMOUS = "anonymous"
"""In what a request's events share: the header `SP-Anonymous` asks not to keep who sent it."""

QUERY = "query"
"""In what a request's events share: the parameters of its query, where it has a body besides."""

THEIRS = {
    "user_id": "uid", "anonymous_id": "duid", "id": "eid", "timestamp": "dtm", "session_id": "sid",
}  # fmt: skip
"""The canonical event's fields, as trackers know them."""

WORDS = Words(THEIRS, "uid, duid or sid", "in each event as aid, the app id", spoken="Snowplow's format")

Read = tuple[str, object, dict[str, Any] | None]
"""Type, name and properties of an event."""


def parse(call: Call, delivery: Delivery) -> Parsed:
    document = call.body.document
    shared: dict[str, Any] = {ANONYMOUS: True} if "sp-anonymous" in call.request.headers else {}
    found: Any = document
    if call.route.call == PIXEL:
        found = [document]
    elif isinstance(document, dict):
        found = document.get("data", [document])
        beside = {name: value for name, value in call.request.query_values().items() if value}
        if beside := without_key(beside):
            shared[QUERY] = beside
    if not isinstance(found, list):
        reason = Reason(Code.MALFORMED, "data", "data must be a list of events")
        return Parsed(_arrival(None, delivery), [({}, [reason])], [without_key(document)], {})
    call.format.items.hold_to(len(found))
    raw = [without_key(one) for one in found]
    if QUERY in shared:
        growth.hold_to(call.body.raw + call.request.query.encode(), [(shared[QUERY], len(raw))])
    arrival = _arrival(_whole(raw[0], shared) if raw else None, delivery)
    event_of, entities_of = iglu.ReadOnce(), iglu.ReadOnce()
    items = [_item(_whole(one, shared), shared, delivery, event_of, entities_of) for one in raw]
    return Parsed(arrival, items, raw, shared)


def again(_call: str, raw: Any, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    whole = _whole(raw, common)
    return _arrival(whole, delivery), _item(whole, common, delivery)


def _whole(one: Any, shared: dict[str, Any]) -> Any:
    """A request's query holds for every event of its body, and wins: so Snowplow's enrichment reads it."""
    return {**one, **shared[QUERY]} if QUERY in shared and one.__class__ is dict else one


def _arrival(raw: object, delivery: Delivery) -> Arrival:
    """`stm` is set each time an event is sent, again too."""
    sent = epoch.moment(raw.get("stm"), 1000) if isinstance(raw, dict) else None
    sent_at = sent.isoformat() if isinstance(sent, datetime) else None
    return Arrival.of(delivery.received_at, sent_at, is_retry=delivery.is_retry, new_id=delivery.new_id)


def _item(
    raw: Parameters | NoObject,
    shared: dict[str, Any],
    delivery: Delivery,
    event_of: iglu.Read = iglu.read,
    entities_of: iglu.Read = iglu.read,
) -> Item:
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    reasons: list[Reason] = []
    entities = _entities(raw, entities_of, reasons)
    described = _described(raw, event_of, reasons) if raw.get("e") == "ue" else None
    kind, name, properties = _read(raw, described, entities)
    if not reasons and name is None:
        sentence = "e must be one of pv, pp, se, ue, tr, ti"
        reasons.append(Reason(Code.MALFORMED, "e", sentence))
    if reasons:
        return {"id": raw["eid"]} if isinstance(raw.get("eid"), str) else {}, reasons
    session = entity(entities, SESSION)
    arrival = _arrival(raw, delivery)
    truly = raw.get("ttm")
    timestamp = truly or raw.get("dtm")
    return event(
        arrival._replace(skew=timedelta()) if truly else arrival,
        kind,
        name,
        id_=given(raw.get("eid")) or (_id(raw) if timestamp else None),
        user_id=raw.get("uid"),
        anonymous_id=_visitor(raw, session),
        properties=properties or None,
        context=context(raw, described, entities, delivery, anonymous=ANONYMOUS in shared) or None,
        session_id=raw.get("sid") or session.get("sessionId"),
        timestamp=epoch.moment(timestamp, 1000) if timestamp else None,
    )


def _read(raw: Parameters, described: Described | None, entities: list[Described]) -> Read:
    """A name of None is a kind of event that there is not."""
    kind = raw.get("e")
    if described is not None:
        return _read_described(described, entities)
    if kind == "pv":
        said = {"url": raw.get("url"), "title": raw.get("page"), "referrer": raw.get("refr")}
        return "page", "page", {name: value for name, value in said.items() if value}
    if kind == "se":
        return "track", raw.get("se_ac") or "", _renamed(raw, STRUCTURED)
    if isinstance(kind, str) and kind in KINDS:
        name, words = KINDS[kind]
        return "track", name, _renamed(raw, words)
    return "track", None, None


def _read_described(described: Described, entities: list[Described]) -> Read:
    data = described.data
    if (described.vendor, described.name) in SCREEN_VIEWS:
        screen = entity(entities, SCREEN).get("name")
        return "screen", "screen", {"name": screen, **data} if screen is not None else data
    standard = of_schema(described) or of_action(described, entities)
    if standard is not None:
        return "track", *standard
    return "track", described.name, data


def _described(raw: Parameters, read: iglu.Read, reasons: list[Reason]) -> Described | None:
    """The event inside of its envelope."""
    field = "ue_px" if raw.get("ue_px") else "ue_pr"
    try:
        envelope = iglu.described(read(raw.get("ue_pr"), raw.get("ue_px")))
        found = iglu.described(envelope.data)
    except NotDescribed as problem:
        reasons.append(Reason(Code.MALFORMED, field, f"{field} {problem}"))
        return None
    if found.data is None or found.data == []:  # how PHP writes an empty object
        return found._replace(data={})
    if not isinstance(found.data, dict):
        reasons.append(Reason(Code.MALFORMED, field, f"the data of {field} must be an object"))
        return None
    return found


def _entities(raw: Parameters, read: iglu.Read, reasons: list[Reason]) -> list[Described]:
    field = "cx" if raw.get("cx") else "co"
    try:
        said = read(raw.get("co"), raw.get("cx"))
        if said is None:
            return []
        return iglu.all_described(iglu.described(said).data)
    except NotDescribed as problem:
        reasons.append(Reason(Code.MALFORMED, field, f"{field} {problem}"))
        return []


def _visitor(raw: Parameters, session: dict[str, Any]) -> object:
    """The browser's own id of its visitor, the app's, the network's; whoever wants none is known for a session."""
    ids = (raw.get("duid"), session.get("userId"), raw.get("tnuid"), raw.get("nuid"), raw.get("sid"))
    return next(filter(None, ids), None)


def _id(raw: Parameters) -> str:
    return of_unnumbered({name: value for name, value in raw.items() if name != "stm"})


def _renamed(raw: Mapping[str, object], words: dict[str, str]) -> dict[str, Any]:
    return {
        word: _number(raw[name]) if name in NUMBERS else raw[name]
        for name, word in words.items()
        if raw.get(name) not in (None, "")
    }


def _number(text: Any) -> Any:
    """What is no number stays what it is, for the tracking plan to refuse; so does an integer beyond 64 bits, whose
    digits no JSON library would keep."""
    read = number(text) if text.__class__ is str else None
    return text if read is None or (isinstance(read, int) and abs(read) >= 2**63) else read
