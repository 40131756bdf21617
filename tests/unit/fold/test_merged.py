"""A merge is a fact that parts are shown: `Profile Merged` says it once, and the timers of both were folded before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.fold.parts.identities import PROFILE_MERGED
from shared.fold.profile import Profile
from shared.workspace.model import Campaign, Workspace
from tests.fakes.folding import NOON, Person, did, identified

MINUTE, IDLE = timedelta(minutes=1), timedelta(minutes=30)


def visitor(at: datetime = NOON, key: str = "anonymous:a1") -> Profile:
    seen = Person(key=key)
    seen.does(did(user_id=None, anonymous_id=key.partition(":")[2], at=at))
    return seen.profile


def merges(person: Person) -> list[dict[str, object]]:
    return [said for name, said in person.said if name == PROFILE_MERGED]


def test_two_people_with_profiles_who_become_one_are_said_to_have_merged() -> None:
    ann = Person()
    ann.does(did())
    ann.does(did(at=NOON + MINUTE, anonymous_id="a1"), strangers={"anonymous:a1": visitor()})
    assert merges(ann) == [{"person": "user:u1", "merged_person": "anonymous:a1"}]
    assert ann.profile.states.counters.events[PROFILE_MERGED].count == 1
    ann.does(did(at=NOON + 2 * MINUTE, anonymous_id="a1"))
    assert merges(ann) == []


def test_whether_the_first_event_of_a_record_made_them_somebody_makes_no_difference() -> None:
    ann = Person()
    ann.does(did(), did(anonymous_id="a1"), strangers={"anonymous:a1": visitor()})
    assert len(merges(ann)) == 1


def test_an_id_under_which_nothing_is_stored_is_no_merge() -> None:
    ann = Person()
    ann.does(did())
    outcome = ann.does(did(anonymous_id="a1", other_ids={"email": "ann@shop.example"}))
    assert set(outcome.joined) == {"anonymous:a1", "email:ann@shop.example"}
    assert merges(ann) == []


def test_a_visitor_who_is_named_for_the_first_time_is_no_merge() -> None:
    ann = Person()
    outcome = ann.does(did(anonymous_id="a1"), strangers={"anonymous:a1": visitor()})
    assert outcome.joined == ("anonymous:a1",)
    assert merges(ann) == []


def test_of_several_who_join_at_once_each_is_said() -> None:
    ann = Person()
    ann.does(did())
    both = {"anonymous:a1": visitor(), "device:d1": visitor(key="device:d1")}
    outcome = ann.does(did(at=NOON + MINUTE, anonymous_id="a1", other_ids={"device": "d1"}), strangers=both)
    assert {said["merged_person"] for said in merges(ann)} == set(both)
    derived = outcome.decisions.with_derived([did()])[1:]
    assert len({event.id for event in derived if event.name == PROFILE_MERGED}) == 2


def test_a_merge_in_a_refused_event_is_undone_and_so_is_what_their_timers_said() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    at = NOON + 29 * MINUTE
    evil = identified(email="eve@evil.example", at=at).model_copy(update={"anonymous_id": "a1"})
    strangers = {"anonymous:a1": visitor(NOON - 5 * MINUTE)}
    before = ann.profile.states.counters

    outcome = ann.does(evil, trust="browser", strangers=strangers)
    assert [refusal.code for refusal in outcome.decisions.refused] == ["not_trusted"]
    assert outcome.joined == ()
    assert ann.said == []
    assert outcome.decisions.timers == ()
    assert ann.profile.states.counters == before
    assert ann.profile.clock == at


def test_timers_of_the_one_who_joins_are_folded_before_as_theirs() -> None:
    """The visitor's session ended long ago: it is not merged into the one that runs now."""
    ann = Person(
        Workspace(
            campaigns=(Campaign(id="c", name="c", event="Session Concluded", channel="sms", template="t"),)
        )
    )
    at = NOON + 40 * MINUTE
    ann.does(did(at=at - MINUTE))
    outcome = ann.does(did(at=at, anonymous_id="a1"), strangers={"anonymous:a1": visitor()})

    decisions = outcome.decisions
    [ended] = [event for event in decisions.with_derived([did()])[1:] if event.name == "Session Concluded"]
    assert (ended.anonymous_id, ended.user_id, ended.occurred_at) == ("a1", None, NOON + IDLE)
    assert [(woken.person, woken.at) for woken in decisions.timers] == [("anonymous:a1", NOON + IDLE)]
    assert len(decisions.requests) == 1
    assert ann.profile.states.counters.events["Session Concluded"].count == 1
    current = ann.profile.states.sessions.current
    assert current is not None
    assert (current.started_at, current.events) == (at - MINUTE, 2)


@pytest.mark.parametrize("ahead", [timedelta(), 5 * MINUTE])
def test_after_a_merge_the_time_is_the_later_one_of_both(ahead: timedelta) -> None:
    ann = Person()
    ann.does(did())
    ann.does(did(at=NOON, anonymous_id="a1"), strangers={"anonymous:a1": visitor(NOON + ahead)})
    assert ann.profile.clock == NOON + ahead


def test_a_session_that_a_merge_ends_is_concluded_by_the_merge() -> None:
    ann = Person()
    ann.does(did(at=NOON + MINUTE))
    ann.does(did(at=NOON + 2 * MINUTE, anonymous_id="a1"), strangers={"anonymous:a1": visitor()})
    assert [name for name, _ in ann.said].count("Session Concluded") == 1
    assert ann.profile.states.sessions.ended == ()


def test_own_timers_up_to_the_clock_of_whoever_joins_are_folded_before_the_merge() -> None:
    """A late record joins somebody whose time is ahead: the person's session was over by then."""
    ann = Person()
    ann.does(did())
    late = did(at=NOON + 10 * MINUTE, anonymous_id="a1")
    outcome = ann.does(late, strangers={"anonymous:a1": visitor(NOON + 90 * MINUTE)})
    assert [(woken.person, woken.at) for woken in outcome.decisions.timers] == [("user:u1", NOON + IDLE)]
    ours = [name for name, _ in ann.said if name != "Session Started"]
    assert ours == ["Session Concluded", PROFILE_MERGED]
    assert ann.profile.clock == NOON + 90 * MINUTE


def test_a_refused_event_takes_its_own_persons_timers_back_that_only_the_merge_had_folded() -> None:
    ann = Person()
    ann.does(did())
    late = identified(at=NOON + 10 * MINUTE, bio="y" * 9_000).model_copy(update={"anonymous_id": "a1"})
    sessions = ann.profile.states.sessions
    outcome = ann.does(late, strangers={"anonymous:a1": visitor(NOON + 90 * MINUTE)})
    assert (outcome.decisions.timers, ann.said, outcome.joined) == ((), [], ())
    assert ann.profile.states.sessions == sessions
    assert ann.profile.clock == NOON + 10 * MINUTE
