"""What the parts of a workspace say of each other: campaigns of events, properties, templates and webhooks.

An error here is a campaign that can never work. `apply` refuses it; silence would only show weeks later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.authoring import catalogues
from shared.authoring.checks.condition_leaves import Leaf, leaves
from shared.authoring.checks.contradictions import contradictions
from shared.authoring.checks.operand_types import contradiction
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding, Path, Place
from shared.conditions import matcher
from shared.messaging.channels import CHANNELS
from shared.own_events import OWN_EVENTS
from shared.stored.current_workspace import DEFAULT_SOURCE
from shared.templates import template_checks
from shared.text.spelling import closest
from shared.workspace.model import Campaign, EventDefinition, Template, Workspace

UNTRACKED = frozenset({"identify", "page", "screen", "group", "alias"})
"""Events that are named by their type: they need no definition, and without one any property may be there."""


TEMPLATE_ROOTS = {"property": ("properties", "property"), "trait": ("traits", "trait")}
"""What stands before a property's or a trait's name in a template, and never in a condition."""


def check(compiled: Compiled) -> list[Finding]:
    """Every reference that leads nowhere, in the order of the files."""
    workspace = compiled.workspace
    found = [*_shared_credentials(compiled), *_public_default(compiled)]
    found += [finding for template in workspace.templates for finding in _template(template, compiled)]
    for campaign in workspace.campaigns:
        found += _campaign(campaign, compiled)
    return found


def definition_of(event: str, workspace: Workspace) -> EventDefinition | None:
    return workspace.definition_by_id.get(event) or OWN_EVENTS.get(event)


def _shared_credentials(compiled: Compiled) -> Iterator[Finding]:
    """A credential says whose events come: it belongs to one source."""
    owners: dict[str, str] = {}
    for source in compiled.workspace.sources:
        for digest in source.key_hashes:
            owner = owners.setdefault(digest, source.id)
            if owner != source.id:
                yield Finding(
                    compiled.place("sources", source.id, "accepts"),
                    "shared_credential",
                    "error",
                    f"sources `{source.id}` and `{owner}` accept the same credential",
                    "Keep it in one of them: it decides the trust and the policy of their events.",
                    (compiled.place("sources", owner, "accepts"),),
                )


def _public_default(compiled: Compiled) -> Iterator[Finding]:
    """The key of the source `default` was made with the stack, and the doctor's keys follow from it: no page has it."""
    source = compiled.workspace.source_by_id.get(DEFAULT_SOURCE)
    if source is not None and source.trust == "browser":
        yield Finding(
            compiled.place("sources", source.id, "trust"),
            "public_default",
            "error",
            f"source `{source.id}` has the key that was created with the stack, which is for servers",
            "Give the browser's source another id, so that it gets its own key.",
        )


def _template(template: Template, compiled: Compiled) -> Iterator[Finding]:
    if compiled.is_doubtful("templates", template.id, "channel"):
        return
    for problem in template_checks.check(template):
        if problem.part is None and compiled.is_doubtful("templates", template.id):
            continue  # what it lacks may be what could not be read
        if problem.part is None:
            place = compiled.place("templates", template.id)
        else:
            place = inside_text(template, problem.part, problem.line, compiled)
        yield Finding(
            place,
            "template",
            "error",
            f"template `{template.id}`: {problem.message}",
            problem.advice,
        )


def inside_text(template: Template, part: str, line: int, compiled: Compiled) -> Place:
    """A line of a part, in the YAML or in the file it names."""
    path: Path = ("templates", template.id, part)
    begins = compiled.text_places.get(path)
    return Place(begins.file, begins.line + line - 1) if begins else compiled.place(*path)


def _campaign(campaign: Campaign, compiled: Compiled) -> Iterator[Finding]:
    workspace = compiled.workspace
    at = ("campaigns", campaign.id)
    if not _is_known(campaign.event, compiled) and not compiled.is_doubtful(*at, "event"):
        yield _unknown_event(compiled.place(*at, "event"), campaign, campaign.event, workspace)
    problems = matcher.problems(campaign.where) if campaign.where is not None else []
    for problem in problems:
        place = compiled.place(*at, "where", *problem.path)
        message = f"campaign `{campaign.id}`: {problem.message}"
        yield Finding(place, "condition", "error", message, "See docs/workspace.md.")
    if not problems:
        for leaf in leaves(campaign.where):
            yield from _leaf(leaf, campaign, compiled)
        yield from _contradictions(campaign, compiled)
    template = workspace.template_by_id.get(campaign.template)
    if compiled.is_doubtful(*at, "template") or compiled.is_doubtful("templates", campaign.template):
        pass
    elif template is None:
        message = f"campaign `{campaign.id}`: there is no template `{campaign.template}`"
        advice = _meant(campaign.template, workspace.template_by_id) or "Define it in templates/."
        yield Finding(compiled.place(*at, "template"), "unknown-template", "error", message, advice)
    elif template.channel != campaign.channel and not compiled.is_doubtful(*at, "channel"):
        message = f"campaign `{campaign.id}` sends {campaign.channel}, its template is for {template.channel}"
        there = compiled.place("templates", template.id, "channel")
        advice = f"Choose a template for {campaign.channel}, or change one of the channels."
        yield Finding(compiled.place(*at, "template"), "channel-mismatch", "error", message, advice, (there,))
    if not compiled.is_doubtful(*at, "channel"):
        yield from _channel(campaign, compiled)


