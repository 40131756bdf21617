"""Conditions are compiled when a version is loaded: never per event, and not again while it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from shared.conditions import compiling
from shared.workspace import snapshot
from shared.workspace.model import Campaign, Template, Workspace
from tests.fakes.process_stage import Stage, event

WORKSPACE = Workspace(
    templates=(Template(id="t", channel="sms", parts={"text": "Hi"}),),
    campaigns=tuple(
        Campaign(
            id=f"c{number}",
            name="C",
            event="Play Song",
            where={"property": "stars", "at_least": number},
            channel="sms",
            template="t",
        )
        for number in range(3)
    ),
)


def test_each_condition_is_compiled_once_whatever_number_of_events_asks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documents: list[Any] = []
    compiled = compiling.compiled

    def counting(where: Any) -> compiling.Matcher:
        documents.append(where)
        return compiled(where)

    monkeypatch.setattr(compiling, "compiled", counting)
    stage = Stage(WORKSPACE)

    for stars in (0, 1, 2):
        counts = stage.deliver(stage.record(event("Play Song", properties={"stars": stars})))
        assert counts["messages_requested"] == stars + 1

    assert documents == [campaign.where for campaign in WORKSPACE.campaigns]


def test_what_is_compiled_is_no_part_of_a_snapshot_and_makes_no_other_workspace() -> None:
    loaded = snapshot.decode(snapshot.encode(WORKSPACE), 0)

    assert all(campaign.holds for campaign in loaded.campaigns)
    assert snapshot.encode(loaded) == snapshot.encode(WORKSPACE)
    assert loaded == WORKSPACE
