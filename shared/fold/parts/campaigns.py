"""Campaigns: when this event arrives and the condition holds, ask for the message.

Consent and address are not asked here: `send` looks at them at the last moment, and the message log says why not. An
event that is history when it comes asks for nothing: its moment is over. So does a session of history.
"""

from __future__ import annotations

from shared.conditions import compiling
from shared.events import Event
from shared.fold.effects import Ask, Effect, Facts, Nothing
from shared.fold.parts import consents, counters, traits

name = "campaigns"
budget = 0
reads = (traits.name, consents.name, counters.name)


def concerns(event: Event, facts: Facts) -> bool:
    return event.name in facts.workspace.campaigns_by_event


def apply(state: Nothing, event: Event, facts: Facts) -> tuple[Nothing, list[Effect]]:
    campaigns = facts.workspace.campaigns_by_event.get(event.name)
    if not campaigns or facts.is_history(event.occurred_at):
        return state, []
    known = compiling.Facts(
        properties=event.properties,
        context=event.context,
        traits=facts.states[traits.name].values,
        consents={channel: said.given for channel, said in facts.states[consents.name].channels.items()},
        counters=facts.states[counters.name].events,
        now=facts.now,
    )
    return state, [Ask(campaign.id, campaign.channel) for campaign in campaigns if campaign.holds(known)]


def merge(one: Nothing, other: Nothing) -> Nothing:
    return one


def explain(state: Nothing) -> str:
    return "asked for each event"
