"""What each part of the fold makes of events: one behaviour a test."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.events import Event
from shared.fold import ORDER, fold
from shared.fold.effects import TIMER_DUE
from shared.fold.parts import counters
from shared.fold.parts.devices import PUSH_TOKEN_INVALID
from shared.fold.state import States
from shared.times import milliseconds
from shared.workspace.model import EventDefinition, Settings, Workspace
from tests.fakes.folding import NOON, Person, did, identified

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def timer(at: datetime) -> Event:
    return did(TIMER_DUE, type="system", source="headrace", protocol="headrace", at=at)


# traits and consents


def test_traits_are_kept_and_null_removes_one() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example", plan="free"), identified(plan="gold", email=None))
    assert ann.profile.states.traits.values == {"plan": "gold"}


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen"])
def test_what_a_person_does_may_say_traits_and_consents(kind: str) -> None:
    ann = Person()
    ann.does(did(type=kind, traits={"plan": "gold", "consents": {"sms": True}}))
    assert ann.profile.states.traits.values == {"plan": "gold"}
    assert ann.profile.states.consents.channels["sms"].given is True


@pytest.mark.parametrize("kind", ["group", "alias"])
def test_a_groups_traits_are_the_groups_and_an_alias_has_none(kind: str) -> None:
    ann = Person()
    said = {"company": "Acme", "consents": {"sms": True}}
    ann.does(did(type=kind, traits=said, trait_changes={"increment": {"points": 1}}))
    assert ann.profile.states.traits.values == {}
    assert ann.profile.states.consents.channels == {}


def test_a_consent_said_in_a_tracks_traits_is_no_stale_word_of_the_context() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": False}))
    stale = {"consent": {"categoryPreferences": {"sms": False}}}
    ann.does(did(traits={"consents": {"sms": True}}, context=stale, at=NOON + MINUTE))
    assert ann.profile.states.consents.channels["sms"].given is True


def test_traits_over_the_limit_are_refused_and_the_others_kept() -> None:
    ann = Person()
    outcome = ann.does(identified(plan="gold"), identified(essay="x" * 9000))
    assert ann.profile.states.traits.values == {"plan": "gold"}
    assert [(refusal.index, refusal.code, refusal.field) for refusal in outcome.decisions.refused] == [
        (1, "too_large", "traits")
    ]


@pytest.mark.parametrize(
    "event",
    [
        identified(consents={"sms": True, "email": False}),
        did(context={"consent": {"categoryPreferences": {"sms": True, "email": False}}}),
    ],
)
def test_consents_are_said_among_traits_or_in_the_consent_context(event: Event) -> None:
    ann = Person()
    ann.does(event)
    given = {channel: said.given for channel, said in ann.profile.states.consents.channels.items()}
    assert given == {"sms": True, "email": False}
    assert "consents" not in ann.profile.states.traits.values


def test_an_older_word_on_consent_does_not_undo_a_newer_one() -> None:
    ann = Person()
    ann.does(
        identified(consents={"sms": False}, at=NOON + MINUTE), identified(consents={"sms": True}, at=NOON)
    )
    assert ann.profile.states.consents.channels["sms"].given is False


def test_a_withdrawal_counts_though_the_consent_came_from_a_clock_that_runs_ahead() -> None:
    ann = Person()
    ahead = identified(consents={"sms": True}, at=NOON + 4 * MINUTE).model_copy(update={"received_at": NOON})
    ann.does(ahead, now=NOON)
    ann.does(identified(consents={"sms": False}, at=NOON + MINUTE), now=NOON + MINUTE)
    assert ann.profile.states.consents.channels["sms"].given is False


def test_the_consent_a_browser_carries_along_gives_nothing_back_and_refuses_no_event() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": False}))
    stale = did("Complete Purchase", context={"consent": {"categoryPreferences": {"sms": True, "ads": True}}})
    assert not ann.does(stale, trust="browser").decisions.refused
    assert {name: said.given for name, said in ann.profile.states.consents.channels.items()} == {
        "sms": False,
        "ads": True,
    }


def test_what_the_person_who_stays_has_withdrawn_no_joining_visitor_gives_back() -> None:
    ann, visitor = Person(), Person(key="anonymous:a9")
    ann.does(identified(consents={"sms": False, "email": True}))
    later = identified(consents={"sms": True, "email": False, "push": True}, at=NOON + MINUTE)
    visitor.does(later.model_copy(update={"user_id": None, "anonymous_id": "a9"}))
    ann.does(did(anonymous_id="a9"), trust="browser", strangers={"anonymous:a9": visitor.profile})
    given = {name: said.given for name, said in ann.profile.states.consents.channels.items()}
    assert given == {"sms": False, "email": False, "push": True}


def test_an_empty_word_of_consent_does_not_make_the_carried_one_count() -> None:
    ann = Person()
    ann.does(identified(consents={"sms": False}))
    stale = {"consent": {"categoryPreferences": {"sms": True}}}
    outcome = ann.does(
        did("identify", type="identify", traits={"consents": {}}, context=stale), trust="browser"
    )
    assert not outcome.decisions.refused
    assert not ann.profile.states.consents.channels["sms"].given


@pytest.mark.parametrize("said", ["yes", {"sms": "yes"}, {"": True}])
def test_a_consent_that_is_not_true_or_false_is_refused(said: object) -> None:
    ann = Person()
    outcome = ann.does(identified(plan="gold", consents=said))
    assert [refusal.code for refusal in outcome.decisions.refused] == ["wrong_type"]
    assert ann.profile.states.traits.values == {}  # one bad field refuses the event, not half of it


# trust


def test_a_browser_may_set_an_address_and_repeat_it_but_not_change_it() -> None:
    ann = Person()
    first, again, changed = (identified(email=f"{name}@shop.example") for name in ("ann", "ann", "eve"))
    outcome = ann.does(first, again, changed, trust="browser")
    assert [(refusal.index, refusal.code, refusal.field) for refusal in outcome.decisions.refused] == [
        (2, "not_trusted", "traits.email")
    ]
    assert ann.profile.states.traits.values == {"email": "ann@shop.example"}
    assert ann.profile.states.counters.events["identify"].count == 2


def test_with_the_hash_of_the_user_a_browser_may_change_an_address() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    changed = identified(email="ann@new.example").model_copy(update={"verified": ("user",)})
    ann.does(changed, trust="browser")
    assert ann.profile.states.traits.values == {"email": "ann@new.example"}


def test_nobody_knows_an_anonymous_visitor_so_they_may_change_their_address() -> None:
    visitor = Person(key="anonymous:a1")
    for name in ("ann", "eve"):
        said = identified(email=f"{name}@shop.example").model_copy(
            update={"user_id": None, "anonymous_id": "a1"}
        )
        assert not visitor.does(said, trust="browser").decisions.refused
    assert visitor.profile.states.traits.values == {"email": "eve@shop.example"}


def test_a_browser_may_withdraw_a_consent_always_but_not_give_a_withdrawn_one_back() -> None:
    ann = Person()
    given, withdrawn, back = (identified(consents={"sms": word}) for word in (True, False, True))
    outcome = ann.does(given, withdrawn, back, trust="browser")
    assert [(refusal.index, refusal.field) for refusal in outcome.decisions.refused] == [(2, "consents.sms")]
    assert ann.profile.states.consents.channels["sms"].given is False


# duplicates


def test_an_event_that_was_refused_is_no_duplicate_when_it_comes_again() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    change = identified(email="ann@new.example")
    ann.does(change, trust="browser")
    outcome = ann.does(change, trust="server")
    assert outcome.decisions.duplicates == ()
    assert ann.profile.states.traits.values == {"email": "ann@new.example"}


# counters


def test_counters_keep_the_total_the_first_and_the_last_time_in_any_order() -> None:
    ann = Person()
    ann.does(did(at=NOON + MINUTE), did(at=NOON), did(at=NOON + 2 * MINUTE))
    counter = ann.profile.states.counters.events["View Item"]
    assert (counter.count, counter.first, counter.last) == (3, NOON, NOON + 2 * MINUTE)


def test_names_beyond_the_limit_are_counted_together() -> None:
    ann = Person()
    ann.does(*(did(f"Event {n}") for n in range(counters.NAMES + 5)))
    events = ann.profile.states.counters.events
    assert len(events) <= counters.NAMES + 1
    assert sum(counter.count for counter in events.values()) == counters.NAMES + 6  # and Session Started
    assert events[counters.OTHER].count == 6


# sessions


def test_a_session_is_said_when_it_starts_and_concluded_after_the_gap() -> None:
    ann = Person()
    ann.does(did(at=NOON), did(at=NOON + 10 * MINUTE))
    [(started, properties)] = ann.said
    assert started == "Session Started"
    ann.does(did(at=NOON + 41 * MINUTE))
    [(concluded, length), (again, _)] = ann.said
    assert (concluded, again) == ("Session Concluded", "Session Started")
    assert (length["session_id"], length["session_length"], length["events"]) == (
        properties["session_id"],
        600,
        2,
    )


def test_the_timer_concludes_a_session_once_and_starts_none() -> None:
    ann = Person()
    ann.does(did(at=NOON))
    assert ann.profile.due_at == NOON + 30 * MINUTE
    ann.does(timer(NOON + 30 * MINUTE))
    assert [name for name, _ in ann.said] == ["Session Concluded"]
    woken = ann.outcome
    assert woken is not None
    assert woken.due_at is None
    ann.does(timer(NOON + 31 * MINUTE))
    assert ann.said == []


def test_a_timer_that_comes_early_only_sets_the_time_anew() -> None:
    ann = Person()
    ann.does(did(at=NOON))
    ann.does(did(at=NOON + 20 * MINUTE))
    assert ann.profile.due_at == NOON + 30 * MINUTE  # events only move it earlier
    ann.does(timer(NOON + 30 * MINUTE))
    assert ann.said == []
    assert ann.profile.due_at == NOON + 50 * MINUTE


def test_the_idle_limit_is_the_workspaces() -> None:
    ann = Person(Workspace(settings=Settings(session_idle_seconds=60)))
    ann.does(did(at=NOON), did(at=NOON + 2 * MINUTE))
    assert [name for name, _ in ann.said] == ["Session Started", "Session Concluded", "Session Started"]


def test_an_event_that_comes_hours_late_opens_no_session_in_the_past() -> None:
    ann = Person()
    ann.does(did(at=NOON))
    ann.does(did(at=NOON - timedelta(hours=5), received_at=NOON))
    assert ann.said == []
    assert ann.profile.states.counters.events["View Item"].count == 2


def test_a_clock_that_runs_ahead_does_not_keep_a_session_open() -> None:
    ann = Person()
    ann.does(did(at=NOON + timedelta(hours=20), received_at=NOON), now=NOON)
    assert ann.profile.due_at == NOON + 30 * MINUTE


def test_events_of_our_own_open_no_session() -> None:
    ann = Person()
    ann.does(did("Notification Sent", type="system", source="headrace", protocol="headrace"))
    assert ann.said == []
    assert ann.profile.states.counters.events["Notification Sent"].count == 1


# devices, app versions, links


def phone(token: str | None = "t1", version: str = "1.0", device: str = "d1") -> dict[str, object]:
    described = {"id": device, "type": "ios", "model": "iPhone", **({"token": token} if token else {})}
    return {"device": described, "app": {"name": "Shop", "version": version}}


def test_a_device_keeps_its_token_when_an_event_does_not_name_it() -> None:
    ann = Person()
    ann.does(did(context=phone("t1")), did(context=phone(None)))
    [device] = ann.profile.states.devices.known
    assert (device.id, device.platform, device.token, device.model) == ("d1", "ios", "t1", "iPhone")


def test_a_token_moves_with_a_reinstalled_app_and_twenty_devices_are_kept() -> None:
    ann = Person()
    ann.does(did(context=phone("t1", device="old")), did(context=phone("t1", device="new")))
    assert [device.id for device in ann.profile.states.devices.known] == ["new"]
    ann.does(*(did(context=phone(f"t{n}", device=f"d{n}")) for n in range(25)))
    assert [device.id for device in ann.profile.states.devices.known] == [f"d{n}" for n in range(5, 25)]


@pytest.mark.parametrize(("other_said", "moves"), [(-1, False), (0, True), (1, True)])
def test_a_token_that_another_said_no_earlier_is_not_registered(other_said: int, *, moves: bool) -> None:
    ann = Person()
    said = did(context=phone("t1"))
    others = {"t1": milliseconds(NOON) + other_said}
    outcome = fold(ann.profile, [said, said], Workspace(), NOON, tokens=others)
    assert outcome.registered == (() if moves else ("t1",))
    assert outcome.states.devices.known[0].token_moved is moves


def test_merging_with_somebody_without_devices_leaves_the_order_of_use() -> None:
    ann = Person()
    ann.does(
        did(context=phone("t1", device="d1"), at=NOON),
        did(context=phone("t2", device="d2"), at=NOON - 3 * DAY),
    )
    assert ORDER.merge(ann.profile.states, States()) == ann.profile.states


def test_a_token_that_a_provider_refused_is_dropped() -> None:
    ann = Person()
    ann.does(did(context=phone("t1")))
    ann.does(did(PUSH_TOKEN_INVALID, type="system", source="headrace", properties={"token": "t1"}))
    assert ann.profile.states.devices.known[0].token is None


def test_an_app_that_reports_another_version_is_said_to_have_changed() -> None:
    ann = Person()
    ann.does(did(context=phone(version="1.0")), did(context=phone(version="1.0")))
    assert "App Version Changed" not in [name for name, _ in ann.said]
    ann.does(did(context=phone(version="1.1")))
    assert ("App Version Changed", {"app": "Shop", "version": "1.1", "previous_version": "1.0"}) in ann.said


def test_a_marketing_link_is_said_once_per_session() -> None:
    ann = Person()
    link = {"campaign": {"source": "news", "medium": "email", "name": "autumn"}}
    ann.does(did(context=link), did(context=link, at=NOON + MINUTE))
    visits = [properties for name, properties in ann.said if name == "UTM Visited"]
    assert visits == [{"utm_source": "news", "utm_medium": "email", "utm_campaign": "autumn"}]
    ann.does(did(context=link, at=NOON + timedelta(hours=2)))
    assert "UTM Visited" in [name for name, _ in ann.said]


@pytest.mark.parametrize("named", [{"id": "d1"}, {"token": "t1"}, {"id": "new", "token": "t1"}])
def test_a_device_whose_registration_ended_loses_its_token_and_stays(named: dict[str, str]) -> None:
    ann = Person()
    ann.does(did(context=phone("t1")), did(context=phone("t2", device="d2")))
    ann.does(did(context={"device": {**named, "registered": False}}))
    assert [(device.id, device.token) for device in ann.profile.states.devices.known] == [
        ("d1", None),
        ("d2", "t2"),
    ]
    ann.does(did(context={"device": {"id": "d1", "token": "t3", "registered": True}}))
    assert ann.profile.states.devices.known[-1].token == "t3"


@pytest.mark.parametrize("named", [{"id": "d1"}, {"token": "t1"}])
def test_a_device_that_was_removed_is_forgotten(named: dict[str, str]) -> None:
    ann = Person()
    ann.does(did(context=phone("t1")), did(context=phone("t2", device="d2")))
    ann.does(did(context={"device": {**named, "removed": True}}))
    assert [device.id for device in ann.profile.states.devices.known] == ["d2"]


@pytest.mark.parametrize("ended", [{"registered": False}, {"removed": True}])
def test_a_device_nobody_knew_is_not_made_by_its_end(ended: dict[str, bool]) -> None:
    ann = Person()
    ann.does(did(context={"device": {"id": "d1", "token": "t1", **ended}}))
    assert ann.profile.states.devices.known == ()


@pytest.mark.parametrize(
    ("type_", "platform"),
    [
        *[(word, "ios") for word in ("ios", "APNS", "apns_sandbox")],
        *[(word, "android") for word in ("Android", "gcm", "FCM")],
        *[(word, "web") for word in ("web_push", "chrome", "firefox", "Safari")],
        *[(word, "other") for word in ("adm", "BAIDU", "hms", "huawei")],
        ("toaster", "android"),  # no word we know: the operating system says
    ],
)
def test_a_devices_type_says_where_its_token_leads(type_: str, platform: str) -> None:
    ann = Person()
    described = {"id": "d1", "token": "t1", "type": type_}
    ann.does(did(context={"device": described, "os": {"name": "Android"}}))
    assert ann.profile.states.devices.known[0].platform == platform


# routes


def test_an_event_marked_forward_is_forwarded() -> None:
    definition = EventDefinition(id="Complete Purchase", name="Purchase", forward=True)
    ann = Person(Workspace(events=(definition,)))
    assert ann.does(did("View Item"), did("Complete Purchase")).decisions.forwarded == (1,)
