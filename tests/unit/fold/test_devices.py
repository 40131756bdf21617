"""Devices: of two words on a push token the one said last counts, and what is kept has its bounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.formats.envelope import decoded
from shared.fold.parts import devices
from shared.fold.parts.devices.device import KEPT, LONGEST_TEXT, LONGEST_TOKEN, TEXT_BYTES
from shared.fold.parts.devices.tokens import PUSH_TOKEN_INVALID
from tests.fakes.folding import NOON, Person, did

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LATER = NOON + DAY


def shows(second: float, **device: Any) -> Event:
    return did(context={"device": device}, at=NOON + second * SECOND, received_at=LATER)


def tokens(person: Person) -> list[tuple[str, str | None]]:
    return [(device.id, device.token) for device in person.profile.states.devices.known]


def after(*events: Event) -> Person:
    ann = Person()
    for event in events:
        ann.does(event, now=LATER)
    return ann


@pytest.mark.parametrize(("second", "token"), [(9.999, "new"), (10, "old"), (10.001, "old")])
def test_a_token_said_before_the_one_that_is_known_comes_too_late(second: float, token: str) -> None:
    ann = after(shows(10, id="d1", token="new"), shows(second, id="d1", token="old"))
    assert tokens(ann) == [("d1", token)]


def test_the_same_token_said_again_is_newer_than_one_said_in_between() -> None:
    events = (shows(0, id="d1", token="t1"), shows(20, id="d1", token="t1"), shows(10, id="d1", token="t2"))
    assert tokens(after(*events)) == [("d1", "t1")]


@pytest.mark.parametrize(("second", "token"), [(9.999, "t1"), (10, None), (10.001, None)])
@pytest.mark.parametrize("named", [{"id": "d1"}, {"token": "t1"}])
def test_push_that_ended_before_the_device_was_registered_is_not_ended_by_that(
    named: dict[str, str], second: float, token: str | None
) -> None:
    ann = after(shows(10, id="d1", token="t1"), shows(second, registered=False, **named))
    assert tokens(ann) == [("d1", token)]


def test_a_token_does_not_return_with_an_event_of_before_push_ended() -> None:
    ended = shows(10, id="d1", registered=False)
    ann = after(shows(0, id="d1", token="t1"), ended, shows(5, id="d1", token="t1"))
    assert tokens(ann) == [("d1", None)]
    ann.does(shows(11, id="d1", token="t1"), now=LATER)
    assert tokens(ann) == [("d1", "t1")]


def test_a_refused_token_does_not_return_with_an_event_of_before_it_was_refused() -> None:
    refused = did(
        PUSH_TOKEN_INVALID,
        type="system",
        source="headrace",
        properties={"token": "t1"},
        at=NOON + 10 * SECOND,
    )
    ann = after(shows(0, id="d1", token="t1"), refused, shows(5, id="d1", token="t1"))
    assert tokens(ann) == [("d1", None)]


def test_a_removed_device_that_was_registered_after_that_stays() -> None:
    assert tokens(after(shows(10, id="d1", token="t1"), shows(5, id="d1", removed=True))) == [("d1", "t1")]


@pytest.mark.parametrize("late", [False, True])
def test_a_token_that_moved_to_a_new_id_of_the_device_is_only_there(late: bool) -> None:
    events = [shows(0, id="old", token="t1"), shows(10, id="new", token="t1")]
    ann = after(*(reversed(events) if late else events))
    assert [token for id_, token in tokens(ann) if id_ == "new"] == ["t1"]
    assert ("old", "t1") not in tokens(ann)


@pytest.mark.parametrize("swapped", [False, True])
def test_two_people_who_become_one_have_the_token_that_was_said_last(swapped: bool) -> None:
    slices = [
        after(shows(0, id="d1", token="old"), shows(9, id="d2", token="t2")).profile.states.devices,
        after(shows(5, id="d1", token="new"), shows(3, id="d3", token="t2")).profile.states.devices,
    ]
    one, other = reversed(slices) if swapped else slices
    merged = devices.merge(one, other)
    assert {(device.id, device.token) for device in merged.known} == {("d1", "new"), ("d2", "t2")}


def test_devices_stored_before_tokens_had_times_are_read() -> None:
    stored = {"id": "d1", "platform": "ios", "seen": "2026-11-20", "token": "t1"}
    profile = {"key": "user:u1", "states": {"devices": {"known": [stored]}}}
    ann = Person()
    ann.profile = decoded("user:u1", orjson.dumps(profile), 1)
    ann.does(shows(-DAY.total_seconds(), id="d1", token="t2"), now=LATER)
    assert tokens(ann) == [("d1", "t2")]


# bounds


@pytest.mark.parametrize(("more", "taken"), [(-1, True), (0, True), (1, False)])
def test_a_token_has_at_most_512_bytes(more: int, taken: bool) -> None:
    ann = after(shows(0, id="d1", token="t" * (LONGEST_TOKEN + more)))
    assert (ann.profile.states.devices.known[0].token is not None) is taken


@pytest.mark.parametrize(("more", "taken"), [(-1, True), (0, True), (1, False)])
def test_an_id_has_at_most_100_bytes(more: int, taken: bool) -> None:
    assert bool(after(shows(0, id="d" * (LONGEST_TEXT + more))).profile.states.devices.known) is taken


@pytest.mark.parametrize("count", [KEPT - 1, KEPT, KEPT + 1])
def test_the_twenty_devices_seen_on_the_latest_days_are_kept(count: int) -> None:
    late_first = [shows(-day * DAY.total_seconds(), id=f"d{day}") for day in range(count)]
    assert {id_ for id_, _ in tokens(after(*late_first))} == {f"d{day}" for day in range(min(count, KEPT))}


@given(st.lists(st.tuples(*[st.text(max_size=120)] * 4), max_size=25))
@settings(deadline=None)
def test_devices_of_any_texts_keep_to_their_budget(texts: list[tuple[str, str, str, str]]) -> None:
    ann = Person()
    for id_, token, model, app in texts:
        device = {"id": id_, "token": token, "model": model, "type": "android"}
        ann.does(did(context={"device": device, "app": {"name": app}}))
    assert len(devices.encode(ann.profile.states.devices)) <= devices.budget


@pytest.mark.parametrize("script", ["a", "\U0001f600", "\x01"])
def test_the_longest_devices_keep_to_their_budget(script: str) -> None:
    ann = Person()
    for n in range(KEPT + 1):
        width = len(orjson.dumps(script)) - 2
        text, token = script * (96 // width), script * (510 // width)
        device = {"id": text + f"{n:02}", "token": f"{n:02}" + token, "model": text}
        ann.does(did(context={"device": device, "app": {"name": text}}))
    known = ann.profile.states.devices
    assert known.known
    assert len(devices.encode(known)) <= devices.budget


@pytest.mark.parametrize(("more", "kept"), [(-1, 6), (0, 6), (1, 5)])
def test_the_texts_of_all_devices_take_so_many_bytes_at_most(more: int, kept: int) -> None:
    texts = [(f"{n:02}", "t" * 445 + f"{n:02}") for n in range(6)]
    room = TEXT_BYTES - len(orjson.dumps([(id_, token, None, None) for id_, token in texts]))
    assert 0 < room < LONGEST_TEXT - 2
    ann = Person()
    for n, (id_, token) in enumerate(texts):
        ann.does(did(context={"device": {"id": id_ + "d" * (room + more if n == 5 else 0), "token": token}}))
    assert len(ann.profile.states.devices.known) == kept


def test_a_device_without_an_id_and_a_token_is_none() -> None:
    assert after(shows(0, id="", token="")).profile.states.devices.known == ()


def test_of_two_tokens_said_at_one_moment_the_person_who_stays_keeps_theirs() -> None:
    one, other = (after(shows(0, id="d1", token=token)).profile.states.devices for token in ("t1", "t2"))
    assert devices.merge(one, other) == one


histories = st.lists(
    st.tuples(st.sampled_from(["d1", "d2"]), st.sampled_from(["t1", "t2", None]), st.integers(0, 60)),
    max_size=8,
    unique_by=lambda word: word[2],
)


@given(histories, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_in_any_order_each_device_ends_with_the_token_said_last(
    history: list[tuple[str, str | None, int]], random: Any
) -> None:
    """Each known device has tokens of its own, None is the end of push."""
    known = [shows(-1, id=id_) for id_ in ("d1", "d2")]
    events = [
        shows(second, id=id_, token=f"{id_}-{token}") if token else shows(second, id=id_, registered=False)
        for id_, token, second in history
    ]
    last: dict[str, str | None] = {}
    for id_, token, _ in sorted(history, key=lambda word: word[2]):
        last[id_] = f"{id_}-{token}" if token else None
    ann = after(*known, *random.sample(events, len(events)))
    assert {id_: token for id_, token in tokens(ann) if token} == {
        id_: token for id_, token in last.items() if token
    }
