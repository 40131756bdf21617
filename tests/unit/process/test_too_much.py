"""A workspace that makes more follow from one event than may: the item stays small, and what is dropped is said."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest

from functions.sweep.timers import timer
from shared.fold.consequences import FROM_ONE_CAUSE
from shared.fold.formats.envelope import encoded
from shared.fold.parts import volume
from shared.fold.profile import HARD, Pointer, Profile
from shared.people.due import DueProfile, place
from shared.workspace.limits import MOST_MESSAGES
from shared.workspace.model import Campaign, Workspace
from tests.fakes.process_stage import NOON, Stage, event, minutes
from tests.unit.fold.test_budgets import everything


def crowded(count: int, events: Sequence[str] = ("Buy",)) -> Workspace:
    """So many campaigns for each event, with ids as long as they may be."""
    return Workspace(
        campaigns=tuple(
            Campaign(id=f"{n:04}-{name.lower().replace(' ', '-')}".ljust(64, "x"), name=name, event=name,
                     channel="webhook", template="t")
            for name in events
            for n in range(count)
        )
    )  # fmt: skip


def asked(stage: Stage) -> list[str]:
    return sorted(request.campaign[:8] for request in stage.bus.requests.values())


@pytest.mark.parametrize("count", [MOST_MESSAGES - 1, MOST_MESSAGES, MOST_MESSAGES + 1, 1_000])
def test_one_event_asks_for_the_first_hundred_messages_and_the_others_are_counted_and_named(
    count: int, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage(crowded(count))
    record = stage.record(event("Buy"))
    with caplog.at_level(logging.WARNING):
        counts = stage.deliver(record)
    stage.deliver(record)

    dropped = max(0, count - MOST_MESSAGES)
    assert asked(stage) == [f"{n:04}-buy" for n in range(count - dropped)]
    assert (counts["messages_requested"], counts["too_much"], counts["cut"]) == (count - dropped, dropped, 0)
    lines = [line.__dict__ for line in caplog.records if "more would follow" in line.message]
    assert len(lines) == (dropped > 0)
    for line in lines:
        assert line["of"] == dropped
        assert str(line["cut"][0]).startswith(f"campaign {MOST_MESSAGES:04}-buy")
        assert len(line["cut"]) == min(dropped, 20)
    assert counts["dead_letters"] == 0
    assert stage.profiles.largest <= FROM_ONE_CAUSE


def test_an_item_stays_savable_whatever_is_full_and_whoever_joins_at_that_event() -> None:
    """Visitors whose sessions are over, a user of whom everything is kept, and campaigns for all that follows."""
    names = ("Buy", "Session Started", "Session Concluded", "Profile Merged")
    stage = Stage(crowded(1_000, names))
    full = Profile("user:u1", 1, everything().having(volume=volume.EMPTY), created_at=NOON)
    stage.profiles._items["user:u1"] = (1, encoded(full))
    visitors = [f"v{n}" for n in range(40)]
    for visitor in visitors:
        stage.deliver(stage.record(event("Page", user=None, anonymous=visitor)))

    late = NOON + minutes(50)
    counts = stage.deliver(
        stage.record(*(event("Buy", anonymous=visitor, at=late) for visitor in visitors), at=late)
    )

    assert stage.profiles.largest <= HARD
    assert (counts["dead_letters"], counts["unsaved"], counts["events"]) == (0, 0, 40)
    assert counts["too_much"] > 0


def test_who_joins_brings_along_what_their_timers_say_only_while_there_is_room() -> None:
    """Ten who are named by one event, each with a session that is over, for which a hundred campaigns wait."""
    stage = Stage(crowded(MOST_MESSAGES, ("Session Concluded",)))
    ids = {f"kind_{n}": f"v{n}" for n in range(10)}
    for kind, one in ids.items():
        stage.deliver(stage.record(event("Page", user=None, other_ids={kind: one})))
    late = NOON + minutes(50)
    stage.deliver(stage.record(event("Buy", at=late)))

    stage.deliver(stage.record(event("Buy", other_ids=ids, at=late)))
    assert 1 < len(joined(stage, ids)) < 10
    assert stage.profiles.largest <= HARD // 2 + FROM_ONE_CAUSE

    for key in {f"{kind}:{one}" for kind, one in ids.items()} - joined(stage, ids):  # `sweep` comes by
        stage.deliver(stage.lambda_record(*timer(DueProfile(key, place(key, late)), late), late))
    for _ in ids:
        stage.deliver(stage.record(event("Buy", other_ids=ids, at=late), at=late))
    assert len(asked(stage)) == 10 * MOST_MESSAGES
    assert stage.profiles.largest <= HARD // 2 + FROM_ONE_CAUSE


def joined(stage: Stage, ids: dict[str, str]) -> set[str]:
    keys = [f"{kind}:{one}" for kind, one in ids.items()]
    return {key for key, item in stage.profiles.load(keys).items() if isinstance(item, Pointer)}
