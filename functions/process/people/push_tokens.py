"""Push tokens: each belongs to whoever registered it last. A pointer under the token's own key leads to that person.

It is read only when somebody registers a token that is not theirs, so that a token which an app says with every event
costs nothing; and whoever had it is saved together with whoever has it now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from functions.process.arrivals import Arrival
from functions.process.people.stored import Stored
from shared.fold.outcome import Outcome
from shared.fold.parts.devices.tokens import lost, said_at
from shared.fold.profile import Pointer, Profile, token_key


class Move(NamedTuple):
    """The token, stored under `key`, becomes somebody's; `before` is to whom its pointer led, if there was one.

    That person is saved with it even if they have lost the token by now: they may be registering it again on another
    shard, or what they lost it by may never be saved.
    """

    token: str
    key: str
    before: str | None


def others(arrival: Arrival, root: str, stored: Stored) -> dict[str, int]:
    """Tokens the record's events register that belong to others, and when these said them last."""
    found: dict[str, int] = {}
    for token in arrival.tokens:
        holder = _holder(token, stored)
        if holder is not None and holder.key != root:
            at = said_at(holder.states.devices, token)
            if at is not None:
                found[token] = at
    return found


def moves(outcome: Outcome, root: str, stored: Stored) -> list[Move]:
    """What has to be written because the fold registered tokens.

    A token that was not read was the person's when the batch began, and its pointer leads to them.
    """
    found: list[Move] = []
    for token in outcome.registered:
        key = token_key(token)
        holder = _holder(token, stored)
        if not stored.was_asked(key) or (holder is not None and holder.key in (root, *outcome.joined)):
            continue
        found.append(Move(token, key, holder.key if holder is not None else None))
    return found


def move(change: Move, root: str, stored: Stored) -> None:
    stored.lead(change.key, root)
    if change.before is not None:
        before = stored.person(change.before)
        without = lost(before.states.devices, change.token)
        stored.items[before.key] = replace(before, states=before.states.having(devices=without))


def _holder(token: str, stored: Stored) -> Profile | None:
    """The person to whom the token's pointer leads."""
    key = token_key(token)
    if not isinstance(stored.items.get(key), Pointer):
        return None
    person = stored.items.get(stored.root(key))
    return person if isinstance(person, Profile) else None
