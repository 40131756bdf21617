"""How profiles are stored: what older versions wrote is read, and what newer ones wrote is kept."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from backports import zstd

from shared.fold import ORDER, fold
from shared.fold.formats import compression, envelope
from shared.fold.formats.compression import UnknownDictionary, as_it_is, compressed, decompressed
from shared.fold.formats.envelope import ABSORBED, MARKS, RECENT, decoded, encoded, in_two
from shared.fold.parts.duplicates.ring import WIDTH
from shared.fold.profile import Profile, Seen, absorbing, mark_key
from shared.times import from_microseconds, milliseconds
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, did

FORMAT_1 = Path(__file__).with_name("format_1")
"""Items as the last version that wrote format 1 stored them."""

MOMENTS = ("typical", "full", "marked", "whole_events")


def of_format_1(name: str) -> tuple[Profile, dict[str, Any]]:
    """The profile, and the JSON it was stored as."""
    data = (FORMAT_1 / f"{name}.zlib").read_bytes()
    json = orjson.loads(zlib.decompress(data))
    return decoded(json["key"], decompressed(data), 7), json


def moment(stored: str | int) -> datetime:
    return from_microseconds(stored) if isinstance(stored, int) else datetime.fromisoformat(stored)


@pytest.mark.parametrize("name", MOMENTS)
def test_everything_of_a_profile_in_format_1_is_read(name: str) -> None:
    profile, json = of_format_1(name)
    slices, states = json["states"], profile.states

    assert (profile.key, profile.version) == (json["key"], 7)
    assert states.identities.known == tuple(slices.get("identities", {}).get("known", ()))
    assert states.identities.known_user is slices.get("identities", {}).get("known_user", False)
    assert states.traits.values == slices.get("traits", {}).get("values", {})
    assert states.traits.times == slices.get("traits", {}).get("times", {})
    assert {
        channel: (said.given, said.at, said.carried) for channel, said in states.consents.channels.items()
    } == {
        channel: (said["given"], moment(said["at"]), said.get("carried", False))
        for channel, said in slices.get("consents", {}).get("channels", {}).items()
    }
    assert [
        {**described, "seen": device.seen.isoformat()}
        for device in states.devices.known
        for described in [{field: getattr(device, field) for field in device.__slots__}]
    ] == [
        {"token": None, "model": None, "app": None, "token_at": 0, "token_moved": False, **device}
        for device in slices.get("devices", {}).get("known", ())
    ]
    assert {name: (one.count, one.first_at, one.last_at) for name, one in states.counters.events.items()} == {
        name: (count, milliseconds(moment(first)), milliseconds(moment(last)))
        for name, (count, first, last) in slices["counters"]["events"].items()
    }
    hours = slices.get("duplicates", {}).get("hours", {})
    assert {hour: hashes[:WIDTH] for hour, hashes in states.duplicates.hours.items()} == {
        int(hour): base64.b64decode(text[:11] + "=")[:WIDTH] for hour, text in hours.items()
    }
    assert {hour: len(hashes) // WIDTH for hour, hashes in states.duplicates.hours.items()} == {
        int(hour): len(text) // 11 for hour, text in hours.items()
    }
    assert {hour: list(of.values()) for hour, of in states.duplicates.records.items()} == {
        int(hour): [tuple(indexes) for indexes in of.values()]
        for hour, of in slices.get("duplicates", {}).get("records", {}).items()
    }
    assert {app: list(one) for app, one in states.app_versions.versions.items()} == slices.get(
        "app_versions", {}
    ).get("versions", {})
    assert states.utm.link == slices.get("utm", {}).get("link", {})
    assert len(states.utm.before) == len(slices.get("utm", {}).get("before", {}))
    assert _session(states.sessions.current) == _stored_session(slices["sessions"].get("current"))
    assert [_session(one) for one in states.sessions.ended] == [
        _stored_session(one) for one in slices["sessions"].get("ended", ())
    ]
    assert {key: (mark.sequence, mark.at, mark.done) for key, mark in profile.seen.items()} == {
        mark_key(key): (mark["sequence"], moment(mark["at"]), mark.get("done"))
        for key, mark in json.get("seen", {}).items()
    }
    assert [entry.name for entry in profile.outbox] == [
        (entry["key"], entry["sequence"], entry.get("start", 0), 0) for entry in json.get("outbox", ())
    ]
    assert [(one.name, one.properties) for entry in profile.outbox for one in entry.decisions.derived] == [
        (one["name"], one["properties"])
        for entry in json.get("outbox", ())
        for one in entry["decisions"].get("derived", ())
    ]
    assert profile.absorbed == tuple(json.get("absorbed", ()))
    for time, stored in ((profile.created_at, "created_at"), (profile.due_at, "due_at")):
        assert time == (moment(json[stored]) if stored in json else None)


def _session(one: Any) -> Any:
    return None if one is None else (one.id, one.started_at, one.last_at, one.events)


def _stored_session(one: Any) -> Any:
    return (
        None if one is None else (one["id"], moment(one["started_at"]), moment(one["last_at"]), one["events"])
    )


@pytest.mark.parametrize("name", MOMENTS)
def test_a_profile_in_format_1_is_stored_in_format_2_at_its_next_save_and_nothing_is_lost(name: str) -> None:
    profile, _ = of_format_1(name)

    again = decoded(profile.key, decompressed(compressed(encoded(profile))), 7)

    assert again == profile
    assert encoded(profile)[0] == 2


@pytest.mark.parametrize("name", MOMENTS)
def test_whoever_was_stored_in_format_1_is_folded_as_whoever_is_in_format_2(name: str) -> None:
    profile, _ = of_format_1(name)
    events, now = [did("Search", user_id=profile.key.partition(":")[2])], datetime(2026, 11, 22, tzinfo=UTC)
    rewritten = decoded(profile.key, encoded(profile), 7)
    one, other = (fold(each, events, Workspace(), now) for each in (profile, rewritten))
    assert (one.states, one.decisions, one.due_at) == (other.states, other.decisions, other.due_at)


@pytest.mark.parametrize(("id_", "known"), [("f3", True), ("f4", False)])
def test_an_event_that_was_folded_before_the_format_changed_is_recognised_after_it(
    id_: str, *, known: bool
) -> None:
    """Format 1 kept eight bytes of its hash, format 2 keeps the first six."""
    profile, _ = of_format_1("marked")
    came_again = did("Search", user_id="u1", id=id_, at=NOON)
    assert fold(profile, [came_again], Workspace(), NOON).decisions.duplicates == ((0,) if known else ())


def test_what_is_compressed_names_its_dictionary_and_one_that_is_not_here_is_said() -> None:
    stored = compressed(encoded(Profile("user:u1")))
    assert zstd.get_frame_info(stored).dictionary_id == compression.PROFILES
    foreign = stored.replace(bytes([compression.PROFILES]), bytes([251]), 1)
    with pytest.raises(UnknownDictionary, match="251"):
        decompressed(foreign)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_535, 65_536, 100_000])
def test_random_bytes_stand_behind_the_text_as_they_are(size: int) -> None:
    random = bytes(range(256)) * 400
    frame = as_it_is(random[:size])
    assert decompressed(compressed(b"text") + frame) == b"text" + random[:size]
    assert len(frame) <= size + 13


def test_hashes_of_events_stand_apart_from_the_text_of_a_profile() -> None:
    """Together with them the text would take more."""
    profile, _ = of_format_1("typical")
    text, random = in_two(profile)
    assert text + random == encoded(profile)
    assert random
    assert len(compressed(text) + as_it_is(random)) < len(compressed(text + random))


def test_every_dictionary_has_the_id_that_it_is_named_by() -> None:
    names = {int(path.stem): path for path in compression.DICTIONARIES.iterdir()}
    assert {compression.PROFILES, compression.ROWS} <= names.keys()
    for known_as, path in names.items():
        assert zstd.ZstdDict(path.read_bytes()).dict_id == known_as
        assert path.stat().st_size <= 16 * 1024


@pytest.mark.parametrize("unknown", [ABSORBED, MARKS, RECENT])
def test_what_an_older_version_did_not_know_of_two_people_who_became_one_comes_out_of_both(
    unknown: str,
) -> None:
    """It kept both, as it keeps what belongs to no part; each of the names plays what it does not know."""
    ann, bob = (
        Profile(
            f"user:{user}",
            absorbed=(f"anonymous:of-{user}",),
            recent=(user.encode(),),
            seen={mark_key("both"): Seen(both, NOON), mark_key(user): Seen("7".zfill(56), NOON)},
        )
        for user, both in (("ann", "5".zfill(56)), ("bob", "6".zfill(56)))
    )
    stored = [(one, encoded(one)) for one in (ann, bob)]
    with pytest.MonkeyPatch.context() as patch:
        known = {name: kept for name, kept in envelope.BESIDES.items() if name != unknown}
        patch.setattr(envelope, "BESIDES", known)
        patch.setattr(envelope, "RECENT", "#of no version" if unknown == RECENT else RECENT)
        old_ann, old_bob = (decoded(one.key, data, 1) for one, data in stored)
        merged = replace(absorbing(old_ann, old_bob), states=ORDER.merge(old_ann.states, old_bob.states))
        kept = encoded(merged)
    read = decoded("user:ann", kept, 1)
    assert {"anonymous:of-ann", "anonymous:of-bob"} <= {*read.absorbed}
    assert read.recent == (b"ann", b"bob")
    assert {key: int(mark.sequence) for key, mark in read.seen.items()} == {
        mark_key("both"): 6,
        mark_key("ann"): 7,
        mark_key("bob"): 7,
    }
    assert decoded("user:ann", encoded(read), 1) == read


BEFORE_1970, DAY_BEFORE_1970 = "1931-05-06T07:08:09Z", "1931-05-06"


def test_what_format_1_had_of_before_1970_is_read_as_it_will_be_saved() -> None:
    session = {"id": "s", "started_at": BEFORE_1970, "last_at": BEFORE_1970, "events": 1}
    slices: dict[str, Any] = {
        "traits": {"values": {"plan": "gold"}, "times": {"plan": -5, "pet": -7}},
        "consents": {"channels": {"sms": {"given": True, "at": BEFORE_1970}}},
        "devices": {
            "known": [{"id": "d", "platform": "ios", "seen": DAY_BEFORE_1970, "token": "t", "token_at": -3}]
        },
        "counters": {"events": {"Buy": [1, BEFORE_1970, BEFORE_1970]}},
        "sessions": {
            "current": session,
            "ended": [session],
            "over_at": BEFORE_1970,
            "history": {"current": session, "over_at": BEFORE_1970},
        },
        "app_versions": {"versions": {"shop": ["1", -4]}},
        "utm": {"link": {"utm_source": "s"}, "at": BEFORE_1970, "before": {"00" * 6: BEFORE_1970}},
    }
    read = decoded("user:u1", orjson.dumps({"key": "user:u1", "states": slices}), 1)
    assert decoded("user:u1", encoded(read), 1) == read
    assert read.states.utm.at is not None
