"""Place: zone, locale and country are those of the latest event that says them, in whatever order events come."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Event
from shared.fold import ORDER
from shared.fold.parts import place
from shared.fold.parts.place import Place, Said
from shared.stored.people import presented
from tests.fakes.folding import NOON, Person, did

MINUTE = timedelta(minutes=1)


def at(minute: int, **context: Any) -> Event:
    return did(at=NOON + minute * MINUTE, received_at=NOON + 60 * MINUTE, context=context)


def placed(*events: Event) -> Place:
    ann = Person()
    ann.does(*events)
    return ann.profile.states.place


def test_each_is_kept_with_the_time_it_was_said() -> None:
    found = placed(
        at(0, timezone="Europe/Berlin", locale="de-DE", location={"country": "DE", "city": "Berlin"}),
        at(1, locale="en-GB"),
    )
    assert found == Place(Said("Europe/Berlin", NOON), Said("en-GB", NOON + MINUTE), Said("DE", NOON))


def test_in_any_order_the_latest_by_when_it_happened_counts() -> None:
    events = [at(n, timezone=zone) for n, zone in enumerate(("Europe/Berlin", "Europe/Paris", "Asia/Tokyo"))]
    latest = Place(timezone=Said("Asia/Tokyo", NOON + 2 * MINUTE))
    assert {placed(*order) == latest for order in permutations(events)} == {True}


def test_what_a_clock_that_runs_ahead_says_counts_from_its_arrival() -> None:
    ahead = did(at=NOON + timedelta(hours=5), received_at=NOON, context={"timezone": "Asia/Tokyo"})
    later = did(at=NOON + MINUTE, context={"timezone": "Europe/Berlin"})
    assert placed(ahead, later).timezone == Said("Europe/Berlin", NOON + MINUTE)


@pytest.mark.parametrize("value", [None, 60, "", "  ", ["Europe/Berlin"], "x" * 41, "Europe/\nBerlin", "<b>"])
def test_what_is_no_name_of_a_zone_leaves_the_last_one(value: object) -> None:
    assert placed(at(0, timezone="Europe/Berlin"), at(1, timezone=value)).timezone == Said(
        "Europe/Berlin", NOON
    )


@pytest.mark.parametrize(
    ("field", "length", "is_kept"),
    [("timezone", 40, True), ("timezone", 41, False), ("locale", 35, True), ("locale", 36, False)],
)
def test_names_are_kept_up_to_their_length(field: str, length: int, *, is_kept: bool) -> None:
    assert (getattr(placed(at(0, **{field: "a" * length})), field) is not None) is is_kept


@pytest.mark.parametrize(
    ("country", "is_kept"),
    [("x" * 64, True), ("x" * 65, False), ("é" * 32, True), ("é" * 33, False), ("  ", False)],
)
def test_a_country_is_kept_up_to_its_bytes(country: str, *, is_kept: bool) -> None:
    assert (placed(at(0, location={"country": country})).country is not None) is is_kept


@pytest.mark.parametrize("location", [None, "Berlin", ["DE"], {"country": {"code": "DE"}}])
def test_a_location_of_another_shape_says_nothing(location: object) -> None:
    assert placed(at(0, location=location)) == Place()


def test_events_of_our_own_and_the_trait_say_nothing_here() -> None:
    own = did("Notification Sent", type="system", source="headrace", context={"timezone": "Asia/Tokyo"})
    assert placed(own, did("identify", type="identify", traits={"timezone": "Asia/Tokyo"})) == Place()


def test_of_two_people_who_become_one_the_later_word_counts_and_the_one_who_stays_at_one_time() -> None:
    one = Place(Said("Europe/Berlin", NOON), Said("de", NOON))
    other = Place(Said("Asia/Tokyo", NOON), Said("ja", NOON + MINUTE), Said("JP", NOON))
    merged = place.merge(one, other)
    assert merged == Place(Said("Europe/Berlin", NOON), Said("ja", NOON + MINUTE), Said("JP", NOON))


said = st.none() | st.builds(Said, st.text("aB/_", min_size=1, max_size=35), st.just(NOON))


@given(st.builds(Place, said, said, said))
def test_it_is_read_as_it_was_written_within_its_budget(state: Place) -> None:
    written = place.encode(state)
    assert place.decode(written) == state
    assert len(written) <= place.budget


def test_most_peoples_take_55_bytes_and_the_longest_the_budget() -> None:
    usual = Place(Said("Europe/Berlin", NOON), Said("de-DE", NOON), Said("DE", NOON))
    assert len(place.encode(usual)) <= 55
    longest = placed(at(0, timezone="z" * 40, locale="l" * 35, location={"country": "c" * 64}))
    assert len(place.encode(longest)) == place.budget


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "Europe/Berlin, de-DE"),
        ("Mars/Olympus", "Mars/Olympus (no known time zone: it counts as none), de-DE"),
        ("GMT+03:00", "GMT+03:00 (no known time zone: it counts as none), de-DE"),
        ("Europe", "Europe (no known time zone: it counts as none), de-DE"),
        ("../etc", "../etc (no known time zone: it counts as none), de-DE"),
    ],
)
def test_people_see_it_and_that_a_zone_is_unknown(zone: str, shown: str) -> None:
    ann = Person()
    ann.does(at(0, timezone=zone, locale="de-DE"))
    assert ORDER.explain(ann.profile.states)["place"] == shown
    assert presented(ann.profile)["place"]["timezone"] == {
        "value": zone,
        "said_at": "2026-11-21T12:00:00.000Z",
    }
    assert ORDER.explain(Person().profile.states)["place"] == "not known"


def test_where_a_machine_has_no_zones_none_is_called_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_has_zone", lambda _: False)
    assert place.is_zone("Europe/Berlin")