def _leaf(leaf: Leaf, campaign: Campaign, compiled: Compiled) -> Iterator[Finding]:
    workspace = compiled.workspace
    place = compiled.place("campaigns", campaign.id, "where", *leaf.path, leaf.kind)
    if leaf.kind in ("counter", "first", "last") and not _is_known(leaf.subject, compiled):
        yield _unknown_event(place, campaign, leaf.subject, workspace)
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


def _contradictions(campaign: Campaign, compiled: Compiled) -> Iterator[Finding]:
    definition = definition_of(campaign.event, compiled.workspace)
    for found in contradictions(campaign.where, definition.properties if definition else {}):
        where = ("campaigns", campaign.id, "where")
        related = (compiled.place(*where, *found.related),) if found.related is not None else ()
        message = f"campaign `{campaign.id}`: {found.subject} {found.sentence}"
        advice = "Change one of them. If only one of them must hold, put them under `any`."
        yield Finding(compiled.place(*where, *found.path), "never-holds", "error", message, advice, related)


def _channel(campaign: Campaign, compiled: Compiled) -> Iterator[Finding]:
    """A channel that is not set up skips every message."""
    channel, settings = CHANNELS[campaign.channel], compiled.workspace.settings
    place = compiled.place("campaigns", campaign.id, "channel")
    for need in channel.needs:
        if need.is_missing(settings) and not compiled.is_doubtful("settings", *need.path):
            message = f"campaign `{campaign.id}` {need.says}"
            yield Finding(place, "channel", "error", message, need.advice)
    receivers = channel.receivers
    named = getattr(campaign, receivers.key) if receivers is not None else None
    if receivers is None or named is None or named in receivers.named(settings):
        return
    if not compiled.is_doubtful("settings", *receivers.path, named):
        message = f"campaign `{campaign.id}`: there is no {receivers.key} `{named}`"
        where = ".".join(("settings", *receivers.path))
        advice = _meant(named, receivers.named(settings)) or f"Define it under {where} in workspace.yaml."
        place = compiled.place("campaigns", campaign.id, receivers.key)
        yield Finding(place, f"unknown-{receivers.key}", "error", message, advice)


def _is_known(event: str, compiled: Compiled) -> bool:
    is_there = event in UNTRACKED or definition_of(event, compiled.workspace) is not None
    return is_there or compiled.is_doubtful("events", event)


def _unknown_event(place: Place, campaign: Campaign, event: str, workspace: Workspace) -> Finding:
    known = [*workspace.definition_by_id, *OWN_EVENTS, *UNTRACKED]
    message = f"campaign `{campaign.id}`: the plan has no event `{event}`"
    if not workspace.events:
        message = f"campaign `{campaign.id}`: there is no event `{event}`, because the plan has none"
    having = catalogues.having(event)
    include = f"the catalogue `{having}`, which has it" if having else "a catalogue that has it"
    advice = _meant(event, known) or f"Define it in plan/, or include {include} (headrace catalogue)."
    return Finding(place, "unknown-event", "error", message, advice)


def _unknown_property(place: Place, campaign: Campaign, definition: EventDefinition, name: str) -> Finding:
    message = f"campaign `{campaign.id}`: `{definition.id}` has no property `{name}`"
    advice = _meant(name, definition.properties) or f"Define it under `{definition.id}` in plan/."
    if (bare := _bare(name, "property")) is not None:
        known = definition.properties
        meant = bare if bare.split(".")[0] in known else closest(bare, known) or bare
        advice = f"Write `{meant}`: a property is named without `properties.`."
    return Finding(place, "unknown-property", "error", message, advice)


def _bare(name: str, kind: str) -> str | None:
    """A name as it stands in a condition, if it was written as it stands in a template."""
    head, dot, rest = name.removeprefix("event.").partition(".")
    return rest if dot and rest and head in TEMPLATE_ROOTS[kind] else None


def _meant(name: str, known: Iterable[str]) -> str:
    meant = closest(name, known)
    return f"Did you mean `{meant}`?" if meant and meant != name else ""
