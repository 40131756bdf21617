"""Trust: what a browser, whose key anybody can read, may not do to a person who is known.

It may set an address or give a consent that is missing, and withdraw one; it may not change them, nor say that two
known people are one, unless it proves with hashes that its server knows who is speaking. Addresses are the traits
`email` and `phone`, and the identities of these kinds: a known person who has one gets no second one.

A user id says nothing about its speaker, and an e-mail address, a phone number or a vendor's id even less: others
have it in their address books. So an event that names its person only by such ids

- is held to the same rules, though no user id is known: whoever is stored under an address is known by it;
- is no alias of theirs: the visitor who joined would be taken for them;
- and, if the person has a user id, may add traits but change none.

Otherwise it is an event of theirs like any other. What may join it is in `identities`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared import identity
from shared.events import TELLS_OF_THE_PERSON, Event
from shared.fold.effects import Effect, Facts, Nothing, Refuse
from shared.fold.parts import consents, identities, traits
from shared.fold.parts.consents import Consents
from shared.fold.parts.identities import Identities
from shared.fold.parts.traits import ADDRESSES, Traits
from shared.plan.errors import shown
from shared.plan.reasons import Code, Reason

name = "trust"
budget = 0
reads = (identities.name, traits.name, consents.name)


def concerns(event: Event, facts: Facts) -> bool:
    return facts.trust != "server" and event.type != "system"


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
    ids: Identities = facts.states[identities.name]
    is_theirs = identity.key("anonymous", event.previous_id) in ids.known
    if ids.known and not is_theirs and _says_only_other_ids(event):
        return Reason(
            Code.NOT_TRUSTED,
            "previous_id",
            "this source may join somebody to a person who is known only by the user id",
        )
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
    only_other_ids = _says_only_other_ids(event)
    if "user" in event.verified or not (event.user_id is not None or ids.known_user or only_other_ids):
        return None
    return (
        _second_address(event, ids, facts)
        or _changed_trait(event, facts, everything=only_other_ids and ids.known_user)
        or _consent_given_back(event, facts)
    )


def _says_only_other_ids(event: Event) -> bool:
    return event.user_id is None and event.anonymous_id is None


def _second_address(event: Event, ids: Identities, facts: Facts) -> Reason | None:
    """An address that would join, to a person who has one. Somebody else's does not join in any case."""
    for kind in ADDRESSES:
        if kind not in event.other_ids:
            continue
        key = identity.key(kind, event.other_ids[kind])
        theirs = (facts.root, *ids.known)
        is_free = key not in theirs and facts.leads_to.get(key, key) == key
        if is_free and any(identity.kind_of(one) == kind for one in theirs):
            return _not_changed(kind, f"other_ids.{kind}")
    return None


def _changed_trait(event: Event, facts: Facts, *, everything: bool) -> Reason | None:
    """An address that the event changes, or, where `everything` is protected, any trait."""
    if event.type not in TELLS_OF_THE_PERSON:
        return None
    kept: Traits = facts.states[traits.name]
    for field, trait in _changes(event, kept.values):
        if trait in ADDRESSES:
            return _not_changed(trait, field)
        if everything and trait not in traits.NOT_TRAITS:
            return Reason(
                Code.NOT_TRUSTED,
                field,
                "this source may change what is known of a person with a user id only if it names them by that",
            )
    return None


def _changes(event: Event, kept: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of the event that change what is kept, each with its trait."""
    for trait, value in event.traits.items():
        if kept.get(trait) not in (None, "", value):
            yield f"traits.{shown(trait)}", trait
    for word, change in event.trait_changes.items():
        for trait in change if word != "set_once" else ():
            if kept.get(trait) not in (None, ""):
                yield f"trait_changes.{word}.{shown(trait)}", trait


def _not_changed(address: str, field: str) -> Reason:
    sentence = f"this source may set a known person's {address} but not change it without context.user_hash"
    return Reason(Code.NOT_TRUSTED, field, sentence)


def _consent_given_back(event: Event, facts: Facts) -> Reason | None:
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
