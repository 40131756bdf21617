"""profile and timeline on moto: what people read, and what programs read."""

from __future__ import annotations

import pytest

from tests.unit.cli.reading.stack import printed, run


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
