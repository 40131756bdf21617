"""UTM: says `UTM Visited` when the person comes by a marketing link, once per link and session.

An event carries its link along for as long as the visit lasts. Two devices may each carry one, and events come late: so
the links of before are remembered too, and the last link is that of the latest event, whatever comes after it.

A client's own event of that name, as CleverTap's exports have it, is the visit itself: it is not said again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.effects import Derive, Effect, Facts

name = "utm"
UTM_VISITED = "UTM Visited"
budget = 608
reads: tuple[str, ...] = ()

PARAMETERS = {
    "source": "utm_source", "medium": "utm_medium", "name": "utm_campaign", "term": "utm_term",
    "content": "utm_content", "id": "utm_id",
}  # fmt: skip
"""Names in `context.campaign`, as the field's browser libraries fill it, and in the link."""

LONGEST, LINK_BYTES = (200, 100, 50, 25, 10), 490
"""Characters of a parameter that are kept: the first of these with which the link takes no more bytes as JSON."""

REMEMBERED = 8
"""Links of before."""

NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Visit:
    """The link the person came by last, and the latest event that carried it. `before` are others: hash → the same."""

    link: dict[str, str] = field(default_factory=dict)
    at: datetime | None = None
    before: dict[str, datetime] = field(default_factory=dict)


EMPTY = Visit()
DIGEST = 6
"""Bytes."""


def concerns(event: Event, facts: Facts) -> bool:
    return "campaign" in event.context


def apply(state: Visit, event: Event, facts: Facts) -> tuple[Visit, list[Effect]]:
    campaign = event.context.get("campaign")
    if event.type == "system" or not isinstance(campaign, dict):
        return state, []
    link = _link(campaign, state.link)
    if not link:
        return state, []
    at = max(packing.EARLIEST, event.happened_at)
    carried = state.at if link == state.link else state.before.get(_digest(link))
    after = merge(Visit(link, at), state)
    # As a session does, a visit lasts until the idle limit has passed; what comes late belongs to it.
    if event.name == UTM_VISITED or (carried and at < carried + facts.workspace.settings.session_idle):
        return after, []
    return after, [Derive(UTM_VISITED, dict(link), event.occurred_at)]


def merge(one: Visit, other: Visit) -> Visit:
    """The later of two last links; the other is one of before."""
    first, last = sorted((other, one), key=lambda visit: visit.at or NEVER)
    if first.at is None or (first.link == last.link and not first.before):
        return last
    before = dict(first.before)
    for digest, at in (*last.before.items(), (_digest(first.link), first.at)):
        before[digest] = max(at, before.get(digest, at))
    before.pop(_digest(last.link), None)
    latest = sorted(before.items(), key=lambda link: link[1])[-REMEMBERED:]
    return Visit(last.link, last.at, dict(latest))


def encode(state: Visit) -> bytes:
    before = [bytes.fromhex(digest) + packing.time(at) for digest, at in state.before.items()]
    return packing.written(state.link, b"".join((packing.time(state.at), *before)))


def decode(data: bytes) -> Visit:
    link, numbers = packing.read(data)
    before = {
        numbers[start : start + DIGEST].hex(): packing.time_at(numbers, start + DIGEST) or packing.EARLIEST
        for start in range(packing.MICROSECONDS, len(numbers), DIGEST + packing.MICROSECONDS)
    }
    return Visit(link, packing.time_at(numbers, 0), before)


def explain(state: Visit) -> str:
    return (
        ", ".join(f"{parameter}={value}" for parameter, value in state.link.items())
        or "came by no campaign link"
    )


def _link(campaign: dict[str, object], known: dict[str, str]) -> dict[str, str]:
    """The link as it is kept: the last one, which is `known` to fit, in most cases."""
    said = {parameter: campaign.get(key) for key, parameter in PARAMETERS.items()}
    texts = {parameter: text for parameter, text in said.items() if isinstance(text, str) and text}
    link: dict[str, str] = {}
    for longest in LONGEST:
        link = {parameter: text[:longest] for parameter, text in texts.items()}
        if link == known or len(orjson.dumps(link)) <= LINK_BYTES:
            break
    return link


def _digest(link: dict[str, str]) -> str:
    written = orjson.dumps(link, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(written, digest_size=DIGEST).hexdigest()
