"""Where the version that a record was collected by cannot be read, its events go on by the latest that can be."""

from __future__ import annotations

import pytest

from functions.process.batch import PeopleNotSaved
from shared.failures import UnreadableWorkspace
from shared.workspace.model import Workspace
from tests.fakes.process_stage import NOON, Stage, event
from tests.unit.process.test_twice_is_once import SHOP, purchase

WRITTEN_BY_NEWER_CODE = b'{"name": "second", "of_the_future": true}'


@pytest.mark.parametrize("has_started_anew", [False, True])
def test_events_go_on_by_the_version_before_and_it_is_counted(has_started_anew: bool) -> None:
    stage = Stage(SHOP)
    stage.deliver(stage.record(event("View Item")))
    stage.workspaces.snapshots[2] = WRITTEN_BY_NEWER_CODE
    if has_started_anew:
        stage.restart()

    counts = stage.deliver(stage.record(purchase(user="u2")), stage.record(event("Search"), workspace=1))

    assert (counts["unsaved"], counts["older_workspace"]) == (0, 1)
    assert stage.counted("user:u2", "Complete Purchase") == 1
    [request] = stage.bus.requests.values()
    assert request.workspace == 1, "`send` has the campaign by the version that asked for it"


def test_what_was_decided_meanwhile_stays_when_the_version_can_be_read() -> None:
    stage = Stage(SHOP)
    readable = stage.workspaces.apply(Workspace(), after=1, at=NOON, by="me")
    whole, stage.workspaces.snapshots[2] = stage.workspaces.snapshots[2], WRITTEN_BY_NEWER_CODE
    record = stage.record(purchase())
    stage.deliver(record)

    stage.workspaces.snapshots[readable.version] = whole
    stage.restart()
    counts = stage.deliver(record, stage.record(purchase(user="u2")))

    assert counts["older_workspace"] == 0
    assert [request.person for request in stage.bus.requests.values()] == ["user:u1"]


def test_while_no_version_can_be_read_the_batch_waits() -> None:
    stage = Stage()
    stage.workspaces.snapshots[1] = WRITTEN_BY_NEWER_CODE

    with pytest.raises(UnreadableWorkspace):
        stage.deliver(stage.record(event("View Item")))

    assert not stage.profiles.snapshot()


def test_what_waits_for_a_version_is_counted_once_and_so_is_what_waits_behind_it() -> None:
    stage = Stage(SHOP)
    stage.deliver(stage.record(event("View Item")))
    records = [
        stage.record(event("Search")),
        stage.record(event("Search"), workspace=2),
        stage.record(event("Search")),
        stage.record(event("Search", user="u2"), workspace=2),
        stage.record(event("Search", user="u3")),
    ]

    with pytest.raises(PeopleNotSaved) as waiting:
        stage.deliver(*records)

    assert waiting.value.counts["unsaved"] == 4
    assert stage.counted("user:u3", "Search") == 1
