"""profile and timeline on moto: what people read, and what programs read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cli.messages.previewing import Somebody
from cli.stacks import Stack
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.timeline import DynamoTimeline
from shared.failures import UnreadableSlice
from shared.fold.profile import Changes, Profile
from shared.fold.state import States, Stored
from shared.people.recent_events import Section
from shared.people.timeline import chunk
from shared.people.timeline_rows import packed, row
from tests.fakes.folding import did
from tests.unit.cli.reading.stack import NOW, printed, run


@pytest.mark.parametrize("typed_id", ["u1", "a1", "anonymous:a1"])
def test_a_profile_is_printed_for_any_of_its_ids(ann: None, typed_id: str) -> None:
    person = printed("profile", typed_id)

    assert person["key"] == "user:u1"
    assert person["counters"]["View Item"]["count"] == 1
    assert person["consents"] == {"sms": True}


def test_a_profile_card_shows_traits_as_they_are(ann: None) -> None:
    card = run("profile", "u1").stdout

    assert "Ann [VIP]" in card
    assert "sms given" in card
    assert "View Item" in card


def test_a_timeline_has_properties_but_no_context(ann: None) -> None:
    events = printed("timeline", "a1")

    assert [event["name"] for event in events] == ["identify", "View Item"]
    assert events[1]["properties"] == {"price": 12.5}
    assert "context" not in events[1]
    assert '{"price":12.5}' in run("timeline", "u1").stdout


def test_a_timeline_may_be_cut_to_the_latest(ann: None) -> None:
    assert len(printed("timeline", "u1", "--limit", "1")) == 1


def test_events_that_are_still_in_the_profile_are_on_the_timeline_each_once() -> None:
    """One of them is in a chunk by now, too; another is older than events are kept."""
    old, both, last = (
        did(name, user_id="u9", id=name, at=NOW - timedelta(days=days))
        for name, days in (("Login", 91), ("Search", 1), ("View Item", 0))
    )
    DynamoTimeline("timeline").put([chunk("user:u9", [row(both)], 90)])
    kept = Section(90, b"", packed([row(one) for one in (old, both, last)]))
    DynamoProfiles("profiles").save(Changes((Profile("user:u9", recent=(kept.stored,)),)), at=NOW)

    assert [event["id"] for event in printed("timeline", "u9")] == ["Search", "View Item"]
    assert [event["id"] for event in printed("timeline", "u9", "--limit", "1")] == ["View Item"]
    somebody = Somebody.of("u9", Stack.load())
    assert somebody.latest("View Item") is not None
    assert somebody.latest("Login") is None


def test_a_profile_with_a_part_that_cannot_be_read_says_which(ann: None) -> None:
    table = DynamoProfiles("profiles")
    person = table.load(["user:u1"])["user:u1"]
    assert isinstance(person, Profile)
    slices = [one for one in person.states.slices() if one.name != "traits"]
    damaged = States.stored([*slices, Stored("traits", b"{{")])
    table.save(Changes(profiles=(replace(person, states=damaged),), pointers=()), at=datetime.now(UTC))

    for as_json in ([], ["--json"]):
        unreadable = run("profile", "u1", *as_json).exception
        assert isinstance(unreadable, UnreadableSlice)
        assert str(unreadable) == "traits"


def test_a_timeline_with_events_in_the_profile_that_cannot_be_read_says_so(ann: None) -> None:
    kept = Section(90, b"", b"{{")
    DynamoProfiles("profiles").save(Changes((Profile("user:u8", recent=(kept.stored,)),)), at=NOW)

    assert isinstance(run("timeline", "u8").exception, UnreadableSlice)
