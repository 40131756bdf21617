"""Trust: what a browser, whose key anybody can read, may not do to a person who is known.

It may set an address or give a consent that is missing, and withdraw one; it may not change them, nor say that two
known people are one, unless it proves with hashes that its server knows who is speaking.
"""

from __future__ import annotations

from shared import identity
from shared.events import Event
from shared.fold import consents, identities, traits
from shared.fold.consents import Consents
from shared.fold.effects import Effect, Facts, Nothing, Refuse
from shared.fold.identities import Identities
from shared.fold.traits import Traits
from shared.reasons import Code, Reason

name = "trust"
budget = 0
reads = (identities.name, traits.name, consents.name)

ADDRESSES = ("email", "phone")


def apply(state: Nothing, event: Event, facts: Facts) -> tuple[Nothing, list[Effect]]:
    if facts.trust == "server" or event.type == "system":
        return state, []
    broken = _merges_known_people(event, facts) or _changes_known_person(event, facts)
    return state, [Refuse(broken)] if broken else []


def merge(one: Nothing, other: Nothing) -> Nothing:
    return one


def explain(state: Nothing) -> str:
    return "asked for each event"


def _merges_known_people(event: Event, facts: Facts) -> Reason | None:
    if event.type != "alias" or event.previous_id is None or set(event.verified) == {"user", "previous"}:
        return None
    previous = identity.key("user", event.previous_id)
    if facts.leads_to.get(previous, facts.root) == facts.root:
        return None  # nobody is known by it, or this person is already
    return Reason(
        Code.NOT_TRUSTED,
        "previous_id",
        "this source may join two known people only with context.user_hash and context.previous_user_hash",
    )


def _changes_known_person(event: Event, facts: Facts) -> Reason | None:
    ids: Identities = facts.states[identities.name]
    if "user" in event.verified or not (event.user_id is not None or ids.known_user):
        return None
    kept: Traits = facts.states[traits.name]
    if event.type == "identify":
        for address in ADDRESSES:
            if address in event.traits and kept.values.get(address) not in (None, "", event.traits[address]):
                return Reason(
                    Code.NOT_TRUSTED,
                    f"traits.{address}",
                    f"this source may set a known person's {address} but not change it without context.user_hash",
                )
    asked: Consents = facts.states[consents.name]
    for channel, given in consents.said_by(event).items():
        before = asked.channels.get(channel)
        if given is True and before is not None and not before.given:
            return Reason(
                Code.NOT_TRUSTED,
                f"consents.{channel}",
                f"this source may not give back a withdrawn consent to {channel} without context.user_hash",
            )
    return None
