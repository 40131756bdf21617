"""Consents: whether the person agreed to a channel. The latest word counts, by the time it was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shared.events import Event
from shared.fold.effects import Effect, Facts, Refuse
from shared.reasons import Code, Reason
from shared.times import UtcDatetime

name = "consents"
budget = 2 * 1024
reads: tuple[str, ...] = ()

CHANNELS, LONGEST = 20, 40


@dataclass(frozen=True, slots=True)
class Consent:
    given: bool
    at: UtcDatetime


@dataclass(frozen=True, slots=True)
class Consents:
    channels: dict[str, Consent] = field(default_factory=dict)


def stated(event: Event) -> dict[str, Any]:
    """What the event says of consents, by channel: `traits.consents` on identify, or the consent context of any event.

    The context's form is the field's own: `context.consent.categoryPreferences`, channel → true or false.
    """
    context = event.context.get("consent")
    preferences = context.get("categoryPreferences") if isinstance(context, dict) else None
    among_traits = event.traits.get("consents") if event.type == "identify" else None
    found: dict[str, Any] = {}
    for said in (preferences, among_traits):
        if isinstance(said, dict):
            found.update(said)
        elif said is not None:
            found[""] = said
    return found


def apply(state: Consents, event: Event, facts: Facts) -> tuple[Consents, list[Effect]]:
    said = stated(event)
    if not said:
        return state, []
    channels = dict(state.channels)
    for channel, given in said.items():
        if not isinstance(given, bool) or not 0 < len(channel) <= LONGEST:
            message = 'a consent is a channel\'s name and true or false, for example {"sms": true}'
            return state, [Refuse(Reason(Code.WRONG_TYPE, f"consents.{channel}".rstrip("."), message))]
        before = channels.get(channel)
        if before is None or event.occurred_at >= before.at:
            channels[channel] = Consent(given, event.occurred_at)
    if len(channels) > CHANNELS:
        return state, [
            Refuse(Reason(Code.TOO_LARGE, "consents", f"a person has at most {CHANNELS} consents"))
        ]
    return Consents(channels), []


def merge(one: Consents, other: Consents) -> Consents:
    """The latest word on each channel; said at the same moment, a refusal wins."""
    channels = dict(one.channels)
    for channel, consent in other.channels.items():
        mine = channels.get(channel)
        if mine is None and len(channels) >= CHANNELS:
            continue
        if mine is None or (consent.at, not consent.given) > (mine.at, not mine.given):
            channels[channel] = consent
    return Consents(channels)


def explain(state: Consents) -> str:
    words = [
        f"{channel} {'given' if said.given else 'withdrawn'}" for channel, said in state.channels.items()
    ]
    return ", ".join(words) or "none given or withdrawn"
