"""Volume: how many events a person sent today. Beyond the workspace's limit they are archived, not folded.

Browsers' events and servers' are counted apart: a browser's key is public, and who floods a person with it must not
keep the person's server from being listened to. Events of our own are not the person's, and always pass. So do
withdrawals, though their event does not (`Order.withdrawing`). What comes again is recognised before it is counted: it
costs no fold, and a client that sends again must not use up the person's day.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson

from shared.events import Event
from shared.fold.effects import Effect, Facts, Unfolded
from shared.text.counting import number_of

name = "volume"
budget = 48
reads: tuple[str, ...] = ()


class Volume(NamedTuple):
    """Events that arrived on the UTC `day`: `count` by browsers' sources, `of_servers` by servers'."""

    day: str = ""
    count: int = 0  # type: ignore[assignment]  # nobody asks a tuple how often it has something
    of_servers: int = 0


EMPTY = Volume()


def apply(state: Volume, event: Event, facts: Facts) -> tuple[Volume, list[Effect]]:
    if event.type == "system":
        return state, []
    day = event.received_at.date().isoformat()
    # What an earlier day left, a replay for example, counts today: it must not start the day anew.
    today = state if day <= state.day else Volume(day)
    if facts.trust == "server":
        sent = today.of_servers + 1
        counted = Volume(today.day, today.count, sent)
    else:
        sent = today.count + 1
        counted = Volume(today.day, sent, today.of_servers)
    return counted, [Unfolded()] if sent > facts.workspace.settings.person_events_per_day else []


def merge(one: Volume, other: Volume) -> Volume:
    if one.day == other.day:
        return Volume(one.day, one.count + other.count, one.of_servers + other.of_servers)
    return max(one, other, key=lambda volume: volume.day)


def encode(state: Volume) -> bytes:
    return orjson.dumps((state.day, state.count, state.of_servers))


def decode(data: bytes) -> Volume:
    return Volume(*orjson.loads(data))


def explain(state: Volume) -> str:
    sent = state.count + state.of_servers
    return f"{number_of(sent, 'event')} on {state.day}" if sent else "no events yet"
