"""Kept events read once more: as their format reads them today, or as `process` had them when it refused them."""

from __future__ import annotations

from typing import Any

import orjson

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.event_builder import Item
from functions.collect.adapter.wire_format import Delivery, Parsed
from functions.collect.http.body import Unreadable, parsed
from functions.collect.protocols import NAMES, wire_format
from shared.events import Event
from shared.plan.reasons import Code, Reason
from shared.ports.runtime import NewId
from shared.records import SHARED_WITH_EVENTS
from shared.rejected import RejectedItem, RejectedRequest


def read(request: RejectedRequest, items: list[RejectedItem], new_id: NewId) -> Parsed:
    """The items as their protocol reads them today."""
    arrival = Arrival.of(request.received_at, None, is_retry=False, new_id=new_id)
    try:
        common = parsed(request.common) if request.common else {}
    except Unreadable as error:  # nested as deep as can be read, it was kept inside of more
        unread: Item = ({}, [Reason(Code.MALFORMED, "", str(error))])
        return Parsed(arrival, [unread for _ in items], [item.body for item in items], {})
    found: list[Item] = []
    for item in items:
        if request.form == "canonical":
            arrival, read = _canonical(item.body)
        else:
            arrival, read = _of_protocol(request, item, common, arrival)
        if item.event_id is not None and read[0]:
            read[0]["id"] = item.event_id
        found.append(read)
    return Parsed(arrival, found, [item.body for item in items], {})


def _of_protocol(
    request: RejectedRequest, item: RejectedItem, common: dict[str, Any], arrival: Arrival
) -> tuple[Arrival, Item]:
    try:
        raw = parsed(item.body)
    except Unreadable as error:
        return arrival, ({}, [Reason(Code.MALFORMED, "", str(error))])
    if request.protocol not in NAMES:
        sentence = f"{request.protocol} is no protocol any more"
        return arrival, ({}, [Reason(Code.MALFORMED, "", sentence)])
    delivery = delivery_of(request, common)._replace(new_id=arrival.new_id)
    return wire_format(request.protocol).again(common["call"], raw, common["shared"], delivery)


def _canonical(body: bytes) -> tuple[Arrival, Item]:
    """An event that `process` refused: it was understood and valid then, and knows its times."""
    event = Event.model_validate(orjson.loads(body))
    fields = {
        name: value
        for name, value in event.model_dump(exclude_defaults=True).items()
        if name not in SHARED_WITH_EVENTS
    }
    return Arrival.of(event.received_at, None, is_retry=False)._replace(sent_at=event.sent_at), (fields, [])


def delivery_of(request: RejectedRequest, common: dict[str, Any]) -> Delivery:
    """The facts of the request as it came, from what `storing.kept` wrote."""
    return Delivery(
        path=request.path,
        received_at=request.received_at,
        is_retry=common["is_retry"],
        is_browser=common["is_browser"],
        ip=common["ip"],
        user_agent=common["user_agent"],
    )
