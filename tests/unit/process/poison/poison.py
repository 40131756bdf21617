"""A record whose content fails, the ways in which it can, and Lambda's deliveries until all is done."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from functions.process.announcing import announcements
from functions.process.batch import PeopleNotSaved
from functions.process.people import changes
from shared.bus_entries import EventBatch, row_json
from shared.events import Event
from shared.failures import VersionConflict
from shared.fold import fold
from shared.fold.profile import Changes
from shared.people.timeline import Chunk, unpacked
from tests.fakes.process_stage import BULKY, LambdaRecord, Stage, event

POISON = "Boom"


def has_poison(changes: Changes) -> bool:
    """Whether a save holds anybody who did what fails."""
    return any(POISON in profile.states.counters.events for profile in changes.profiles)


def the_save_is_refused(stage: Stage, _: pytest.MonkeyPatch) -> None:
    """DynamoDB refuses every save that holds it."""
    stage.profiles.refusing = has_poison


def the_save_conflicts_for_ever(stage: Stage, _: pytest.MonkeyPatch) -> None:
    """As a pointer does that was not read: read again it is the same, and conflicts again."""
    save = stage.profiles.save

    def conflicting(changes: Changes, *, at: Any) -> None:
        if has_poison(changes):
            raise VersionConflict("for ever", [profile.key for profile in changes.profiles])
        save(changes, at=at)

    stage.profiles.save = conflicting  # type: ignore[method-assign]


def the_bus_refuses_it(stage: Stage, _: pytest.MonkeyPatch) -> None:
    """EventBridge refuses every entry that holds it."""

    def refusing(entry: object) -> bool:
        return isinstance(entry, EventBatch) and any(row.event.name == POISON for row in entry.unpacked())

    stage.bus.item_faults.refusing = refusing


def the_timeline_refuses_it(stage: Stage, _: pytest.MonkeyPatch) -> None:
    """DynamoDB refuses every chunk that holds it."""

    def refusing(chunk: Chunk) -> bool:
        return any(one.name == POISON for one in unpacked(chunk.data))

    stage.timeline.item_faults.refusing = refusing


def announcing_it_raises(_: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own code fails as it writes the event's row."""

    def broken(event: Event, *args: Any, **named: Any) -> bytes:
        if event.name == POISON:
            raise ZeroDivisionError
        return row_json(event, *args, **named)

    monkeypatch.setattr(announcements, "row_json", broken)


def folding_it_raises(_: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own code fails as it folds the event."""

    def broken(profile: Any, events: Any, *args: Any, start: int, **named: Any) -> Any:
        if any(event.name == POISON for event in events):
            raise ZeroDivisionError
        return fold(profile, events, *args, start=start, **named)

    monkeypatch.setattr(changes, "fold", broken)


Poisoning = Callable[[Stage, pytest.MonkeyPatch], None]


def with_poison(stage: Stage) -> list[LambdaRecord]:
    """The poison among records of its own person, before and after it, and of others."""
    return [
        stage.record(event("View Item")),
        stage.record(event("View Item", user="u2")),
        stage.record(event("View Item")),
        stage.record(event(POISON, properties=BULKY)),
        stage.record(event("Search")),
        stage.record(event("Search", user="u2")),
    ]


def delivered_until_done(stage: Stage, records: list[LambdaRecord], most: int = 10) -> int:
    """As Lambda does, each time by a container that knows nothing of the last one; how often it took."""
    for delivery in range(1, most + 1):
        stage.restart()
        try:
            stage.deliver(*records)
        except PeopleNotSaved:
            continue
        return delivery
    raise AssertionError(f"{most} deliveries, and the shard is still held up")


def counted(stage: Stage) -> dict[str, int]:
    """How often each of the two did what does not fail."""
    return {
        f"{user} {name}": stage.counted(f"user:{user}", name)
        for user in ("u1", "u2")
        for name in ("View Item", "Search")
    }


ALL_COUNTED = {"u1 View Item": 2, "u1 Search": 1, "u2 View Item": 1, "u2 Search": 1}


def replay(stage: Stage, letter: bytes) -> LambdaRecord:
    """What the program in docs/operating.md does."""
    fields = orjson.loads(letter)
    return stage.lambda_record(fields["key"], base64.b64decode(fields["data"]))
