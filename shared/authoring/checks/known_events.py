"""Events that a campaign may name: the plan's, Headrace's own, and those that are named by their type."""

from __future__ import annotations

from collections.abc import Iterable

from shared.authoring import catalogues
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding, Place
from shared.own_events import OWN_EVENTS
from shared.text.spelling import closest
from shared.workspace.model import Campaign, EventDefinition, Workspace

UNTRACKED = frozenset({"identify", "page", "screen", "group", "alias"})
"""Events that are named by their type: they need no definition, and without one any property may be there."""


def definition_of(event: str, workspace: Workspace) -> EventDefinition | None:
    """The plan's definition of an event, by its id, or Headrace's own; None for an event that neither has."""
    return workspace.definition_by_id.get(event) or OWN_EVENTS.get(event)


def is_known(event: str, compiled: Compiled) -> bool:
    """Whether such an event may come: also when its definition may be among what could not be read."""
    is_there = event in UNTRACKED or definition_of(event, compiled.workspace) is not None
    return is_there or compiled.is_doubtful("events", event)


def unknown_event(place: Place, campaign: Campaign, event: str, workspace: Workspace) -> Finding:
    """The error for a campaign that names an event that the plan does not have. `place` is where it does."""
    known = [*workspace.definition_by_id, *OWN_EVENTS, *UNTRACKED]
    message = f"campaign `{campaign.id}`: the plan has no event `{event}`"
    if not workspace.events:
        message = f"campaign `{campaign.id}`: there is no event `{event}`, because the plan has none"
    having = catalogues.having(event)
    include = f"the catalogue `{having}`, which has it" if having else "a catalogue that has it"
    advice = meant_name(event, known) or f"Define it in plan/, or include {include} (headrace catalogue)."
    return Finding(place, "unknown-event", "error", message, advice)


def meant_name(name: str, known: Iterable[str]) -> str:
    """A question that names the most similar of `known`; empty when none is similar."""
    meant = closest(name, known)
    return f"Did you mean `{meant}`?" if meant and meant != name else ""
