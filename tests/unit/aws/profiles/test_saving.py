"""Profiles: the adapter on moto and the fake are held to one contract, loading and saving."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import pytest

from shared.aws.tables.profiles import LARGEST_STATE, MOST_KEYS, DynamoProfiles
from shared.failures import Refused, TooLargeToStore, VersionConflict
from shared.fold.profile import Changes, Pointer, Profile
from shared.ports.people import Profiles
from tests.fakes.folding import NOON


def test_what_is_saved_is_loaded_with_its_version(profiles: Profiles) -> None:
    ann, pointer = Profile("user:ann"), Pointer("anonymous:a1", "user:ann")
    profiles.save(Changes((ann,), (pointer,)), at=NOON)
    assert profiles.load(["user:ann", "anonymous:a1", "user:nobody"]) == {
        "user:ann": replace(ann, version=1),
        "anonymous:a1": replace(pointer, version=1),
    }


def test_more_keys_than_one_call_takes_are_loaded(profiles: Profiles) -> None:
    for n in range(120):
        profiles.save(Changes((Profile(f"user:{n}"),)), at=NOON)
    assert len(profiles.load([f"user:{n}" for n in range(120)])) == 120


STORED = 3
"""Saves that an item has been through in the tests of who may write over it."""


@pytest.mark.parametrize("read", [0, 1, STORED - 1, STORED, STORED + 1, STORED + 20])
@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("kind", ["profile", "pointer"])
def test_only_whoever_read_the_latest_version_writes_over_it(
    profiles: Profiles, kind: str, read: int, *, alone: bool
) -> None:
    """However the item is written: by itself, or with others in a transaction."""
    others = Changes() if alone else Changes((Profile("user:bo"),))
    for version in range(STORED):
        profiles.save(_item(kind, version), at=NOON)
    before = profiles.load(["x:ann"])
    writing = _item(kind, read, target="user:eve")
    both = Changes((*writing.profiles, *others.profiles), writing.pointers)

    if read == STORED:
        profiles.save(both, at=NOON)
        assert profiles.load(["x:ann"])["x:ann"].version == STORED + 1
    else:
        with pytest.raises(VersionConflict):
            profiles.save(both, at=NOON)
        assert profiles.load(["x:ann", "user:bo"]) == before


def _item(kind: str, version: int, target: str = "user:ann") -> Changes:
    if kind == "profile":
        return Changes((Profile("x:ann", version),))
    return Changes(pointers=(Pointer("x:ann", target, version),))


def test_an_item_that_is_not_there_is_not_written_by_whoever_read_one(profiles: Profiles) -> None:
    with pytest.raises(VersionConflict):
        profiles.save(Changes((Profile("user:gone", version=1),)), at=NOON)


@pytest.mark.parametrize(("count", "saved"), [(99, True), (100, True), (101, False)])
def test_a_save_takes_as_many_items_as_a_transaction(profiles: Profiles, count: int, *, saved: bool) -> None:
    pointers = tuple(Pointer(f"anonymous:{n}", "user:ann") for n in range(count - 1))
    with nullcontext() if saved else pytest.raises(Refused):
        profiles.save(Changes((Profile("user:ann"),), pointers), at=NOON)
    assert len(profiles.load(["user:ann", *(pointer.key for pointer in pointers)])) == count * saved


@pytest.mark.parametrize("count", [1, MOST_KEYS - 1, MOST_KEYS, MOST_KEYS + 1, 2 * MOST_KEYS + 1])
def test_any_number_of_keys_is_loaded(profiles: Profiles, count: int) -> None:
    profiles.save(Changes((Profile("user:0"),)), at=NOON)
    assert list(profiles.load([f"user:{n}" for n in range(count)])) == ["user:0"]


@pytest.mark.parametrize(("more", "stored"), [(-1, True), (0, True), (1, False)])
def test_a_profile_is_stored_up_to_the_largest_state(
    table: str, monkeypatch: pytest.MonkeyPatch, more: int, *, stored: bool
) -> None:
    monkeypatch.setattr(
        "shared.fold.formats.compression.compressed", lambda *_, **__: b"x" * (LARGEST_STATE + more)
    )
    with nullcontext() if stored else pytest.raises(TooLargeToStore):
        DynamoProfiles(table).save(Changes((Profile("user:ann"),)), at=NOON)


def test_one_conflict_saves_nothing_of_the_others(profiles: Profiles) -> None:
    profiles.save(Changes(pointers=(Pointer("anonymous:a1", "user:bo"),)), at=NOON)
    with pytest.raises(VersionConflict):
        profiles.save(Changes((Profile("user:ann"),), (Pointer("anonymous:a1", "user:ann"),)), at=NOON)
    assert "user:ann" not in profiles.load(["user:ann"])


def test_a_conflict_names_the_items_that_were_changed(profiles: Profiles) -> None:
    profiles.save(Changes((Profile("user:ann"),)), at=NOON)
    with pytest.raises(VersionConflict) as alone:
        profiles.save(Changes((Profile("user:ann"),)), at=NOON)
    with pytest.raises(VersionConflict) as together:
        profiles.save(Changes((Profile("user:ann"),), (Pointer("anonymous:a1", "user:ann"),)), at=NOON)
    assert alone.value.keys == together.value.keys == ("user:ann",)


def test_a_profile_may_become_a_pointer(profiles: Profiles) -> None:
    profiles.save(Changes((Profile("anonymous:a1"),)), at=NOON)
    profiles.save(Changes(pointers=(Pointer("anonymous:a1", "user:ann", version=1),)), at=NOON)
    assert profiles.load(["anonymous:a1"]) == {"anonymous:a1": Pointer("anonymous:a1", "user:ann", 2)}
