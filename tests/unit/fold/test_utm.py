"""UTM: a visit is said once per link and session, by whatever devices and in whatever order its events come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.parts import utm
from shared.fold.parts.utm import REMEMBERED
from tests.fakes.folding import NOON, Person, did

LINK = {"campaign": {"source": "news", "name": "autumn"}}
MINUTE, MOMENT, DAY = timedelta(minutes=1), timedelta(microseconds=1), timedelta(days=1)
IDLE = 30 * MINUTE


def by(source: str, at: timedelta) -> Event:
    return did(context={"campaign": {"source": source}}, at=NOON + at, received_at=NOON + DAY)


def visits(person: Person) -> list[str]:
    return [said["utm_source"] for name, said in person.said if name == "UTM Visited"]


def test_a_clients_own_utm_visited_is_not_said_twice() -> None:
    ann = Person()
    ann.does(did("UTM Visited", context=LINK))
    assert "UTM Visited" not in [name for name, _ in ann.said]
    assert ann.profile.states.utm.link == {"utm_source": "news", "utm_campaign": "autumn"}


def test_what_follows_by_the_same_link_belongs_to_that_visit() -> None:
    ann = Person()
    ann.does(did("UTM Visited", context=LINK), did("page", context=LINK, at=NOON + timedelta(minutes=1)))
    assert "UTM Visited" not in [name for name, _ in ann.said]


@pytest.mark.parametrize(("gap", "said"), [(IDLE - MOMENT, 1), (IDLE, 2), (IDLE + MOMENT, 2)])
def test_a_visit_lasts_until_the_idle_limit_has_passed(gap: timedelta, said: int) -> None:
    ann = Person()
    ann.does(by("news", timedelta()), by("news", gap))
    assert visits(ann) == ["news"] * said


def test_two_devices_that_came_by_two_links_are_two_visits() -> None:
    ann = Person()
    ann.does(*(by(("news", "ads")[n % 2], n * MINUTE) for n in range(20)))
    assert visits(ann) == ["news", "ads"]
    assert ann.profile.states.utm.link == {"utm_source": "ads"}


def test_an_event_that_comes_late_does_not_change_the_last_link_and_its_visit_is_said_once() -> None:
    ann = Person()
    ann.does(by("news", 10 * MINUTE), *(by("ads", n * MINUTE) for n in range(5)), by("news", 11 * MINUTE))
    assert visits(ann) == ["news", "ads"]
    assert ann.profile.states.utm.link == {"utm_source": "news"}


@pytest.mark.parametrize(("others", "said"), [(REMEMBERED - 1, 1), (REMEMBERED, 1), (REMEMBERED + 1, 2)])
def test_eight_links_of_before_are_remembered(others: int, said: int) -> None:
    ann = Person()
    links = [by(f"s{n}", n * MINUTE) for n in range(others + 1)]
    ann.does(*links, by("s0", 20 * MINUTE))
    assert visits(ann).count("s0") == said


@pytest.mark.parametrize("script", ["a", "é", "\U0001f600", "\x01"])
def test_long_links_in_any_script_keep_to_the_budget(script: str) -> None:
    ann = Person()
    for n in range(REMEMBERED + 2):
        campaign = dict.fromkeys(utm.PARAMETERS, f"{n}" + script * 300)
        ann.does(did(context={"campaign": campaign}, at=NOON + n * MINUTE + MOMENT))
    visit = ann.profile.states.utm
    assert len(visit.before) == REMEMBERED
    assert len(utm.encode(visit)) <= utm.budget


histories = st.lists(
    st.tuples(st.sampled_from(["news", "ads", "mail"]), st.integers(0, 300)),
    max_size=10,
    unique_by=lambda visit: visit[1],
)


@given(histories, st.integers(0, 10), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_in_any_order_and_by_any_two_people_who_become_one_the_last_link_is_the_same(
    history: list[tuple[str, int]], cut: int, random: Any
) -> None:
    events = [by(source, minute * MINUTE) for source, minute in history]
    whole, again, one, other = (Person() for _ in range(4))
    for person, theirs in (
        (whole, events), (again, random.sample(events, len(events))), (one, events[:cut]), (other, events[cut:]),
    ):  # fmt: skip
        for event in theirs:
            person.does(event, now=NOON + DAY)
    merged = utm.merge(one.profile.states.utm, other.profile.states.utm)
    assert whole.profile.states.utm == again.profile.states.utm == merged


@pytest.mark.parametrize("length", [199, 200, 201])
def test_200_characters_of_a_parameter_are_kept(length: int) -> None:
    ann = Person()
    ann.does(by("s" * length, MOMENT))
    assert ann.profile.states.utm.link == {"utm_source": "s" * min(length, 200)}


@pytest.mark.parametrize(("more", "characters"), [(-1, 200), (0, 200), (1, 100)])
def test_a_link_of_more_bytes_than_there_is_room_for_is_cut(more: int, characters: int) -> None:
    link = dict.fromkeys(("utm_source", "utm_medium"), "é" * 5 + "x" * 195)
    room = utm.LINK_BYTES - len(orjson.dumps({**link, "utm_campaign": ""}))
    wide, rest = divmod(room + more, 4)
    campaign = {
        "source": link["utm_source"],
        "medium": link["utm_medium"],
        "name": "\U0001f600" * wide + "x" * rest,
    }
    ann = Person()
    ann.does(did(context={"campaign": campaign}))
    kept = ann.profile.states.utm.link
    assert max(map(len, kept.values())) == characters
