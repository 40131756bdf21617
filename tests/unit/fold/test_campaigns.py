"""Campaigns ask for messages: on events that arrive and on those that follow, with the whole condition language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.fold.effects import HISTORY
from shared.records import DEEPEST
from shared.workspace.model import Campaign, Workspace
from tests.fakes.folding import NOON, Person, did, identified


def campaign(event: str, where: dict[str, Any] | None = None, called: str = "c1") -> Campaign:
    return Campaign(id=called, name=called, event=event, where=where, channel="email", template="t")


def asked(person: Person) -> list[tuple[str, int]]:
    assert person.outcome is not None
    return [(request.campaign, request.event) for request in person.outcome.decisions.requests]


def cut(person: Person) -> list[str]:
    assert person.outcome is not None
    return [one.name for one in person.outcome.cut]


def test_every_campaign_of_the_event_asks() -> None:
    ann = Person(
        Workspace(
            campaigns=(campaign("Login", called="a"), campaign("Login", called="b"), campaign("Search"))
        )
    )
    ann.does(did("View Item"), did("Login"))
    assert asked(ann) == [("a", 1), ("b", 1)]


def test_the_counter_a_condition_sees_includes_the_event_itself() -> None:
    ann = Person(Workspace(campaigns=(campaign("Add To Cart", {"counter": "Add To Cart", "at_least": 3}),)))
    ann.does(*(did("Add To Cart") for _ in range(4)))
    assert asked(ann) == [("c1", 2), ("c1", 3)]


def test_conditions_see_traits_and_consents_as_the_event_leaves_them() -> None:
    where = {"all": [{"trait": "plan", "is": "gold"}, {"consent": "sms", "is": True}]}
    ann = Person(Workspace(campaigns=(campaign("identify", where),)))
    ann.does(identified(plan="gold"), identified(consents={"sms": True}))
    assert asked(ann) == [("c1", 1)]


def test_an_event_that_follows_triggers_campaigns_too() -> None:
    ann = Person(Workspace(campaigns=(campaign("Session Started"),)))
    ann.does(did())
    assert asked(ann) == [("c1", 1)]  # the first of those derived, behind one event of the record
    assert ann.outcome is not None
    assert ann.outcome.decisions.derived[0].name == "Session Started"


def test_duplicates_and_refused_events_ask_for_nothing() -> None:
    ann = Person(Workspace(campaigns=(campaign("identify"),)))
    first = identified(email="ann@shop.example")
    ann.does(first, first, identified(email="eve@evil.example"), trust="browser")
    assert asked(ann) == [("c1", 0)]


def test_campaigns_ignore_what_went_round_the_stream_too_often() -> None:
    ann = Person(Workspace(campaigns=(campaign("Notification Sent"),)))
    ann.does(did("Notification Sent", type="system", source="headrace"), depth=DEEPEST)
    assert asked(ann) == []
    assert cut(ann) == ["campaign c1"]
    ann.does(did("Notification Sent", type="system", source="headrace"), depth=DEEPEST - 1)
    assert asked(ann) == [("c1", 0)]
    assert cut(ann) == []


@pytest.mark.parametrize(
    ("age", "asks"),
    [
        (HISTORY - timedelta(microseconds=1), True),
        (HISTORY, True),
        (HISTORY + timedelta(microseconds=1), False),
        (timedelta(hours=25), False),
    ],
)
def test_an_event_that_comes_more_than_24_hours_after_its_moment_asks_for_nothing(
    age: timedelta, asks: bool
) -> None:
    ann = Person(Workspace(campaigns=(campaign("Login"),)))
    ann.does(did("Login", at=NOON - age, received_at=NOON), now=NOON)
    assert asked(ann) == ([("c1", 0)] if asks else [])
