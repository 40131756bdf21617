"""A push token belongs to whoever registered it last, by the time of the event, in whatever order records come."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.process.batch import PeopleNotSaved
from functions.process.failures import MOST_TRIES
from functions.process.people.saves import MOST_ITEMS
from shared.fold.parts.devices.device import KEPT
from shared.fold.profile import Changes, Pointer, Profile, token_key
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event, identify, minutes

PHONE = {"id": "phone", "type": "android", "token": "T"}


def says(
    user: str | None, minute: float, device: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """An event of the user whose app says the device's token, as apps do with each."""
    return event(
        "Open App",
        user=user,
        at=NOON + minutes(minute),
        context={"device": {**PHONE, **(device or {})}},
        **fields,
    )


def app(
    stage: Stage, user: str | None, minute: float, *device: dict[str, Any], **fields: Any
) -> LambdaRecord:
    """The same as a record, which arrives an hour after noon."""
    return stage.record(says(user, minute, *device, **fields), at=NOON + minutes(60))


def holders(stage: Stage, token: str = "T") -> list[str]:
    return sorted(
        item.key
        for item in stage.profiles.snapshot().values()
        if isinstance(item, Profile)
        for device in item.states.devices.known
        if device.reachable_by == token
    )


def owner(stage: Stage, token: str = "T") -> str:
    return stage.profiles.person(token_key(token)).key


def test_a_token_moves_to_whoever_signs_in_on_the_device_and_back_again() -> None:
    stage = Stage()
    for minute, user in enumerate(("u1", "u2", "u2", "u1", "u1", "u2")):
        stage.deliver(app(stage, user, minute))
        assert holders(stage) == [f"user:{user}"]
        assert owner(stage) == f"user:{user}"


def test_a_token_moves_within_one_batch_too() -> None:
    stage = Stage()
    stage.deliver(*(app(stage, user, minute) for minute, user in enumerate(("u1", "u2", "u1", "u2"))))
    assert holders(stage) == ["user:u2"]
    [device] = stage.profiles.person("user:u1").states.devices.known
    assert (device.token, device.token_moved) == ("T", True)


@pytest.mark.parametrize(("second", "holder"), [(-1, "user:u1"), (0, "user:u1"), (1, "user:u2")])
def test_of_two_registrations_the_later_one_counts_even_if_it_comes_first(second: int, holder: str) -> None:
    """At one and the same millisecond, the one that came first."""
    stage = Stage()
    stage.deliver(app(stage, "u1", 5))
    stage.deliver(app(stage, "u2", 5 + second / 60_000))
    assert holders(stage) == [holder]
    assert owner(stage) == holder


def test_what_somebody_said_before_another_registered_does_not_take_the_token_back() -> None:
    stage = Stage()
    for user, minute in (("u1", 0), ("u2", 10), ("u1", 5)):
        stage.deliver(app(stage, user, minute))
    assert holders(stage) == ["user:u2"]


def test_a_visitor_who_becomes_known_keeps_the_token() -> None:
    stage = Stage()
    stage.deliver(app(stage, None, 0, anonymous="a1"))
    stage.deliver(app(stage, "u1", 1, anonymous="a1"))
    assert holders(stage) == ["user:u1"]
    assert owner(stage) == "user:u1"


def test_whoever_had_a_token_and_was_merged_is_who_they_became() -> None:
    stage = Stage()
    stage.deliver(app(stage, "old", 0))
    stage.deliver(stage.record(event("alias", type="alias", user="u1", previous_id="old")))
    stage.deliver(app(stage, "u1", 1))
    assert holders(stage) == ["user:u1"]
    stage.deliver(app(stage, "u2", 2))
    assert holders(stage) == ["user:u2"]
    assert not any(device.reachable_by for device in stage.profiles.person("user:old").states.devices.known)


def test_a_token_of_somebody_who_was_merged_moves_twice_in_one_batch() -> None:
    stage = Stage()
    stage.deliver(app(stage, "old", 0))
    stage.deliver(stage.record(event("alias", type="alias", user="u1", previous_id="old")))
    stage.deliver(app(stage, "u2", 1), app(stage, "u3", 2))
    assert holders(stage) == ["user:u3"]


