"""Identities: which ids are this person's, and which ones join now.

An anonymous id joins one person, once: what it did before is that person's from then on. If it already leads to
somebody else, a second login on the same device, it stays with the first. Two known people are joined by `alias`.

Other ids (an e-mail address, a phone number, a device, a vendor's id) do as anonymous ids do: who claims one first
keeps it. But most of them can be known to others. So a browser's event that cannot prove who is speaking claims only
those that nobody was seen by: whoever is stored under the address stays who they are.

A person has room for a number of others. An id that does not fit joins at a later event that names it. An alias is said
once: one that does not fit is rejected, and can be replayed.

When two people become one, `Profile Merged` says so. An id under which nothing is stored merges nobody; nor does a new
user's first event, which gives the visitor they were a name.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared import identity
from shared.events import Event, derived_id
from shared.fold import packing
from shared.fold.effects import ONE_IDENTITY, Consequence, Derive, Effect, Facts, Join, Merged, NoRoom
from shared.plan.reasons import Code, Reason
from shared.times import microseconds

name = "identities"
budget = 816
reads: tuple[str, ...] = ()

PROFILE_MERGED = "Profile Merged"

UNGUESSABLE = ("anonymous", "device")
"""Kinds of ids that software makes up: whoever says one has it from where it was made."""

REMEMBERED = 40
BYTES = 810
"""Those remembered take no more, as they are stored: 44 visitors' UUIDs."""

NO_ROOM_FOR_PREVIOUS = {
    "joins": "more ids join this person at once than fit one save; send it again",
    "keys": "the two people have come under more ids within a week than one person may have; send it again in a week",
    "absorbed": "this person was joined by as many people as one may be; nobody else joins",
    "outbox": "what both people have decided lately takes more room than a person has; send it again in a week",
}
"""Why an alias cannot be done, by what there is too little of (`Room`)."""


@dataclass(frozen=True, slots=True)
class Identities:
    """The identity keys by which the person was named last, the latest last. Others are forgotten here, but still lead
    to the person."""

    known: tuple[str, ...] = ()
    known_user: bool = False


EMPTY = Identities()


def apply(state: Identities, event: Event, facts: Facts) -> tuple[Identities, list[Effect]]:
    own, joining, room = [facts.root], {facts.root}, facts.room
    effects: list[Effect] = []
    previous = _previous(event, facts)
    for key in (*event.identities, *previous):
        if key in own:
            continue
        owner = facts.leads_to.get(key, key)
        if key in state.known or owner in joining:
            own.append(key)
        elif _may_join(key, owner, event, facts):
            cost = facts.costs.get(owner, ONE_IDENTITY)
            if room.holds(cost):
                own.append(key)
                joining.add(owner)
                room = room.after(cost)
                effects.append(Join(owner))
            elif key in previous:  # nobody else will ever say so; other ids are named again
                return state, [NoRoom(_full(room.lacking(cost)))]
    return _named(state, tuple(own), known_user=event.user_id is not None), effects


def merge(one: Identities, other: Identities) -> Identities:
    """Whoever stays is named by the event that merges, the other one was named before."""
    both = Identities(other.known, one.known_user)
    return _named(both, one.known, known_user=other.known_user)


def merged(state: Identities, merged: Merged, facts: Facts) -> tuple[Identities, list[Consequence]]:
    if not merged.of_two:
        return state, []
    token = derived_id(merged.key, facts.root, str(microseconds(facts.now)))
    properties = {"person": facts.root, "merged_person": merged.key}
    return state, [Derive(PROFILE_MERGED, properties, facts.now, token)]


def encode(state: Identities) -> bytes:
    return bytes([state.known_user]) + packing.identity_keys(state.known)


def decode(data: bytes) -> Identities:
    return Identities(tuple(packing.identity_keys_in(data[1:])), bool(data[0]))


def explain(state: Identities) -> str:
    return ", ".join(state.known)


def _previous(event: Event, facts: Facts) -> tuple[str, ...]:
    """The keys that an alias's previous id may have. Only those trusted to may name a known person."""
    if event.type != "alias" or event.previous_id is None:
        return ()
    anonymous = identity.key("anonymous", event.previous_id)
    if _may_join_known_people(event, facts):
        return (identity.key("user", event.previous_id), anonymous)
    return (anonymous,)


def _full(lacking: str) -> Reason:
    """`lacking` is one of the fields of `Room`."""
    return Reason(Code.TOO_LARGE, "previous_id", NO_ROOM_FOR_PREVIOUS[lacking])


def _may_join_known_people(alias: Event, facts: Facts) -> bool:
    return facts.trust == "server" or set(alias.verified) == {"user", "previous"}


def _may_join(key: str, owner: str, event: Event, facts: Facts) -> bool:
    """A known person joins wherever they lead; any other id only while it is its own and no user id joined it."""
    kind = identity.kind_of(key)
    if kind == "user":
        return True
    if owner != key:
        return False
    if key in facts.known:
        is_previous = event.type == "alias" and event.previous_id == identity.value_of(key)
        return is_previous and _may_join_known_people(event, facts)
    return key not in facts.leads_to or kind in UNGUESSABLE or facts.proves(event)


def _named(state: Identities, keys: tuple[str, ...], *, known_user: bool) -> Identities:
    """The person named by the keys: they are remembered longest, and who was named longest ago is forgotten first. A
    key that alone would take more than all of them may is not remembered: it leads to the person all the same."""
    known_user = known_user or state.known_user
    if state.known[-len(keys) :] == keys:
        return state if known_user == state.known_user else Identities(state.known, known_user)
    keys = tuple(key for key in keys if packing.identity_key_size(key) <= BYTES)
    kept = [*(key for key in state.known if key not in keys), *keys][-REMEMBERED:]
    room = BYTES - sum(map(packing.identity_key_size, kept))
    while len(kept) > 1 and room < 0:
        room += packing.identity_key_size(kept.pop(0))
    return Identities(tuple(kept), known_user)
