"""Duplicates: a client's retry is recognised by (source, event id, name) for 24 hours and 512 events.

Hashes of 8 bytes stand in the profile as 11 characters of base64, one string per hour of arrival.
"""

from __future__ import annotations

import binascii
import hashlib
from dataclasses import dataclass, field

from shared.events import Event
from shared.fold.effects import Effect, Facts, Repeat

name = "duplicates"
budget = 6 * 1024
reads: tuple[str, ...] = ()

HOURS, ENTRIES, WIDTH = 24, 512, 11


@dataclass(frozen=True, slots=True)
class Ring:
    """`hours`: hour since 1970 (UTC) → the hashes that arrived in it, each `WIDTH` characters."""

    hours: dict[int, str] = field(default_factory=dict)


def apply(state: Ring, event: Event, facts: Facts) -> tuple[Ring, list[Effect]]:
    digest = _digest(event)
    for hashes in state.hours.values():
        if digest in hashes:
            return state, [Repeat()]
    hour = int(facts.now.timestamp()) // 3600
    hours = {**state.hours, hour: state.hours.get(hour, "") + digest}
    if hour in state.hours and sum(map(len, hours.values())) <= ENTRIES * WIDTH:
        return Ring(hours), []
    return _bounded(hours), []


def merge(one: Ring, other: Ring) -> Ring:
    hours = {
        hour: one.hours.get(hour, "") + other.hours.get(hour, "")
        for hour in one.hours.keys() | other.hours.keys()
    }
    return _bounded(hours)


def explain(state: Ring) -> str:
    return f"{sum(map(len, state.hours.values())) // WIDTH} event ids remembered"


def _digest(event: Event) -> str:
    named = "\x1f".join((event.source, event.id, event.name)).encode()
    digest = hashlib.blake2b(named, digest_size=8).digest()
    return binascii.b2a_base64(digest, newline=False).decode()[:WIDTH]


def _bounded(hours: dict[int, str]) -> Ring:
    newest = max(hours, default=0)
    room = ENTRIES * WIDTH
    kept: dict[int, str] = {}
    for hour in sorted(hours, reverse=True):
        if hour <= newest - HOURS or room == 0:
            break
        kept[hour] = hours[hour][-room:]
        room -= len(kept[hour])
    return Ring(kept)