def test_two_who_had_a_token_one_after_the_other_and_are_one_person_have_it() -> None:
    stage = Stage()
    for stays, joins in (("u1", "u2"), ("u4", "u3")):
        stage.deliver(app(stage, joins, 1, {"token": stays}), app(stage, stays, 2, {"token": stays}))
        stage.deliver(stage.record(event("alias", type="alias", user=stays, previous_id=joins)))
        assert holders(stage, stays) == [f"user:{stays}"]
    stage.deliver(app(stage, "u5", 3), app(stage, "u6", 4))
    stage.deliver(stage.record(event("alias", type="alias", user="u5", previous_id="u6")))
    assert holders(stage) == ["user:u5"]


def test_a_token_that_ended_is_anybodys() -> None:
    stage = Stage()
    stage.deliver(app(stage, "u1", 1), app(stage, "u1", 2, {"registered": False}))
    stage.deliver(app(stage, "u2", 3))
    assert holders(stage) == ["user:u2"]
    assert stage.profiles.person("user:u1").states.devices.known[0].token is None


def test_a_record_that_comes_again_moves_nothing_again() -> None:
    stage = Stage()
    first, second = app(stage, "u1", 0), app(stage, "u2", 1)
    stage.deliver(first, second)
    before = stage.profiles.snapshot()
    stage.restart()
    stage.deliver(first, second)
    stage.deliver(first)
    assert stage.profiles.snapshot() == before


@pytest.mark.parametrize("outer", ["u1", "u2"])
def test_another_shard_registering_between_load_and_save_leaves_one_owner(outer: str) -> None:
    stage = Stage()
    stage.deliver(app(stage, "u0", 0))
    records = {"u1": app(stage, "u1", 1), "u2": app(stage, "u2", 2)}
    inner = records.pop("u2" if outer == "u1" else "u1")
    stage.profiles.before_save = lambda _: stage.deliver(inner)
    stage.deliver(*records.values())
    assert holders(stage) == ["user:u2"]


def test_who_gave_a_token_up_in_a_record_that_is_never_saved_loses_it_to_the_next_one_all_the_same() -> None:
    stage = Stage()
    stage.deliver(app(stage, "u1", 0))
    stage.profiles.refusing = lambda changes: any(
        device.token == "other" for profile in changes.profiles for device in profile.states.devices.known
    )
    records = [app(stage, "u1", 1, {"token": "other"}), app(stage, "u2", 2)]

    for _ in range(MOST_TRIES):
        stage.restart()
        with contextlib.suppress(PeopleNotSaved):
            stage.deliver(*records)
        assert holders(stage) == ["user:u2"]

    assert len(stage.dead_letters.letters) == 1


@pytest.mark.parametrize("outer", ["u1", "u2"])
def test_a_token_that_ended_and_two_register_at_the_same_moment_has_one_owner(outer: str) -> None:
    stage = Stage()
    stage.deliver(app(stage, "u1", 0))
    stage.deliver(app(stage, "u1", 1, {"registered": False}))
    records = {"u1": app(stage, "u1", 2), "u2": app(stage, "u2", 3)}
    inner = records.pop("u2" if outer == "u1" else "u1")
    stage.profiles.before_save = lambda _: stage.deliver(inner)

    stage.deliver(*records.values())

    assert holders(stage) == ["user:u2"]
    assert owner(stage) == "user:u2"


def test_a_token_that_is_said_with_every_event_costs_no_reads_and_no_writes_of_its_own() -> None:
    stage = Stage()
    stage.deliver(app(stage, "u1", 0))
    made = len(stage.faults.made)
    saved: list[Changes] = []
    stage.profiles.before_save = saved.append
    stage.deliver(app(stage, "u1", 1))
    assert stage.faults.made[made:] == ["profiles.load", "profiles.save", "bus.publish"]
    assert [(len(changes.profiles), len(changes.pointers)) for changes in saved] == [(1, 0)]


