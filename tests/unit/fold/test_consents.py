"""Consents: the last word counts by the time it was said, and a withdrawal is given the benefit of the doubt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.parts import consents
from shared.fold.parts.consents import Consent, Consents
from tests.fakes.folding import NOON, Person, did, identified

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
MOMENT = timedelta(microseconds=1)

CARRIED = {"consent": {"categoryPreferences": {"sms": False}}}


def given(person: Person) -> dict[str, bool]:
    return {name: said.given for name, said in person.profile.states.consents.channels.items()}


def carrying(given: bool, at_minute: int) -> Event:
    context = {"consent": {"categoryPreferences": {"sms": given}}}
    return did("page", type="page", context=context, at=NOON + at_minute * MINUTE)


@pytest.mark.parametrize(
    ("slow_by", "counts"),
    [
        (3 * MINUTE, True),
        (consents.GRACE - MOMENT, True),
        (consents.GRACE, True),
        (consents.GRACE + MOMENT, False),
    ],
)
def test_a_withdrawal_counts_though_its_clock_is_up_to_five_minutes_slow(
    slow_by: timedelta, counts: bool
) -> None:
    ann = Person()
    ann.does(identified(consents={"sms": True}))
    ann.does(identified(consents={"sms": False}, at=NOON - slow_by), now=NOON + MINUTE)
    assert given(ann) == {"sms": not counts}


def test_there_is_no_grace_for_what_gives() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": False}))
    ann.does(identified(consents={"sms": True}, at=NOON - MOMENT), now=NOON + MINUTE)
    assert given(ann) == {"sms": False}
    ann.does(identified(consents={"sms": True}, at=NOON), now=NOON + MINUTE)
    assert given(ann) == {"sms": True}


def test_the_consent_that_a_slow_clocks_withdrawal_took_back_does_not_return_when_it_comes_again() -> None:
    ann = Person()
    consent = identified(consents={"sms": True})
    ann.does(consent)
    ann.does(identified(consents={"sms": False}, at=NOON - MINUTE), now=NOON + MINUTE)
    older = identified(consents={"sms": True}, at=NOON - SECOND)
    ann.does(consent, older, now=NOON + 2 * MINUTE)
    assert given(ann) == {"sms": False}


def test_a_clock_that_runs_ahead_counts_from_the_arrival() -> None:
    ann = Person()
    ahead = identified(consents={"sms": True}, at=NOON + timedelta(hours=20))
    ann.does(ahead.model_copy(update={"received_at": NOON}), now=NOON)
    assert ann.profile.states.consents.channels["sms"].at == NOON


@pytest.mark.parametrize("late", [False, True])
def test_a_withdrawal_is_not_outlasted_by_what_a_browser_carries_along(late: bool) -> None:
    ann = Person()
    withdrawal = identified(consents={"sms": False}, at=NOON + 10 * MINUTE)
    pages = [carrying(True, minute) for minute in (0, 9, 20, 60)]
    for event in (*pages, withdrawal) if late else (pages[0], withdrawal, *pages[1:]):
        ann.does(event, now=NOON + timedelta(hours=2), trust="browser")
    assert given(ann) == {"sms": False}


def test_a_consent_given_on_purpose_has_the_time_it_was_given_not_that_of_the_last_page() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": True}), carrying(True, 60), trust="browser")
    ann.does(identified(consents={"sms": False}, at=NOON + MINUTE), now=NOON + timedelta(hours=2))
    assert given(ann) == {"sms": False}


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("not_trusted", identified(email="eve@new.example", consents={"sms": False})),
        ("not_trusted", identified(consents={"sms": False, "push": True})),
        ("wrong_type", identified(consents={"sms": False, "calls": "yes"})),
        ("too_large", identified(essay="x" * 9000, consents={"sms": False})),
        ("not_trusted", did("alias", type="alias", previous_id="u2", context=CARRIED)),
    ],
)
def test_a_withdrawal_counts_whatever_else_of_its_event_is_refused(code: str, refused: Event) -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example", consents={"sms": True, "push": False}))
    bea = {"user:u2": Person(key="user:u2").profile}
    before = ann.profile.states.traits
    outcome = ann.does(refused, trust="browser", strangers=bea)
    assert [refusal.code for refusal in outcome.decisions.refused] == [code]
    assert given(ann) == {"sms": False, "push": False}
    assert ann.profile.states.traits == before


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ((True, 0), (False, 1), (False, 1)),
        ((True, 0), (False, -4), (False, 0)),
        ((True, 0), (False, -6), (True, 0)),
        ((False, 0), (True, 1), (False, 0)),  # whoever joins gives nothing back
        ((False, 0), (False, 1), (False, 1)),
        ((True, 0), (True, 1), (True, 1)),
        ((True, 1), (True, 0), (True, 1)),
    ],
)
def test_two_people_who_are_one_said_the_later_word(
    mine: tuple[bool, int], theirs: tuple[bool, int], both: tuple[bool, int]
) -> None:
    one, other, expected = (
        Consents({"sms": Consent(said, NOON + minute * MINUTE)}) for said, minute in (mine, theirs, both)
    )
    assert consents.merge(one, other) == expected


@pytest.mark.parametrize("count", [consents.CHANNELS - 1, consents.CHANNELS, consents.CHANNELS + 1])
def test_twenty_channels_of_others_are_kept_and_one_more_is_refused(count: int) -> None:
    ann = Person()
    outcome = ann.does(identified(consents={f"c{n}": True for n in range(count)}))
    assert [refusal.code for refusal in outcome.decisions.refused] == (
        ["too_large"] if count > consents.CHANNELS else []
    )


@pytest.mark.parametrize("channel", consents.OURS)
def test_whatever_else_was_said_a_message_can_still_be_declined(channel: str) -> None:
    ann = Person()
    ann.does(identified(consents={f"c{n}": True for n in range(consents.CHANNELS)}), trust="browser")
    assert not ann.does(identified(consents={channel: False}), trust="browser").decisions.refused
    assert given(ann)[channel] is False


@pytest.mark.parametrize(
    ("length", "refused"), [(consents.LONGEST, []), (consents.LONGEST + 1, ["wrong_type"])]
)
def test_a_channels_name_has_at_most_forty_characters(length: int, refused: list[str]) -> None:
    outcome = Person().does(identified(consents={"c" * length: True}))
    assert [refusal.code for refusal in outcome.decisions.refused] == refused


@pytest.mark.parametrize(("more", "refused"), [(-1, []), (0, []), (1, ["too_large"])])
def test_the_names_of_channels_take_so_many_bytes_at_most(more: int, refused: list[str]) -> None:
    names = [f"{n:02}" + "\U0001f600" * 18 for n in range(9)]
    names.append("x" * (consents.NAME_BYTES - len(orjson.dumps([*names, ""])) + more))
    outcome = Person().does(identified(consents=dict.fromkeys(names, True)))
    assert [refusal.code for refusal in outcome.decisions.refused] == refused


def test_the_names_of_all_channels_fit_the_budget_in_any_script() -> None:
    ann = Person()
    said = {f"{n:02}" + "\U0001f600" * 38: True for n in range(consents.CHANNELS)}
    outcome = ann.does(identified(consents=said))
    assert [refusal.code for refusal in outcome.decisions.refused] == ["too_large"]


histories = st.lists(
    st.tuples(st.sampled_from(["sms", "email"]), st.booleans(), st.integers(0, 100)),
    max_size=10,
    unique_by=lambda word: word[2],
)


@for_all(histories, st.integers(0, 10), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_in_any_order_the_last_word_counts_and_a_merge_gives_nothing_back(
    history: list[tuple[str, bool, int]], cut: int, random: Any
) -> None:
    """Words are six minutes apart: beyond the grace, which is about the order of arrival."""
    events = [
        identified(at=NOON + 6 * step * MINUTE, consents={channel: word}).model_copy(
            update={"received_at": NOON + DAY}
        )
        for channel, word, step in history
    ]
    whole, again, one, other = (Person() for _ in range(4))
    for person, theirs in (
        (whole, events), (again, random.sample(events, len(events))), (one, events[:cut]), (other, events[cut:]),
    ):  # fmt: skip
        for event in theirs:
            person.does(event, now=NOON + DAY)
    assert whole.profile.states.consents == again.profile.states.consents

    merged = consents.merge(one.profile.states.consents, other.profile.states.consents).channels
    for channel, expected in whole.profile.states.consents.channels.items():
        mine = one.profile.states.consents.channels.get(channel)
        was_withdrawn = mine is not None and not mine.given
        assert merged[channel] == expected or (was_withdrawn and not merged[channel].given)


@pytest.mark.parametrize(("stored", "given_"), [(b"true", True), (b"false", False)])
def test_consents_stored_with_times_as_text_are_read(stored: bytes, given_: bool) -> None:
    sms = b'{"given":' + stored + b',"at":"2026-11-21T12:00:00Z"}'
    profile = decoded(
        "user:u1", b'{"key":"user:u1","states":{"consents":{"channels":{"sms":' + sms + b"}}}}", 1
    )
    assert profile.states.consents == Consents({"sms": Consent(given_, NOON)})
    assert decoded("user:u1", encoded(profile), 1) == profile
