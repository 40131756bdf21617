"""UTM: says `UTM Visited` when the person comes by a marketing link, once per link and session.

A client's own event of that name, as CleverTap's exports have it, is the visit itself: it is not said again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.events import Event
from shared.fold.effects import Derive, Effect, Facts
from shared.times import UtcDatetime

name = "utm"
UTM_VISITED = "UTM Visited"
budget = 2 * 1024
reads: tuple[str, ...] = ()

PARAMETERS = {
    "source": "utm_source", "medium": "utm_medium", "name": "utm_campaign", "term": "utm_term",
    "content": "utm_content", "id": "utm_id",
}  # fmt: skip
"""Names in `context.campaign`, as the field's browser libraries fill it, and in the link."""

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """The link the person came by last, and the latest event that carried it."""

    link: dict[str, str] = field(default_factory=dict)
    at: UtcDatetime | None = None


def apply(state: Visit, event: Event, facts: Facts) -> tuple[Visit, list[Effect]]:
    campaign = event.context.get("campaign")
    if event.type == "system" or not isinstance(campaign, dict):
        return state, []
    link = {
        parameter: campaign[said][:LONGEST]
        for said, parameter in PARAMETERS.items()
        if isinstance(campaign.get(said), str) and campaign[said]
    }
    if not link:
        return state, []
    idle = facts.workspace.settings.session_idle
    same_visit = state.link == link and state.at is not None and event.occurred_at <= state.at + idle
    at = event.occurred_at if state.at is None else max(state.at, event.occurred_at)
    if same_visit or event.name == UTM_VISITED:
        return Visit(link, at), []
    return Visit(link, at), [Derive(UTM_VISITED, dict(link), event.occurred_at)]


def merge(one: Visit, other: Visit) -> Visit:
    if one.at is None or (other.at is not None and other.at > one.at):
        return other
    return one


def explain(state: Visit) -> str:
    return (
        ", ".join(f"{parameter}={value}" for parameter, value in state.link.items())
        or "came by no campaign link"
    )
