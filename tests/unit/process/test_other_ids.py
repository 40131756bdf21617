"""People without a user id or an anonymous one: an address, a device or a vendor's id is enough for everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold.profile import Pointer, Profile
from tests.fakes.process_stage import NOON, Stage, event, minutes
from tests.unit.process.test_twice_is_once import SHOP, purchase

ANA = "ana@shop.example"


def by(other_ids: dict[str, str], name: str = "View Item", **fields: Any) -> dict[str, Any]:
    return event(name, user=None, other_ids=other_ids, **fields)


@pytest.mark.parametrize(
    "other", [{"email": ANA}, {"phone": "+4711"}, {"device": "d1"}, {"infobip": "7", "zeta": "8"}]
)
def test_somebody_known_by_any_kind_of_id_has_a_profile_a_timeline_rows_and_messages(
    other: dict[str, str],
) -> None:
    stage = Stage(SHOP)
    kind, value = next(iter(other.items()))
    key = f"{kind}:{value}"

    stage.deliver(stage.record(purchase(user=None, other_ids=other)))

    person = stage.profiles.person(key)
    assert person.states.identities.known == tuple(f"{kind}:{value}" for kind, value in other.items())
    assert [item.name for item in stage.timeline_of(key, 10)].count("Complete Purchase") == 1
    assert {row.person for row in stage.bus.rows.values()} == {key}
    assert {row.event.name: row.event.other_ids for row in stage.bus.rows.values()} == {
        "Complete Purchase": other,
        "Session Started": other,
    }
    [request] = stage.bus.requests.values()
    assert (request.person, request.event.other_ids) == (key, other)


def test_two_people_known_by_address_whose_events_are_numbered_alike_are_sent_a_message_each() -> None:
    stage = Stage(SHOP)
    stage.deliver(
        *(
            stage.record(purchase(user=None, other_ids={"email": to}, id="m1"))
            for to in (ANA, "bo@shop.example")
        )
    )
    assert sorted(request.person for request in stage.bus.requests.values()) == [
        f"email:{ANA}",
        "email:bo@shop.example",
    ]


def test_what_somebody_did_by_an_address_is_theirs_once_they_are_known() -> None:
    stage = Stage()
    stage.deliver(stage.record(by({"email": ANA}, traits={"newsletter": True})))
    stage.deliver(stage.record(event("View Item", other_ids={"email": ANA})))
    stage.deliver(stage.record(by({"email": ANA}, at=NOON + minutes(1))))

    person = stage.profiles.person(f"email:{ANA}")
    assert person.key == "user:u1"
    assert person.absorbed == (f"email:{ANA}",)
    assert stage.counted("user:u1", "View Item") == 3
    assert person.states.traits.values == {"newsletter": True}


def test_a_second_user_with_the_same_address_stays_another_person() -> None:
    stage = Stage()
    for user in ("u1", "u2"):
        stage.deliver(stage.record(event("View Item", user=user, other_ids={"email": ANA})))
    assert stage.profiles.person(f"email:{ANA}").key == "user:u1"
    assert stage.counted("user:u2", "View Item") == 1


def test_a_refused_event_is_listed_with_what_it_named_its_person_by() -> None:
    stage = Stage()
    stage.deliver(stage.record(event("View Item", other_ids={"email": ANA}, traits={"plan": "gold"})))
    stage.deliver(stage.record(by({"email": ANA}, traits={"plan": "free"}), trust="browser"))

    [refused] = stage.rejected.latest(10, NOON - minutes(1))
    assert (refused.other_ids, refused.reasons[0].code, refused.reasons[0].field) == (
        {"email": ANA},
        "not_trusted",
        "traits.plan",
    )
    [request] = stage.rejected.requests.values()
    assert Event.model_validate_json(request.items[0].body).other_ids == {"email": ANA}


def test_a_trait_change_of_a_record_that_comes_again_is_made_once() -> None:
    stage = Stage()
    changes = {"increment": {"points": 5}, "append": {"tags": ["vip"]}, "remove": {"tags": ["new"]}}
    said = by({"email": ANA}, traits={"tags": ["new"]}, trait_changes=changes)
    record = stage.record(said)
    for _ in range(2):
        stage.deliver(record)
        stage.restart()
    stage.deliver(stage.record(said))  # its client sends it again

    assert stage.profiles.person(f"email:{ANA}").states.traits.values == {"points": 5, "tags": ["vip"]}


VALUES = st.sampled_from(["1", "2"])
NAMED = st.fixed_dictionaries(
    {
        "user": st.none() | VALUES,
        "anonymous": st.none() | VALUES,
        "other_ids": st.dictionaries(st.sampled_from(["email", "device", "acme"]), VALUES, max_size=2),
    }
).filter(lambda named: any(named.values()))
CHANGES = st.fixed_dictionaries(
    {}, optional={"increment": st.fixed_dictionaries({"points": st.integers(-3, 3)}),
                  "append": st.fixed_dictionaries({"tags": st.lists(st.sampled_from("abc"), max_size=2)}),
                  "remove": st.fixed_dictionaries({"tags": st.lists(st.sampled_from("abc"), max_size=2)}),
                  "set_once": st.fixed_dictionaries({"first": st.sampled_from("abc")})}
)  # fmt: skip


@given(st.lists(st.tuples(NAMED, CHANGES, st.sampled_from(["server", "browser"])), max_size=10), st.data())
@settings(deadline=None, max_examples=60)
def test_whoever_is_named_how_every_event_counts_once_and_no_two_users_become_one(
    happened: list[tuple[dict[str, Any], dict[str, Any], str]], data: st.DataObject
) -> None:
    def stage_after(*, again: bool) -> tuple[Stage, int]:
        stage = Stage()
        made = [
            stage.record(event("Search", id=f"i{n}", trait_changes=changes, **named), trust=trust)
            for n, (named, changes, trust) in enumerate(happened)
        ]
        for position, record in enumerate(made):
            stage.deliver(record)
            if again and data.draw(st.booleans()):
                stage.deliver(*made[: position + 1])
        return stage, len(stage.rejected.latest(100, NOON - minutes(1)))

    stage, refused = stage_after(again=False)
    items = stage.profiles.snapshot()
    people = [item for item in items.values() if isinstance(item, Profile)]
    counters = [person.states.counters.events.get("Search") for person in people]
    assert sum(counter.count for counter in counters if counter) == len(happened) - refused
    for person in people:
        users = {key for key in person.states.identities.known if key.startswith("user:")}
        assert len(users) <= 1
    for key, item in items.items():
        end = stage.profiles.person(key)
        assert not isinstance(item, Pointer) or end.key != key
    repeated, _ = stage_after(again=True)
    assert {
        key: item.states for key, item in repeated.profiles.snapshot().items() if isinstance(item, Profile)
    } == {person.key: person.states for person in people}
