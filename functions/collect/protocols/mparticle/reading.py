"""From batches to items: what a batch says of the person first, as an identify, then its events in order.

The raw of an item is an object with the `batch` it came in (its place in the request) and what it is of that batch:
`person`, or `event` with its `index`. What the batch's items share is kept once.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from functions.collect.adapter import epoch, growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Fields, Item, event, observe
from functions.collect.adapter.message_ids import of_content, of_unnumbered
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.http.responses import Refused
from functions.collect.protocols.mparticle import context, events, identity_calls
from functions.collect.protocols.mparticle import traits as user_traits
from functions.collect.protocols.mparticle.events import MILLISECONDS
from functions.collect.protocols.mparticle.person import person
from functions.collect.protocols.mparticle.person_events import Shared
from functions.collect.protocols.mparticle.routes import BULK, IDENTITY_CALLS, WEB
from shared.plan.reasons import Code, Observation, Reason

if TYPE_CHECKING:
    from functions.collect.adapter.wire_format import NoObject
    from functions.collect.protocols.mparticle.raw import Batch, Part

OF_THE_PERSON = ("user_attributes", "deleted_user_attributes", "consent_state")

SHARED = (
    "user_identities", "mpid", "mp_deviceid", "source_request_id", "batch_id", "timestamp_unixtime_ms", "environment",
    "ip", "sdk_version", *context.OBJECTS, *context.KEPT_OF_BATCHES,
)  # fmt: skip
"""What a batch's items need of it. Keys that SDKs copy into a batch (`api_key`) are not among it."""


def parse(call: Call, delivery: Delivery) -> Parsed:
    name, document = call.route.call, call.body.document
    arrival = Arrival.of(delivery.received_at, None, is_retry=False, new_id=delivery.new_id)
    if name in IDENTITY_CALLS:
        common = {"mpid": call.parameters.get("mpid")}
        return Parsed(arrival, *identity_calls.items(name, document, common, arrival), common)
    if name == BULK and not isinstance(document, list):
        raw_document = _without_key(document)
        return Parsed(arrival, [_no_batch(BULK)], [raw_document], {})
    batches = document if name == BULK else [document]
    limit = call.format.bulk
    if len(batches) > limit.most:
        raise Refused(400, Code.TOO_LARGE, limit.exceeded(len(batches)))
    count = sum(len(listed) for batch in batches if isinstance(listed := _events(batch), list))
    call.format.items.hold_to(count)
    raw = [part for at, batch in enumerate(batches) for part in _parts(at, batch)]
    shared: list[Any] = [
        {field: batch[field] for field in SHARED if field in batch} if isinstance(batch, dict) else {}
        for batch in batches
    ]
    of_batch = Counter(part["batch"] for part in raw)
    growth.hold_to(call.body.raw, [(one, of_batch[at]) for at, one in enumerate(shared)])
    read = [_shared(name, one, delivery) for one in shared]
    items = [_item(part, read[part["batch"]], arrival) for part in raw]
    return Parsed(arrival, items, raw, {"batches": shared})


def again(
    call: str, raw: Part | NoObject, common: dict[str, Any], delivery: Delivery
) -> tuple[Arrival, Item]:
    arrival = Arrival.of(delivery.received_at, None, is_retry=False, new_id=delivery.new_id)
    if call in IDENTITY_CALLS:
        return arrival, identity_calls.again(call, raw, common, arrival)
    batches = common.get("batches")
    if not batches or not isinstance(raw, dict):
        return arrival, _no_batch(call)
    return arrival, _item(raw, _shared(call, batches[raw["batch"]], delivery), arrival)


def _without_key(document: object) -> object:
    """SDKs copy the key into a batch."""
    if isinstance(document, dict):
        return {name: value for name, value in document.items() if name != "api_key"}
    return document


def _no_batch(call: str) -> Item:
    wanted = "a list of batches" if call == BULK else "a batch, a JSON object"
    return {}, [Reason(Code.MALFORMED, "", f"the body must be {wanted}")]


def _events(batch: object) -> Any:
    return batch.get("events") if isinstance(batch, dict) else None


def _parts(at: int, batch: Batch | NoObject) -> list[Part]:
    if not isinstance(batch, dict):
        return [{"batch": at, "instead": batch}]
    came = _events(batch)
    of_the_person = {field: said for field in OF_THE_PERSON if (said := batch.get(field))}
    has_address = bool(person(batch.get("user_identities"), None, None).addresses)
    parts: list[Part] = []
    if of_the_person or has_address or not came:
        parts.append({"batch": at, "person": of_the_person})
    if isinstance(came, list):
        parts += [{"batch": at, "index": index, "event": one} for index, one in enumerate(came)]
    elif came is not None:
        parts.append({"batch": at, "events": came})
    return parts


def _shared(call: str, batch: Batch, delivery: Delivery) -> Shared:
    named = person(batch.get("user_identities"), batch.get("mp_deviceid"), batch.get("mpid"))
    around, reasons = context.of_batch(batch, delivery)
    return Shared(
        named,
        around,
        batch.get("source_request_id") or batch.get("batch_id"),
        batch.get("timestamp_unixtime_ms"),
        call == WEB,
        reasons,
    )


def _item(part: Part, shared: Shared, arrival: Arrival) -> Item:
    if "event" in part:
        return events.read(part["event"], part["index"], shared, arrival)
    if "person" in part:
        return _of_the_person(part["person"], shared, arrival)
    if "events" in part:
        return {}, [Reason(Code.MALFORMED, "events", "events must be a list")]
    return {}, [Reason(Code.MALFORMED, "", "a batch must be a JSON object")]


def _of_the_person(said: Fields, shared: Shared, arrival: Arrival) -> Item:
    """The identify that stands for the batch. A batch without events says at least who somebody is."""
    traits, reasons = user_traits.traits_of(said)
    named = shared.person
    id_ = None
    if shared.request_id or shared.timestamp:
        made_of = of_content if shared.request_id else of_unnumbered
        id_ = made_of(
            shared.request_id,
            shared.timestamp,
            named.user_id,
            named.anonymous_id,
            named.other_ids,
            named.addresses,
            said,
        )
    item = event(
        arrival,
        "identify",
        "identify",
        id_=id_,
        user_id=named.user_id,
        anonymous_id=named.anonymous_id,
        traits={**named.addresses, **traits} or None,
        context=shared.context,
        timestamp=epoch.moment(shared.timestamp, MILLISECONDS),
        other_ids=named.other_ids,
    )
    item[1].extend((*reasons, *named.reasons, *shared.reasons))
    if not named.is_whole:
        observe(item, Observation.ID_UNREADABLE)
    return item
