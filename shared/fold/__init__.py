"""The fold: a person's profile and their next events in; the new profile and what follows from them out.

`fold` only loops. What an event means is in the parts, and this is their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf

from shared.events import Event
from shared.fold import packing
from shared.fold.budgets import MOST_ABSORBED, MOST_KEYS, Costs, room_in_outbox
from shared.fold.effects import NO_ENTRIES, Facts, Room, is_timer
from shared.fold.order import Order
from shared.fold.outcome import Outcome
from shared.fold.parts import (
    app_versions,
    campaigns,
    consents,
    counters,
    devices,
    duplicates,
    identities,
    place,
    probes,
    routes,
    sessions,
    traits,
    trust,
    utm,
    volume,
)
from shared.fold.parts.duplicates import whole_records
from shared.fold.profile import Pointer, Profile
from shared.fold.run import Run
from shared.records import Trust
from shared.workspace.model import Workspace

ORDER = Order(
    gates=(duplicates, volume, trust, probes),
    parts=(
        identities,
        traits,
        consents,
        devices,
        place,
        counters,
        sessions,
        app_versions,
        utm,
        routes,
        campaigns,
    ),
    waiting=(sessions,),
    withdrawing=(consents, devices),
    probing=(duplicates, probes, identities, traits, counters),
    answering=(identities, sessions),
    selective=(trust, traits, consents, devices, place, app_versions, utm, routes, campaigns),
)

JOINS_PER_RECORD = 45
"""Identities that may join while one record is folded. Their changes must fit into one transaction of 100 items:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""


def fold(
    profile: Profile,
    events: Sequence[Event],
    workspace: Workspace,
    now: datetime,
    *,
    trust: Trust = "server",
    depth: int = 0,
    strangers: Mapping[str, Profile | Pointer] | None = None,
    joins: int = JOINS_PER_RECORD,
    tokens: Mapping[str, int] | None = None,
    start: int = 0,
    portion: float = inf,
) -> Outcome:
    """Fold one record's events from index `start` on, in order, until all are folded, their decisions take `portion`
    bytes, as many push tokens are registered as a person's devices are kept, or those who joined leave no room for whom
    the next alias names; at least one, or some of the timers that are due before it.

    `now` is the record's arrival; `strangers` are what is stored under the identities the events name, pointers
    followed to their end, and the people at those ends; at most `joins` of them join. `tokens` are push tokens that
    belong to others, and when these said them last.

    Raises TimersWithoutEnd.
    """
    strangers = strangers or {}
    owners = {key: stored.target if isinstance(stored, Pointer) else key for key, stored in strangers.items()}
    known = frozenset(
        key
        for key, stored in strangers.items()
        if isinstance(stored, Profile) and stored.states.identities.known_user
    )
    people = [stored for stored in strangers.values() if isinstance(stored, Profile)]
    costs = Costs(ORDER, profile, people, workspace, now) if people else NO_ENTRIES
    room = Room(
        joins,
        MOST_KEYS - len(profile.seen),
        MOST_ABSORBED - sum(map(packing.identity_key_size, profile.absorbed)),
        room_in_outbox(profile, events, strangers) if costs else 0,
    )
    facts = Facts(now, workspace, trust, depth, profile.key, owners, {}, room, known, costs, tokens or {})
    run = Run(ORDER, profile, facts, strangers, len(events))
    whole = (
        whole_records.digest_of(events) if len(events) > 1 else None
    )  # a single event is known by its own hash
    repeated = whole_records.repeated(profile.states.duplicates, whole, events) if whole is not None else None
    end = start
    while end < len(events) and (end == start or run.has_room(portion)) and run.fold_timers(portion):
        event = events[end]
        if repeated is not None and end in repeated:
            run.repeat(end)
        elif not is_timer(event) and not run.meet(end, event):
            break
        end += 1
    if whole is not None and end > start:
        if repeated is not None:
            run.remember_again(whole, range(start, end))
        else:
            run.remember(
                whole if end == len(events) else whole_records.digest_of_part(events, end),
                whole_records.digest_of_part(events, start) if start else None,
            )
    return run.outcome(
        profile.due_at, end=end, is_tick=any(map(is_timer, events[start : max(end, start + 1)]))
    )
