"""Consents: whether the person agreed to a channel. The latest word counts, by the time it was said.

When in doubt it is no: a withdrawal counts though its clock says that it was up to `GRACE` before the consent. And what
a browser carries along from page to page is no new word: any that is said on purpose outlasts it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from shared.events import TELLS_OF_THE_PERSON, Event
from shared.fold import packing
from shared.fold.effects import Effect, Facts, Refuse
from shared.messaging import channels as sending
from shared.plan.reasons import Code, Reason

name = "consents"
budget = 976
reads: tuple[str, ...] = ()

OURS = tuple(sending.CHANNELS)
"""The channels that `send` asks for. There is always room for them, whatever else a person was said to agree to."""

CHANNELS, LONGEST, NAME_BYTES = 20, 40, 704
"""Consents to channels beside ours, characters of a channel's name, and bytes of all the names as JSON."""

GRACE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Consent:
    """`carried`: nobody said it on purpose; a browser's events carry it along."""

    given: bool
    at: datetime
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Consents:
    channels: dict[str, Consent] = field(default_factory=dict)


EMPTY = Consents()


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


def concerns(event: Event, facts: Facts) -> bool:
    return "consents" in event.traits or "consent" in event.context


def apply(state: Consents, event: Event, facts: Facts) -> tuple[Consents, list[Effect]]:
    on_purpose = said_by(event)
    said = on_purpose or carried_by(event)
    if not said:
        return state, []
    carried = not on_purpose and not facts.proves(event)
    channels = dict(state.channels)
    for channel, given in said.items():
        if not _is_consent(channel, given):
            message = 'a consent is a channel\'s name and true or false, for example {"sms": true}'
            return state, [Refuse(Reason(Code.WRONG_TYPE, f"consents.{channel}".rstrip("."), message))]
        word = Consent(given, max(packing.EARLIEST, event.happened_at), carried and given)
        if not _take(channels, channel, word) and on_purpose:
            message = f"a person has at most {CHANNELS} consents"
            return state, [Refuse(Reason(Code.TOO_LARGE, "consents", message))]
    return Consents(channels), []


def withdraw(state: Consents, event: Event) -> Consents:
    """Only what the event withdraws: that counts even of an event that is not folded."""
    channels = dict(state.channels)
    for channel, given in (said_by(event) or carried_by(event)).items():
        if given is False and _is_consent(channel, given):
            _take(channels, channel, Consent(given, max(packing.EARLIEST, event.happened_at)))
    return state if channels == state.channels else Consents(channels)


def merge(one: Consents, other: Consents) -> Consents:
    """The latest word on each channel, but what the person who stays has withdrawn stays withdrawn: whoever joins may
    not be who they say."""
    channels = dict(one.channels)
    for channel, consent in other.channels.items():
        mine = channels.get(channel)
        if mine is None or mine.given or not consent.given:
            _take(channels, channel, consent)
    return Consents(channels)


def encode(state: Consents) -> bytes:
    """The channels' names; of each whether it is given and carried, and when that was said."""
    numbers = [
        bytes([said.given | said.carried << 1]) + packing.time(said.at) for said in state.channels.values()
    ]
    return packing.written(list(state.channels), b"".join(numbers))


def decode(data: bytes) -> Consents:
    names, numbers = packing.read(data)
    channels: dict[str, Consent] = {}
    for place, channel in enumerate(names):
        start = place * (1 + packing.MICROSECONDS)
        at = packing.time_at(numbers, start + 1) or packing.EARLIEST
        channels[channel] = Consent(bool(numbers[start] & 1), at, bool(numbers[start] & 2))
    return Consents(channels)


def explain(state: Consents) -> str:
    words = [
        f"{channel} {'given' if said.given else 'withdrawn'}" for channel, said in state.channels.items()
    ]
    return ", ".join(words) or "none given or withdrawn"


def _is_consent(channel: str, given: object) -> bool:
    return isinstance(given, bool) and 0 < len(channel) <= LONGEST


def _take(channels: dict[str, Consent], channel: str, word: Consent) -> bool:
    """Put the word among the channels, where it is the last one; whether there was room for it."""
    before = channels.get(channel)
    if before is not None:
        channels[channel] = _last(before, word)
        return True
    if channel not in OURS:
        others = [name for name in channels if name not in OURS]
        if len(others) >= CHANNELS or len(orjson.dumps((*others, channel))) > NAME_BYTES:
            return False
    channels[channel] = word
    return True


def _last(before: Consent, word: Consent) -> Consent:
    if word.carried:
        return before  # it gives nothing back, and is no later word on what was given
    if before.carried:
        return word
    if word.given or not before.given:
        return word if word.at >= before.at else before
    return replace(word, at=max(word.at, before.at)) if word.at >= before.at - GRACE else before
