"""For `Headrace-Debug`: what became of each event of a request, whatever the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from functions.collect.adapter.event_builder import Item
from functions.collect.adapter.field_names import in_words
from functions.collect.adapter.rejection import Rejection
from functions.collect.http.answer_size import MOST, as_many_as_fit, size_of
from functions.collect.http.body import JSON_OPTIONS
from functions.collect.http.report import milliseconds
from functions.collect.suggestions.plan_names import added
from functions.collect.work import Work
from shared.plan.reasons import Reason
from shared.plan.tracking_plan import Plan
from shared.records import SHARED_WITH_EVENTS


def explained(work: Work, beside: dict[str, Any]) -> dict[str, Any]:
    """What is added `beside` the answer's own fields: `events`, each in canonical form, as far as it got, and its
    verdict; of an accepted one also what a strict source would have refused, as `observed`. Where not all of them have
    room, `events_not_shown` says how many are left out. `milliseconds` are what each step took.

    The steps completed the fields of the items in place.
    """
    items, rejected = work.parsed.items, work.verdicts.rejected
    plan = work.resources.plan(work.workspace)
    refused = {one.position for one in rejected}
    taken = [
        Rejection(position, fields, reasons)
        for position, (fields, _) in enumerate(items)
        if position not in refused and (reasons := _beside_the_plan(fields, plan))
    ]
    words = work.call.format.words
    observed = {one.position: one.reasons for one in in_words(added(taken, work.workspace), words)}
    shown = as_many_as_fit(_entries(work.common, items, rejected, observed), MOST - size_of(beside))
    more = {"events_not_shown": len(items) - len(shown)} if len(shown) < len(items) else {}
    return {"events": shown, **more, "milliseconds": milliseconds(work.steps, work.times)}


def _beside_the_plan(fields: dict[str, Any], plan: Plan) -> list[Reason]:
    """The plan reads JSON, where a date is text: what was understood as one is written again first."""
    properties = orjson.loads(orjson.dumps(fields.get("properties", {}), option=JSON_OPTIONS))
    return plan.check(fields["name"], fields["type"], properties, "strict")[1]


def _entries(
    common: dict[str, Any], items: list[Item], rejected: list[Rejection], observed: dict[int, list[Reason]]
) -> Iterator[dict[str, Any]]:
    shared = {name: common[name] for name in SHARED_WITH_EVENTS if name in common}
    reasons = {one.position: [reason.as_dict() for reason in one.reasons] for one in rejected}
    for position, (fields, _) in enumerate(items):
        entry = {"index": position, "verdict": "accepted", "event": {**shared, **fields}}
        if position in observed:
            entry["observed"] = [reason.as_dict() for reason in observed[position]]
        if position in reasons:
            entry |= {"verdict": "rejected", "reasons": reasons[position]}
            try:
                orjson.dumps(entry, option=JSON_OPTIONS)
            except TypeError:  # what made it malformed cannot be written here either
                entry["event"] = None
        yield entry
