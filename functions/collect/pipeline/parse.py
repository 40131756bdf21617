"""The items of a request as canonical events, as its format reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.collect.adapter.arrival import Arrival
from functions.collect.adapter.message_ids import apart
from functions.collect.adapter.wire_format import Call, Delivery, Parsed
from functions.collect.work import Work
from shared.plan.reasons import Code, Reason

if TYPE_CHECKING:  # few requests ask for one
    from functions.collect.adapter.lookups import Change


def parse(work: Work) -> None:
    """Raises Refused or TooLarge for the whole request. A body that cannot be read is one item that is malformed."""
    call = work.call
    work.delivery = _delivery(work)
    if call.body.problem is None:
        parsed = call.format.parse(call, work.delivery)
    else:
        parsed = _unreadable(call, work, call.body.problem)
    apart(parsed.items)
    work.parsed = parsed


def parse_change(work: Work, change: Change) -> None:
    """The events of a change that a call asked for, read as their replay would read them."""
    call = work.call
    delivery = work.delivery = _delivery(work)
    again = call.format.again
    items = [again(call.route.call, raw, change.common, delivery)[1] for raw in change.raw]
    work.parsed = Parsed(_arrival(work), items, change.raw, change.common)


def require_known_people(work: Work) -> None:
    """Give each item that needs a known person its reason where nobody is. Raises Unavailable."""
    if not work.parsed.known_people:
        return
    lookups = work.resources.lookups(work.workspace)
    for position, identity_key, otherwise in work.parsed.known_people:
        reasons = work.parsed.items[position][1]
        understood = all(reason.observation is not None for reason in reasons)
        if understood and lookups.person(identity_key) is None:
            reasons.append(otherwise)


def _delivery(work: Work) -> Delivery:
    call = work.call
    request = call.request
    return Delivery(
        call.route.path,  # as it came it may hold a key, or an address
        work.received_at,
        request.is_retry,
        work.source.trust == "browser",
        request.ip,
        request.user_agent,
        call.new_id,
    )


def _unreadable(call: Call, work: Work, problem: str) -> Parsed:
    return Parsed(_arrival(work), [({}, [Reason(Code.MALFORMED, "", problem)])], [call.body.raw], {})


def _arrival(work: Work) -> Arrival:
    return Arrival.of(work.received_at, None, is_retry=False, new_id=work.call.new_id)
