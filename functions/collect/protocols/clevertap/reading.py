"""From a request to its items: a list of records, one call of a page, or a batch of an app."""

from __future__ import annotations

from typing import Any

from functions.collect.adapter import growth
from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.http.responses import Refused
from functions.collect.protocols.clevertap import upload_records
from functions.collect.protocols.clevertap.app import batches
from functions.collect.protocols.clevertap.records import malformed
from functions.collect.protocols.clevertap.routes import APP, WEB
from functions.collect.protocols.clevertap.web import calls

CREDENTIALS = ("id", "tk")
"""Of an app's header, wherever it stands."""

WHOLE = "whole"
"""In `common`: the request had no items, and this was wrong with it."""

OFF = (None, "0", "false")


def parse(call: Call, delivery: Delivery) -> Parsed:
    document = call.body.document
    if call.route.call == WEB:
        if isinstance(document, dict):
            return calls.parse(call, document, delivery)
        return _whole(document, delivery, "d", "d must be a JSON object")
    if call.route.call == APP:
        if not isinstance(document, list):
            return _whole(document, delivery, "", "the body must be a list: a header, then events")
        common, raw = batches.batch(call, document)
        call.format.items.hold_to(len(raw))
        growth.hold_to(call.body.raw, [(common, len(raw))])
        arrival = batches.arrival_of(common, delivery)
        items = [batches.item(one, common, arrival, delivery) for one in raw]
        return Parsed(arrival, items, raw, common)
    if call.request.query_value("dryRun") not in OFF:
        raise Refused(400, "dry_run_not_supported", "dryRun is not supported: nothing was checked or stored")
    records = records_of(document)
    if records is None:
        return _whole(document, delivery, "d", "the body must be an object with d, a list of records")
    call.format.items.hold_to(len(records))
    arrival = _unstamped(delivery)
    return Parsed(arrival, [upload_records.item(one, arrival) for one in records], records, {})


def again(call: str, raw: Any, common: dict[str, Any], delivery: Delivery) -> tuple[Arrival, Item]:
    if WHOLE in common:
        return _unstamped(delivery), malformed(**common[WHOLE])
    if call == WEB:
        arrival = calls.arrival_of(common, delivery)
        item = calls.read(raw, common, arrival, delivery)
        return arrival, item if item is not None else malformed("type", "this tells nothing of anybody")
    if call == APP:
        arrival = batches.arrival_of(common, delivery)
        return arrival, batches.item(raw, common, arrival, delivery)
    arrival = _unstamped(delivery)
    return arrival, upload_records.item(raw, arrival)


def records_of(document: object) -> list[Any] | None:
    records = document.get("d") if isinstance(document, dict) else None
    return records if isinstance(records, list) else None


def _unstamped(delivery: Delivery) -> Arrival:
    return Arrival.of(delivery.received_at, None, is_retry=delivery.is_retry, new_id=delivery.new_id)


def _whole(document: object, delivery: Delivery, field: str, sentence: str) -> Parsed:
    """The request as one item that nothing can be made of, now or later."""
    kept = document
    if isinstance(document, dict):
        kept = {name: value for name, value in document.items() if name not in CREDENTIALS}
    common = {WHOLE: {"field": field, "sentence": sentence}}
    return Parsed(_unstamped(delivery), [malformed(field, sentence)], [kept], common)
