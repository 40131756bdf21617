"""Which templates are sent for which events, as far as the campaigns say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shared.authoring.checks.known_events import UNTRACKED, definition_of
from shared.authoring.compiling import Compiled
from shared.templates import render, template_checks
from shared.workspace.model import Campaign, EventDefinition, Template


class Sending(NamedTuple):
    """A template, and an event that a campaign sends it for.

    `event` and `campaign` are None where no campaign does, or where something wrong hides for which: then nothing can
    be said about the template's properties. `definition` is None too for `identify` and the like, which need none.
    """

    template: Template
    event: str | None = None
    definition: EventDefinition | None = None
    campaign: Campaign | None = None

    @property
    def is_judged_whole(self) -> bool:
        """Whether what comes of sample values says anything about what is sent."""
        return self.event is not None or not any(
            use.path[0] == "properties" for use in render.uses(self.template)
        )


def sendings(compiled: Compiled) -> Iterator[Sending]:
    """Each template that can be read, with every event it is sent for."""
    for template in compiled.workspace.templates:
        if template_checks.check(template):
            continue
        found = {
            campaign.event: Sending(
                template, campaign.event, definition_of(campaign.event, compiled.workspace), campaign
            )
            for campaign in reversed(compiled.workspace.campaigns)
            if campaign.template == template.id and campaign.channel == template.channel
        }
        sure = [one for one in reversed(found.values()) if _is_sure(one, compiled)]
        yield from sure or [Sending(template)]


def _is_sure(sending: Sending, compiled: Compiled) -> bool:
    """An event that the plan lacks is said elsewhere: what it would have is nobody's guess."""
    event, campaign = sending.event, sending.campaign
    if event is None or campaign is None or compiled.is_doubtful("events", event):
        return False
    return sending.definition is not None or event in UNTRACKED
