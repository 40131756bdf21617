"""A campaign's event, condition, template and channel: each is there, and they fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from shared.authoring.checks.campaign_conditions import of_comparison
from shared.authoring.checks.condition_leaves import leaves
from shared.authoring.checks.contradictions import contradictions
from shared.authoring.checks.known_events import definition_of, is_known, meant_name, unknown_event
from shared.authoring.compiling import Compiled
from shared.authoring.findings import Finding
from shared.conditions import matcher
from shared.messaging.channels import CHANNELS
from shared.workspace.model import Campaign


def of_campaign(campaign: Campaign, compiled: Compiled) -> Iterator[Finding]:
    """What is wrong with one campaign, in the order of its keys. What could not be read of it is not judged."""
    workspace = compiled.workspace
    at = ("campaigns", campaign.id)
    if not is_known(campaign.event, compiled) and not compiled.is_doubtful(*at, "event"):
        yield unknown_event(compiled.place(*at, "event"), campaign, campaign.event, workspace)
    problems = matcher.problems(campaign.where) if campaign.where is not None else []
    for problem in problems:
        place = compiled.place(*at, "where", *problem.path)
        message = f"campaign `{campaign.id}`: {problem.message}"
        yield Finding(place, "condition", "error", message, "See docs/workspace.md.")
    if not problems:
        for leaf in leaves(campaign.where):
            yield from of_comparison(leaf, campaign, compiled)
        yield from _contradictions(campaign, compiled)
    template = workspace.template_by_id.get(campaign.template)
    if compiled.is_doubtful(*at, "template") or compiled.is_doubtful("templates", campaign.template):
        pass
    elif template is None:
        message = f"campaign `{campaign.id}`: there is no template `{campaign.template}`"
        advice = meant_name(campaign.template, workspace.template_by_id) or "Define it in templates/."
        yield Finding(compiled.place(*at, "template"), "unknown-template", "error", message, advice)
    elif template.channel != campaign.channel and not compiled.is_doubtful(*at, "channel"):
        message = f"campaign `{campaign.id}` sends {campaign.channel}, its template is for {template.channel}"
        there = compiled.place("templates", template.id, "channel")
        advice = f"Choose a template for {campaign.channel}, or change one of the channels."
        yield Finding(compiled.place(*at, "template"), "channel-mismatch", "error", message, advice, (there,))
    if not compiled.is_doubtful(*at, "channel"):
        yield from _channel(campaign, compiled)


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
        advice = meant_name(named, receivers.named(settings)) or f"Define it under {where} in workspace.yaml."
        place = compiled.place("campaigns", campaign.id, receivers.key)
        yield Finding(place, f"unknown-{receivers.key}", "error", message, advice)
