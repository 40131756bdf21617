"""Consents: whether the person agreed to a channel. The latest word counts, by the time it was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shared.events import TELLS_OF_THE_PERSON, Event
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


def said_by(event: Event) -> dict[str, Any]:
    """What an event says of consents on purpose, by channel: `traits.consents`, or an identify's consent context."""
    if event.type not in TELLS_OF_THE_PERSON:
        return {}
    among_traits = event.traits.get("consents")
    if among_traits is None:
        return carried_by(event) if event.type == "identify" else {}
    return among_traits if isinstance(among_traits, dict) else {"": among_traits}


def carried_by(event: Event) -> dict[str, Any]:
    """What any event carries along in the field's own form, `context.consent.categoryPreferences`."""
    context = event.context.get("consent")
    preferences = context.get("categoryPreferences") if isinstance(context, dict) else None
    if preferences is None:
        return {}
    return preferences if isinstance(preferences, dict) else {"": preferences}


def apply(state: Consents, event: Event, facts: Facts) -> tuple[Consents, list[Effect]]:
    on_purpose = said_by(event)
    said = on_purpose or carried_by(event)
    if not said:
        return state, []
    explicit = bool(on_purpose)
    channels = dict(state.channels)
    at = min(event.occurred_at, facts.now)  # a clock that runs ahead must not outlast a later withdrawal
    proven = facts.proves(event)
    for channel, given in said.items():
        if not isinstance(given, bool) or not 0 < len(channel) <= LONGEST:
            message = 'a consent is a channel\'s name and true or false, for example {"sms": true}'
            return state, [Refuse(Reason(Code.WRONG_TYPE, f"consents.{channel}".rstrip("."), message))]
        before = channels.get(channel)
        if before is None:
            if explicit or len(channels) < CHANNELS:
                channels[channel] = Consent(given, at)
        elif at >= before.at and (explicit or proven or not given or before.given):
            # A browser goes on carrying the old word along after a withdrawal elsewhere: that gives nothing back.
            channels[channel] = Consent(given, at)
    if len(channels) > CHANNELS:
        message = f"a person has at most {CHANNELS} consents"
        return state, [Refuse(Reason(Code.TOO_LARGE, "consents", message))]
    return Consents(channels), []


def merge(one: Consents, other: Consents) -> Consents:
    """The latest word on each channel, but what the person who stays has withdrawn stays withdrawn: whoever joins may
    not be who they say."""
    channels = dict(one.channels)
    for channel, consent in other.channels.items():
        mine = channels.get(channel)
        if mine is None:
            if len(channels) < CHANNELS:
                channels[channel] = consent
        elif mine.given and (consent.at, not consent.given) > (mine.at, not mine.given):
            channels[channel] = consent
    return Consents(channels)


def explain(state: Consents) -> str:
    words = [
        f"{channel} {'given' if said.given else 'withdrawn'}" for channel, said in state.channels.items()
    ]
    return ", ".join(words) or "none given or withdrawn"
