"""A campaign's condition against the plan: the events, properties and values that it names."""

from __future__ import annotations

from collections.abc import Iterator

from shared.authoring.checks.condition_leaves import Leaf
from shared.authoring.checks.known_events import definition_of, is_known, meant_name, unknown_event
from shared.authoring.checks.operand_types import contradiction
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding, Place
from shared.text.spelling import closest
from shared.workspace.model import Campaign, EventDefinition

TEMPLATE_ROOTS = {"property": ("properties", "property"), "trait": ("traits", "trait")}
"""What stands before a property's or a trait's name in a template, and never in a condition."""


def of_comparison(leaf: Leaf, campaign: Campaign, compiled: Compiled) -> Iterator[Finding]:
    """What is wrong with one comparison of the campaign's condition: an event or a property that the plan does not
    have, or a value that the property's definition never allows."""
    workspace = compiled.workspace
    place = compiled.place("campaigns", campaign.id, "where", *leaf.path, leaf.kind)
    if leaf.kind in ("counter", "first", "last") and not is_known(leaf.subject, compiled):
        yield unknown_event(place, campaign, leaf.subject, workspace)
    if leaf.kind == "trait" and (bare := _bare(leaf.subject, "trait")) is not None:
        message = f"campaign `{campaign.id}`: `{leaf.subject}` is spelled as in a template"
        advice = f"Write `{bare}`: a trait is named without `traits.`."
        yield Finding(place, "unknown-trait", "warning", message, advice)
    definition = definition_of(campaign.event, workspace)
    if leaf.kind != "property" or definition is None:
        return
    prop = definition.properties.get(leaf.subject)
    head = definition.properties.get(leaf.subject.split(".")[0])
    if compiled.is_doubtful("events", definition.id, "properties", leaf.subject.split(".")[0]):
        return
    if prop is None and (head is None or head.type not in ("object", "list")):
        yield _unknown_property(place, campaign, definition, leaf.subject)
    elif prop is not None:
        for operator, operand in leaf.operators.items():
            wrong = contradiction(prop, operator, operand, leaf.ignore_case)
            if wrong is not None:
                message = f"campaign `{campaign.id}`: {leaf.subject} {wrong}"
                there = compiled.place("events", definition.id, "properties", leaf.subject)
                advice = f"Change the condition, or the property's definition at {there}."
                where = compiled.place("campaigns", campaign.id, "where", *leaf.path, operator)
                yield Finding(where, "never-holds", "error", message, advice, (there,))


def _unknown_property(place: Place, campaign: Campaign, definition: EventDefinition, name: str) -> Finding:
    message = f"campaign `{campaign.id}`: `{definition.id}` has no property `{name}`"
    advice = meant_name(name, definition.properties) or f"Define it under `{definition.id}` in plan/."
    if (bare := _bare(name, "property")) is not None:
        known = definition.properties
        meant = bare if bare.split(".")[0] in known else closest(bare, known) or bare
        advice = f"Write `{meant}`: a property is named without `properties.`."
    return Finding(place, "unknown-property", "error", message, advice)


def _bare(name: str, kind: str) -> str | None:
    """A name as it stands in a condition, if it was written as it stands in a template."""
    head, dot, rest = name.removeprefix("event.").partition(".")
    return rest if dot and rest and head in TEMPLATE_ROOTS[kind] else None
