"""Kept events as they were read the first time: the protocol's items by the protocol, canonical ones as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from functions.collect.body import Unreadable, parsed
from functions.collect.canonical import NOT_AN_OBJECT, Arrival, Fields, Item
from functions.collect.protocols import ROUTES, Delivery, Parsed, wire_format
from shared.events import Event, derived_id
from shared.reasons import Code, Reason
from shared.records import SHARED_WITH_EVENTS
from shared.rejected import RejectedItem, RejectedRequest

OWN_FIELDS = frozenset(Event.model_fields) - frozenset(SHARED_WITH_EVENTS)


def read_again(kept: RejectedRequest, items: list[RejectedItem]) -> Parsed:
    """The items, in order, each with the id it was given when it first came."""
    common = parsed(kept.common) if kept.common else {}
    arrival = Arrival.of(kept.received_at, None, is_retry=False)
    found: list[Item] = []
    for item in items:
        try:
            raw = parsed(item.body)
        except Unreadable as error:
            found.append(({}, [Reason(Code.MALFORMED, "", str(error))]))
            continue
        if kept.form == "canonical":
            found.append(_canonical(raw))
        else:
            arrival, read = _from_protocol(kept, raw, common)
            found.append(read)
        _name(found[-1][0], item, kept)
    return Parsed(arrival, found, [item.body for item in items], {})


def _from_protocol(kept: RejectedRequest, raw: object, common: dict[str, Any]) -> tuple[Arrival, Item]:
    route = ROUTES.get(kept.path)
    if route is None:
        sentence = f"nothing reads what came at {kept.path} any more"
        return Arrival.of(kept.received_at, None, is_retry=False), (
            {},
            [Reason(Code.MALFORMED, "", sentence)],
        )
    delivery = Delivery(
        path=kept.path,
        received_at=kept.received_at,
        is_retry=bool(common.get("is_retry")),
        is_browser=bool(common.get("is_browser")),
        ip=common.get("ip"),
        user_agent=common.get("user_agent"),
    )
    return wire_format(route.protocol).again(route.call, raw, common.get("shared", {}), delivery)


def _canonical(raw: object) -> Item:
    """An event that `process` refused, as it was on the stream."""
    if not isinstance(raw, dict):
        return NOT_AN_OBJECT
    fields: Fields = {name: value for name, value in raw.items() if name in OWN_FIELDS}
    fields["occurred_at"] = datetime.fromisoformat(fields["occurred_at"])
    return fields, []


def _name(fields: Fields, item: RejectedItem, kept: RejectedRequest) -> None:
    """Ids that we made ourselves are made once: a second replay must be recognised as the first one's."""
    if isinstance(fields.get("id"), str):
        fields["id"] = item.event_id or derived_id(kept.request, str(item.index))
