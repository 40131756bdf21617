"""Volume: how many events a person sent today. Beyond the workspace's limit they are archived, not folded."""

from __future__ import annotations

from dataclasses import dataclass

from shared.events import Event
from shared.fold.effects import Effect, Facts, Unfolded

name = "volume"
budget = 64
reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volume:
    """Events that arrived on the UTC `day`."""

    day: str = ""
    count: int = 0


def apply(state: Volume, event: Event, facts: Facts) -> tuple[Volume, list[Effect]]:
    day = event.received_at.date().isoformat()
    counted = Volume(day, state.count + 1 if state.day == day else 1)
    over = counted.count > facts.workspace.settings.person_events_per_day
    return counted, [Unfolded()] if over else []


def merge(one: Volume, other: Volume) -> Volume:
    if one.day == other.day:
        return Volume(one.day, one.count + other.count)
    return max(one, other, key=lambda volume: volume.day)


def explain(state: Volume) -> str:
    return f"{state.count} events on {state.day}" if state.count else "no events yet"
