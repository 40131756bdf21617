"""Duplicates: what a client sends again is recognised for 24 hours.

An event is known by its source, id and name and the person it names: some senders number each user's events from 1. The
latest 512 events of a person are remembered, and besides them the latest requests, about 64, each as one: a request of
any size that comes again is recognised whole, where its events one by one would push each other out.

Hashes have 6 bytes: of 500 billion events one is taken for another of its person's. They stand in the profile by the
hour of their arrival on the stream: what is redriven arrives again. One shard may be days behind another that has
events of the same person. What is folded after newer arrivals stands with the newest: by its own hour it would be
forgotten at once.
"""

from __future__ import annotations

import hashlib

from shared.events import Event
from shared.fold.effects import Effect, Facts, Repeat
from shared.fold.parts.duplicates.hashes import FORMAT_1_WIDTH, digest_in, named
from shared.fold.parts.duplicates.ring import (
    EMPTY,
    ENTRIES,
    WIDTH,
    Ring,
    hour_of,
    latest_events,
    latest_records,
)
from shared.fold.parts.duplicates.storing import decode, encode
from shared.text.counting import number_of

__all__ = ["EMPTY", "apply", "budget", "decode", "encode", "explain", "merge", "name", "reads"]

name = "duplicates"
budget = 3_840
reads: tuple[str, ...] = ()


def apply(state: Ring, event: Event, facts: Facts) -> tuple[Ring, list[Effect]]:
    digest = digest_in(hashlib.blake2b(named(event), digest_size=FORMAT_1_WIDTH))
    for hashes in state.hours.values():
        if _has(hashes, digest):
            return state, [Repeat()]
    hour = max((hour_of(facts.now), *state.hours))
    hours = {**state.hours, hour: state.hours.get(hour, b"") + digest}
    if hour in state.hours and sum(map(len, hours.values())) <= ENTRIES * WIDTH:
        return Ring(hours, state.records), []
    return Ring(latest_events(hours), state.records), []


def merge(one: Ring, other: Ring) -> Ring:
    hours = {
        hour: one.hours.get(hour, b"") + other.hours.get(hour, b"")
        for hour in one.hours.keys() | other.hours.keys()
    }
    records = {
        hour: {**one.records.get(hour, {}), **other.records.get(hour, {})}
        for hour in one.records.keys() | other.records.keys()
    }
    return Ring(latest_events(hours), latest_records(records))


def explain(state: Ring) -> str:
    events = sum(map(len, state.hours.values())) // WIDTH
    requests = sum(map(len, state.records.values()))
    return f"{number_of(events, 'event id')} and {number_of(requests, 'request')} remembered"


def _has(hashes: bytes, digest: bytes) -> bool:
    """Whether it is one of them, not only somewhere across two. `in` takes four times as long as `find`: it tries first
    whether what it looks for is a number, and fails."""
    at = hashes.find(digest)
    while at >= 0 and at % WIDTH:
        at = hashes.find(digest, at + 1)
    return at >= 0