def test_a_token_that_was_forgotten_and_is_said_again_in_one_batch_is_still_theirs() -> None:
    stage = Stage()
    devices = [{"id": f"d{n}", "token": f"t{n}"} for n in range(KEPT)]
    stage.deliver(
        stage.record(*(says("u1", n, device) for n, device in enumerate(devices)), at=NOON + minutes(60))
    )
    new = {"id": "new", "token": "new"}
    saved: list[Changes] = []
    stage.profiles.before_save = saved.append
    stage.deliver(app(stage, "u1", 30, new), app(stage, "u1", 31, devices[0]))
    assert stage.faults.made.count("profiles.save") == 2  # the batch is saved at once, without a conflict
    assert [pointer.key for pointer in saved[0].pointers] == [token_key("new")]
    assert holders(stage, "t0") == ["user:u1"]
    stage.deliver(app(stage, "u2", 32, devices[0]))
    assert holders(stage, "t0") == ["user:u2"]


@pytest.mark.parametrize("count", [KEPT - 1, KEPT, KEPT + 1, 2 * MOST_ITEMS + 1])
def test_tokens_that_one_record_registers_all_move_and_those_used_last_are_kept(count: int) -> None:
    """However many they are, they move in saves of as many as devices are kept; who had them has lost them."""
    stage = Stage()
    devices = [{"id": f"d{n}", "token": f"t{n}"} for n in range(count)]
    stage.deliver(*(app(stage, f"u{n}", 1, device) for n, device in enumerate(devices)))
    stage.deliver(stage.record(*(says("thief", 2, device) for device in devices), at=NOON + minutes(60)))
    assert sum(holders(stage, f"t{n}") == ["user:thief"] for n in range(count)) == min(count, KEPT)
    assert all(holders(stage, f"t{n}") == [] for n in range(count - KEPT))
    assert not stage.dead_letters.letters


def test_one_token_that_a_crowd_registers_fits_transactions_and_holds_up_nobody() -> None:
    """Whoever sends so much at once with one token, the batch gets through it."""
    stage = Stage()
    sizes: list[int] = []

    def note(changes: Any) -> None:
        sizes.append(len(changes.profiles) + len(changes.pointers))
        stage.profiles.before_save = note

    stage.profiles.before_save = note
    crowd = [app(stage, f"u{n}", n / 10) for n in range(2 * MOST_ITEMS + 1)]
    stage.deliver(*crowd, stage.record(event("Open App", user="neighbour")))
    assert holders(stage) == [f"user:u{2 * MOST_ITEMS}"]
    assert max(sizes) <= MOST_ITEMS
    assert stage.counted("user:neighbour", "Open App") == 1
    assert not stage.dead_letters.letters


SAID = st.lists(
    st.tuples(st.sampled_from(["u1", "u2", "u3"]), st.integers(0, 40), st.sampled_from(["T", "S"])),
    min_size=1,
    max_size=8,
    unique_by=lambda said: said[1],
)


@given(SAID, st.lists(st.integers(1, 3), min_size=8, max_size=8))
@settings(deadline=None, max_examples=60)
def test_in_whatever_order_and_batches_they_come_the_last_registration_counts(
    happened: list[tuple[str, int, str]], cuts: list[int]
) -> None:
    stage = Stage()
    records = [
        app(stage, user, minute, {"id": f"device-of-{token}", "token": token})
        for user, minute, token in happened
    ]
    for cut in cuts:
        stage.deliver(*records[:cut])
        records = records[cut:]
    for token in {token for _, _, token in happened}:
        last = max((minute, user) for user, minute, said in happened if said == token)[1]
        assert holders(stage, token) == [f"user:{last}"]
        assert owner(stage, token) == f"user:{last}"
        assert isinstance(stage.profiles.load([token_key(token)])[token_key(token)], Pointer)


def test_no_client_can_name_a_person_by_a_tokens_key() -> None:
    stage = Stage()
    stage.deliver(app(stage, "u1", 0))
    kind, _, value = token_key("T").partition("#")
    for other in ({kind: value}, {token_key("T"): ""}):
        stage.deliver(stage.record(event("Open App", user=None, other_ids=other)))
    assert len(stage.dead_letters.letters) == 2
    assert owner(stage) == "user:u1"


def test_who_signed_in_is_said_with_the_sign_in_and_not_before() -> None:
    stage = Stage()
    stage.deliver(app(stage, "u1", 0))
    stage.deliver(stage.record(identify(user="u2", at=NOON + minutes(1))))
    assert holders(stage) == ["user:u1"]
