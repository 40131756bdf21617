"""Among 5,000 people due at once some never succeed. Nobody waits behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson

from functions.process.failures import MOST_TRIES
from shared.failures import VersionConflict
from shared.fold.formats.envelope import encoded
from shared.fold.profile import Changes, Profile
from shared.fold.state import States
from shared.fold.state import Stored as StoredSlice
from shared.people.due import SHARDS
from tests.fakes.process_stage import NOON, Stage, event
from tests.unit.process.poison.poison import delivered_until_done
from tests.unit.sweep.swept import MINUTE, Swept

PEOPLE = 5_000
DAMAGED, CONFLICTING, UNSENT = "user:1", "user:2", "user:3"


def crowded() -> Swept:
    """All seen at noon; their sessions end at the same instant."""
    stage = Stage()
    stage.deliver(stage.record(event("View Item", user="0")))
    first = stage.profiles.person("user:0")
    for number in range(1, PEOPLE):
        stage.profiles.save(Changes((replace(first, key=f"user:{number}", version=0),)), at=NOON)
    person = stage.profiles.person(DAMAGED)
    others = [one for one in person.states.slices() if one.name != "sessions"]
    broken = replace(person, states=States.stored([*others, StoredSlice("sessions", b"{{", person.due_at)]))
    stage.profiles._items[DAMAGED] = (person.version, encoded(broken))
    save = stage.profiles.save

    def conflicting(changes: Changes, *, at: Any) -> None:
        if CONFLICTING in {one.key for one in changes.profiles}:
            raise VersionConflict("for ever", [CONFLICTING])
        save(changes, at=at)

    stage.profiles.save = conflicting  # type: ignore[method-assign]
    return Swept(stage, at_once=SHARDS)


def deliver(swept: Swept, at: timedelta) -> int:
    """All timers that were sent, by the thousand, each until Lambda is done with it. How often that took at most."""
    waiting = swept.stream.entries[swept.delivered :]
    swept.delivered += len(waiting)
    records = [swept.stage.lambda_record(*entry, NOON + at) for entry in waiting]
    return max(
        delivered_until_done(swept.stage, records[start : start + 1_000])
        for start in range(0, len(records), 1_000)
    )


def test_all_others_are_woken_once_and_those_who_cannot_be_folded_are_put_aside() -> None:
    swept = crowded()

    swept.round(31 * MINUTE)
    assert deliver(swept, 31 * MINUTE) == MOST_TRIES

    concluded = [
        str(row.event.user_id)
        for row in swept.stage.bus.rows.values()
        if row.event.name == "Session Concluded"
    ]
    assert sorted(concluded) == sorted(str(number) for number in range(PEOPLE) if number not in (1, 2))
    aside = [orjson.loads(letter)["key"] for letter in swept.stage.dead_letters.letters]
    assert sorted(aside) == [DAMAGED, CONFLICTING]


def test_whoever_is_due_next_does_not_wait_for_those_who_stay_due() -> None:
    swept = crowded()
    swept.round(31 * MINUTE)
    deliver(swept, 31 * MINUTE)
    swept.stage.profiles.save(Changes((Profile("user:late", due_at=NOON + 32 * MINUTE),)), at=NOON)

    done = [swept.round(minute * MINUTE) for minute in range(33, 48)]

    assert not any(one.paused or one.failed for one in done)
    assert "user:late" in swept.sent
    assert all(swept.sent.count(stuck) <= 2 for stuck in (DAMAGED, CONFLICTING)), (
        "no timer a minute, for ever"
    )


def test_a_timer_that_the_stream_never_takes_keeps_nobody_of_its_shard_waiting() -> None:
    swept = crowded()
    swept.stream.item_faults.refusing = lambda entry: entry.key == UNSENT

    done = [swept.round(minute * MINUTE) for minute in (31, 32)]

    assert len(swept.sent) == PEOPLE - 1
    assert {f"user:{number}" for number in range(PEOPLE)} - {*swept.sent} == {UNSENT}
    assert [one.unsendable for one in done] == [1, 0]
    assert not any(one.failed for one in done)
